"""How people look at it: the only room that knows Streamlit and document libraries."""
