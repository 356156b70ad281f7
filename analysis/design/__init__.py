"""Cells, sampling designs, and the influence of every unit. Front door: `cells` (Cells); `design` (make_design)."""
