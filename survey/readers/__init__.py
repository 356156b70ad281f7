"""Read the answer files of survey tools. Entry point: `registry`."""
