"""A study folder: settings, areas, targets, word lists, ledgers. Front door: `study` (load_study, Study)."""
