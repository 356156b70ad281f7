"""Panels of 实时回收."""
