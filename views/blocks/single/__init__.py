"""Blocks that one page alone shows: the forecast, residents' comments, weaknesses over the waves."""
