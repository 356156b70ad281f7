"""The pages, one a file; `app.py` lists them for the role of the reader."""
