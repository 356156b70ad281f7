"""Codes of receipts, invitations and interviewers' passes: issue, check, revoke."""
