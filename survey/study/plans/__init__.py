"""What a study plans beside its waves: sampling points, outreach, roll-outs, rectification, backups."""
