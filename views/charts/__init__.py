"""Build figures from estimates, one kind of chart per file, without pages, studies or Streamlit."""
