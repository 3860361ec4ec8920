"""The quality gate: what speaks against a picture before a network is asked.

Measures of sharpness, light, colour, framing and skin, taken from a small copy, are added up by scores that were fitted
to spoilt pictures; hairs, rulers, ink and bubbles are found by rule. The limits of the scores are chosen so that about
one untouched picture in a hundred is refused for each issue.
"""

from skindesk.imaging.quality.gate import assess
from skindesk.imaging.quality.scene import WORKING_SIDE_PX

__all__ = ["WORKING_SIDE_PX", "assess"]
