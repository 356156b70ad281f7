"""The front door for a statistician's own data frames: declare the design once, then estimate."""
