"""Parts of documents: tables, groups, actions, light and method, spoken summaries, quotes."""
