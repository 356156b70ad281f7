"""Dashboards in processes of their own, and people who click on them.

Entry points: `servers.dashboard` and `browser.Visitor`.
"""
