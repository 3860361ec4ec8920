"""The places of the program that have keys of their own, and which of them are in sight."""

from enum import Enum, auto

from PySide6.QtWidgets import QWidget


class Place(Enum):
    """In the order in which the sheet shows them."""

    EVERYWHERE = auto()
    EXAMINE = auto()
    STRIP = auto()
    PICTURE = auto()
    CROP = auto()
    RULER = auto()
    OUTLINE = auto()
    KNOWLEDGE = auto()
    CAMERA = auto()
    SAVE = auto()
    CASES = auto()
    BODY_MAP = auto()
    COMPARE = auto()
    REPORT = auto()
    WORKLIST = auto()
    BATCH = auto()
    INSIGHTS = auto()
    MODELS = auto()
    AUDIT = auto()


_OWNERS = {
    "ExamineWorkspace": (Place.EXAMINE, Place.CROP, Place.RULER, Place.OUTLINE),
    "PictureStrip": (Place.STRIP,),
    "PictureCanvas": (Place.PICTURE,),
    "LayeredCanvas": (Place.PICTURE,),
    "KnowledgeSheet": (Place.KNOWLEDGE,),
    "CameraDialog": (Place.CAMERA,),
    "SaveDialog": (Place.SAVE,),
    "CasesWorkspace": (Place.CASES,),
    "BodyCanvas": (Place.BODY_MAP,),
    "CompareView": (Place.COMPARE,),
    "ReportDialog": (Place.REPORT,),
    "WorklistWorkspace": (Place.WORKLIST,),
    "BatchWorkspace": (Place.BATCH,),
    "InsightsWorkspace": (Place.INSIGHTS,),
    "ModelsWorkspace": (Place.MODELS,),
    "AuditWorkspace": (Place.AUDIT,),
}
"""The widgets with keys of their own, by class name: importing them here would make every page at the start."""


def place_of(widget: QWidget | None) -> Place:
    """Where a widget belongs: to the nearest place around it."""
    while widget is not None:
        places = _OWNERS.get(type(widget).__name__)
        if places is not None:
            return places[0]
        widget = widget.parentWidget()
    return Place.EVERYWHERE


def places_in_sight(window: QWidget) -> frozenset[Place]:
    """The places of what a window shows now."""
    owners = [widget for widget in (window, *window.findChildren(QWidget)) if type(widget).__name__ in _OWNERS]
    shown = [owner for owner in owners if owner.isVisible()]
    return frozenset(place for owner in shown for place in _OWNERS[type(owner).__name__])
