"""Areas compared with targets and with each other. Front door: `verdicts` (area_verdicts)."""
