"""Panels of 交叉分析: what to tabulate, and what came out."""
