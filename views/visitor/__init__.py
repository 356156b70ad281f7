"""Who looks, at what, and what may be shown to them. Front door: `session` (load)."""
