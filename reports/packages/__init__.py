"""Check installed packages against a list of known vulnerabilities. Entry point: `vulnerabilities`."""
