"""How the answers were collected and whether they can be trusted. Front door: `data_quality`."""
