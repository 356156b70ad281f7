"""PPTX: slides of 16:9 with native charts and tables that can be edited."""
