"""The visitor's selection and session, and what their role may see. Entry point: `session.load`."""
