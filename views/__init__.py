"""Present results on screen; the only package that imports Streamlit."""
