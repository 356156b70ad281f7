"""Maps of areas from stored boundaries: a picture below, links and names above; no chart library and no request."""
