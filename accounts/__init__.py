"""Who may do what: users, roles as verbs on a study, sessions, and the log of what was done."""
