"""Panels of 专家分析, one a tab: what is behind the verdicts, for analysts."""
