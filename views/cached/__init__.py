"""What pages compute, kept while the study does not change. Front door: `rates`."""
