"""What goes out with a release: a list of its packages (SBOM) and third-party notices, both made from the lock."""
