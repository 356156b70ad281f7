"""Refresh a deck or a document that people edited: new numbers in its generated regions, everything else as it was."""
