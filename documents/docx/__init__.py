"""DOCX in the layout of official documents (GB/T 9704-2012)."""
