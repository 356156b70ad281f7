"""From files to stored answers. Front door: `ingest` (stage, commit, import_files)."""
