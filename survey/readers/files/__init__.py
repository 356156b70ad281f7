"""Read files of any kind into rows of text."""
