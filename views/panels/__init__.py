"""Parts of pages. Entry point: `page`."""
