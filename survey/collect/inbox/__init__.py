"""Where received answers wait, durably, for the store. Front door: `inbox` (Inbox)."""
