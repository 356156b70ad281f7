"""The door of the dashboard: who may pass, over HTTP and websocket, and the pages on which people log in."""
