"""Parts of the pages about accounts and the system, which show no answers of a survey."""
