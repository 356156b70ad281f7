"""Commands for what to do: forecast, sample, outreach, ledger, documents."""
