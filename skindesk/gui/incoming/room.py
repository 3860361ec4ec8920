"""How many pictures one examination holds."""

MOST_PICTURES = 12
"""Of one lesion at one visit; Batch is for more."""
