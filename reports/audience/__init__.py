"""The audience of outreach: the sample of awareness with its channels. Entry point: `heard.heard_by`."""
