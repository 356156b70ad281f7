"""Panels of 数据导入."""
