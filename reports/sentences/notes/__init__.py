"""Notes beside results, built from bound cells: provenance, captions, and what commands print line by line."""
