"""Where: the districts or streets of the city as tiles, or drawn by their boundaries."""
