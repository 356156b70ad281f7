"""Panels of the pages that plan and act: forms of the ledger, settings and details of a plan."""
