"""Boundaries: polygons of districts and streets from GeoJSON, Shapefile, KML or KMZ, matched to the frame and stored.

`staging.stage` reads, repairs, matches and simplifies; `stored` keeps one file in the study and needs no library of
geometry, so that pages draw maps without loading one.
"""
