"""What a person must confirm before an import: doubts about weights, identities, repeats and withdrawals."""
