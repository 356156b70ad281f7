"""The content of documents for leaders, built once from bound cells; `documents` renders it in each form."""
