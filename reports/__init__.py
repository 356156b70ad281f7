"""Answer questions about a study for pages and commands. Entry point: `sample.gather`."""
