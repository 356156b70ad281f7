"""Every colour of pages and charts. Sign colours have a contrast of 3:1 on white; shape repeats the colour."""

INK, SOFT, FAINT, RULE, WHITE = "#1F2328", "#57606A", "#767676", "#E3E6EA", "#FFFFFF"
WEAK, NEUTRAL, STRONG = "#C44E00", "#767676", "#2166AC"
UNKNOWN = "#6A51A3"
MOCK = "#9C3A00"
FAR_BELOW, BELOW, LEVEL, ABOVE, FAR_ABOVE = "#B85400", "#F3BF8A", "#F1F1EF", "#A9CBE6", STRONG
"""Fills from far below a target to far above it, orange to blue."""
WEAK_DARK, WEAK_TINT, STRONG_DARK, STRONG_TINT, LEVEL_INK = "#9C3A00", "#FBEADC", "#1D4F86", "#E3EDF6", "#4A4A4A"
"""Texts and fills of verdicts; every text has a contrast of 4.5:1 on its fill."""
PALE = "#B4BAC1"
"""Marks of areas whose answers may not be trusted."""
FEWER, ALIKE = "#D5E5F2", "#C9C9C6"
"""Fill of themes mentioned less than elsewhere, and mark of those without a difference."""
