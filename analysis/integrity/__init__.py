"""Integrity: evidence of coached, copied or invented answers, with a stated rate of false alarms."""
