"""What is made of open answers, kept beside the store: readings, themes, copies, and what they add up to."""
