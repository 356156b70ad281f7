"""The pages, one per file; `app.py` lists those that the reader's role may open."""
