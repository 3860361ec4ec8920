"""The body map: a drawn body on which a patient's lesions are placed, moved and chosen."""

from skindesk.gui.body_map.body_map import BodyMap as BodyMap
from skindesk.gui.body_map.mark import BodyMark as BodyMark
