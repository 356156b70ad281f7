"""The frame around every page: appearance, links, and the pages of each role. Entry point: `shell`."""
