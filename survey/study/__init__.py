"""A study folder: settings, areas, targets, word lists and ledgers. Entry point: `study` (load_study, Study)."""
