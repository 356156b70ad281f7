"""Figures from estimates, one kind a file; pure: no page, no study, no Streamlit."""
