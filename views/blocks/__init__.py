"""Blocks of HTML: verdict chips, cards of rates, tiles of districts, rows of problems. They need no chart library.

A block takes results and returns HTML for `st.html`; every text from outside is escaped here. Widths follow the window
by CSS alone, so that a phone shows what a desk shows.
"""
