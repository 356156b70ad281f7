"""A study is asked a question; for pages and commands alike, without Streamlit. Front door: `sample` (gather)."""
