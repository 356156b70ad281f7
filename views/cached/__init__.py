"""Cache results of `reports` while the study does not change. Entry point: `answers.ask`."""
