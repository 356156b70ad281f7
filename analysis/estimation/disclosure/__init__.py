"""What may be published: precision, suppression, and differencing."""
