"""What a visitor chose, by name, and the loaders that all visitors share.

`session_state` holds choices and never results. Results are kept by study and data version: a frame is never hashed.
"""

from __future__ import annotations

STUDY_VARIABLE = "SILU_STUDY"
"""Environment variable with the study folder that this server shows."""

WAVE, MODE, AGE, SEX, PLACE = "wave", "mode", "age", "sex", "place"
MEASURE, DISTRICT = "measure", "district"
"""Keys of the widgets, and at once the query parameters of a deep link; values are the labels seen on screen."""
