"""Answer questions about a study for pages and commands, without Streamlit. Entry point: `sample.gather`."""
