"""Models of true rates: posteriors from own answers alone, or with strength borrowed from other areas."""
