"""How people look at it: the only room that knows Streamlit, Plotly and document libraries."""
