"""Parts of pages. Front door: `page`."""
