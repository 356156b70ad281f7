"""The receiver on the network: server, application, pages and limits. Entry point: `server`."""
