"""The frame around every page: look, links, and which pages a role has. Front door: `shell`."""
