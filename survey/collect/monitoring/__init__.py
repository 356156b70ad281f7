"""Progress of the online fieldwork: arrivals, bursts, drop-out. Entry point: `monitor`."""
