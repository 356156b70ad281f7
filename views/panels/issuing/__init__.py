"""Panels of 简报: batches in the background, and the life of what was issued."""
