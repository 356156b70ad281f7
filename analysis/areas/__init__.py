"""Areas against targets and against each other. Front door: `verdicts` (standings)."""
