"""From raw text to masked, segmented words."""
