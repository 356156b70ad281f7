"""Readers of the exports of survey tools, one module per tool."""
