"""The form as residents read it, on the phone and on paper, and what it promises them."""
