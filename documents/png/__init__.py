"""PNG: a whole page of 16:9, and each chart as a picture, drawn by typst without a browser."""
