"""What the commands do; their faces lie one level up, so that a help text loads none of this."""
