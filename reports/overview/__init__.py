"""The content of 总览: what is wrong, where, since when, who acts, and the next step."""
