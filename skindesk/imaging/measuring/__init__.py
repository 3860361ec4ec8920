"""What is measured on a picture: a lesion's size, the scale by a ruler, a marker or the field of view, an ABCD aid."""

from skindesk.imaging.measuring.abcd import assess_abcd
from skindesk.imaging.measuring.markers import Marker, find_marker
from skindesk.imaging.measuring.rulers import RulerReading, find_ruler, read_ruler
from skindesk.imaging.measuring.scales import (
    FieldOfView,
    find_field_of_view,
    scale_from_field_of_view,
    scale_from_file,
    scale_from_line,
    scale_from_marker,
)
from skindesk.imaging.measuring.sizes import longest_line, measure, widest_across

__all__ = [
    "FieldOfView",
    "Marker",
    "RulerReading",
    "assess_abcd",
    "find_field_of_view",
    "find_marker",
    "find_ruler",
    "longest_line",
    "measure",
    "read_ruler",
    "scale_from_field_of_view",
    "scale_from_file",
    "scale_from_line",
    "scale_from_marker",
    "widest_across",
]
