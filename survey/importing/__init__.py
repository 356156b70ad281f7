"""Import answer files into the store. Entry point: `ingest` (stage, commit, import_files)."""
