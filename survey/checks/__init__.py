"""Quality checks of single responses: what looks careless, impossible or copied. A check never removes anything."""
