"""What is kept and how it lies on the disk; knows no questionnaire. Front door: `store` (ResponseStore)."""
