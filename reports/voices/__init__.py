"""What residents wrote: read, coded, counted. Front door: `shares`."""
