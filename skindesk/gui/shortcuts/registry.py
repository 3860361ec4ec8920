"""The one list of the program's keys: where each holds, and what it does."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence

from skindesk.gui.shortcuts.places import Place

translate = QCoreApplication.translate

ARROWS = ("Left", "Right", "Up", "Down")
_SURE = ("Alt+L", "Alt+M", "Alt+H")
_STANDARD = QKeySequence.StandardKey


@dataclass(frozen=True)
class Shortcut:
    """Keys that do one thing in one place; several keys are alternatives, or a row such as Alt+1 to Alt+9.

    The keys are in Qt's portable text.
    """

    place: Place
    keys: tuple[str, ...]
    words: str


def place_name(place: Place) -> str:
    """What a place is called on the sheet."""
    return {
        Place.EVERYWHERE: translate("shortcuts", "Everywhere"),
        Place.EXAMINE: translate("shortcuts", "Examine"),
        Place.STRIP: translate("shortcuts", "Pictures of an examination"),
        Place.PICTURE: translate("shortcuts", "On a picture"),
        Place.CROP: translate("shortcuts", "Cropping"),
        Place.RULER: translate("shortcuts", "Measuring"),
        Place.OUTLINE: translate("shortcuts", "Outlining"),
        Place.KNOWLEDGE: translate("shortcuts", "About diagnoses"),
        Place.CAMERA: translate("shortcuts", "Camera"),
        Place.SAVE: translate("shortcuts", "Saving a case"),
        Place.CASES: translate("shortcuts", "Cases"),
        Place.BODY_MAP: translate("shortcuts", "Body map"),
        Place.COMPARE: translate("shortcuts", "Compare"),
        Place.REPORT: translate("shortcuts", "Report"),
        Place.WORKLIST: translate("shortcuts", "Worklist"),
        Place.BATCH: translate("shortcuts", "Batch"),
        Place.INSIGHTS: translate("shortcuts", "Insights"),
        Place.MODELS: translate("shortcuts", "Models"),
        Place.AUDIT: translate("shortcuts", "Audit"),
    }[place]


def shortcuts() -> tuple[Shortcut, ...]:
    """All keys of the program, place by place; those that this system does not have are left out."""
    found = (*_everywhere(), *_examine(), *_on_pictures(), *_cases(), *_other_pages())
    return tuple(shortcut for shortcut in found if shortcut.keys)


def _everywhere() -> tuple[Shortcut, ...]:
    place = Place.EVERYWHERE
    return (
        Shortcut(place, ("F1",), translate("shortcuts", "Show this sheet, or close it")),
        Shortcut(
            place,
            tuple(f"Ctrl+{number}" for number in range(1, 9)),
            translate("shortcuts", "Go to a page, from the top of the rail down"),
        ),
        Shortcut(place, ("Ctrl+L",), translate("shortcuts", "Lock the case log")),
        Shortcut(place, ("Ctrl+Z",), translate("shortcuts", "Take back the last change of the record")),
        Shortcut(place, ("Ctrl+Shift+Z",), translate("shortcuts", "Make it again")),
        Shortcut(place, _usual(_STANDARD.Quit), translate("shortcuts", "Close SkinDesk")),
        Shortcut(place, ("Tab", "Shift+Tab"), translate("shortcuts", "Next control, previous control")),
        Shortcut(place, ("Space",), translate("shortcuts", "Press the button that has the keyboard")),
        Shortcut(place, ("Esc",), translate("shortcuts", "Close the dialog, or go back")),
    )


def _examine() -> tuple[Shortcut, ...]:
    place = Place.EXAMINE
    return (
        Shortcut(place, _usual(_STANDARD.Open), translate("shortcuts", "Open photographs")),
        Shortcut(place, ("Ctrl+Shift+O",), translate("shortcuts", "Add photographs of the same lesion")),
        Shortcut(place, _usual(_STANDARD.Paste), translate("shortcuts", "Paste a photograph")),
        Shortcut(place, ("Ctrl+T",), translate("shortcuts", "Take a photograph with a camera")),
        Shortcut(place, ("Ctrl+K",), translate("shortcuts", "Dermoscopic instead of clinical, or the other way")),
        Shortcut(place, ("Return",), translate("shortcuts", "Give the impression that was typed, and see the answer")),
        Shortcut(place, _SURE, translate("shortcuts", "Confidence: low, medium, high")),
        Shortcut(place, ("Ctrl+R",), translate("shortcuts", "Reveal the network's answer now")),
        Shortcut(place, ("F2",), translate("shortcuts", "What is known of the leading class, or back")),
        Shortcut(place, ("F3",), translate("shortcuts", "Similar confirmed cases, or back")),
        Shortcut(place, ("F4",), translate("shortcuts", "Measurements, or back")),
        Shortcut(place, ("M",), translate("shortcuts", "Show or hide the map")),
        Shortcut(place, ("C",), translate("shortcuts", "Crop the picture")),
        Shortcut(place, ("R",), translate("shortcuts", "Measure a line, set the scale")),
        Shortcut(place, ("O",), translate("shortcuts", "Draw or correct the outline")),
        Shortcut(place, _usual(_STANDARD.Save), translate("shortcuts", "Save to a case")),
        Shortcut(
            Place.STRIP,
            tuple(f"Alt+{number}" for number in range(1, 10)),
            translate("shortcuts", "Show the first to the ninth picture"),
        ),
        Shortcut(Place.STRIP, ("Left", "Right"), translate("shortcuts", "Show the picture before, after")),
        Shortcut(Place.STRIP, ("Del", "Backspace"), translate("shortcuts", "Take the picture out")),
        Shortcut(Place.SAVE, ("Up", "Down"), translate("shortcuts", "Go through the patients that were found")),
        Shortcut(Place.SAVE, ("Return",), translate("shortcuts", "Save the case")),
        Shortcut(Place.CAMERA, ("Space",), translate("shortcuts", "Freeze the picture, or let it go on")),
        Shortcut(Place.CAMERA, ("Return",), translate("shortcuts", "Take the picture in sight")),
    )


def _on_pictures() -> tuple[Shortcut, ...]:
    leave = translate("shortcuts", "Leave without a change")
    fine = tuple(f"Ctrl+{way}" for way in ARROWS)
    return (
        Shortcut(Place.PICTURE, ("0",), translate("shortcuts", "Fit the picture")),
        Shortcut(Place.PICTURE, ("+", "="), translate("shortcuts", "Zoom in")),
        Shortcut(Place.PICTURE, ("-",), translate("shortcuts", "Zoom out")),
        Shortcut(Place.PICTURE, ARROWS, translate("shortcuts", "Move the picture")),
        Shortcut(Place.CROP, ARROWS, translate("shortcuts", "Begin, or move the rectangle")),
        Shortcut(Place.CROP, tuple(f"Shift+{way}" for way in ARROWS), translate("shortcuts", "Size the rectangle")),
        Shortcut(Place.CROP, fine, translate("shortcuts", "By one pixel")),
        Shortcut(Place.CROP, ("Return",), translate("shortcuts", "Take the rectangle")),
        Shortcut(Place.CROP, ("Backspace", "Del"), translate("shortcuts", "Remove it")),
        Shortcut(Place.CROP, ("Esc",), leave),
        Shortcut(Place.RULER, ARROWS, translate("shortcuts", "Begin, or move the end of the line")),
        Shortcut(Place.RULER, fine, translate("shortcuts", "By one pixel")),
        Shortcut(Place.RULER, ("Tab",), translate("shortcuts", "Go to the other end")),
        Shortcut(Place.RULER, ("Return",), translate("shortcuts", "Say how long the line is")),
        Shortcut(Place.RULER, ("Backspace", "Del"), translate("shortcuts", "Remove the line")),
        Shortcut(Place.RULER, ("Esc",), leave),
        Shortcut(Place.OUTLINE, ARROWS, translate("shortcuts", "Begin, or move the handle")),
        Shortcut(Place.OUTLINE, fine, translate("shortcuts", "By one pixel")),
        Shortcut(Place.OUTLINE, ("Tab", "Shift+Tab"), translate("shortcuts", "Next handle, previous handle")),
        Shortcut(Place.OUTLINE, ("Ins",), translate("shortcuts", "Add a handle")),
        Shortcut(Place.OUTLINE, ("Del", "Backspace"), translate("shortcuts", "Remove the handle")),
        Shortcut(Place.OUTLINE, ("Ctrl+Z",), translate("shortcuts", "Take back the last change of the outline")),
        Shortcut(Place.OUTLINE, ("Return",), translate("shortcuts", "Take the outline")),
        Shortcut(Place.OUTLINE, ("Esc",), leave),
        Shortcut(Place.KNOWLEDGE, (*_usual(_STANDARD.Find), "/"), translate("shortcuts", "Search all pages")),
        Shortcut(Place.KNOWLEDGE, ("Alt+Left",), translate("shortcuts", "Back to the page that led here")),
    )


def _cases() -> tuple[Shortcut, ...]:
    return (
        Shortcut(Place.CASES, _usual(_STANDARD.Find), translate("shortcuts", "Search all cases")),
        Shortcut(Place.CASES, ("Ctrl+Shift+F",), translate("shortcuts", "Filter the cases")),
        Shortcut(Place.CASES, ("Down",), translate("shortcuts", "From the search to what was found")),
        Shortcut(Place.CASES, ("Return",), translate("shortcuts", "Open the chosen case or lesion")),
        Shortcut(Place.CASES, _SURE, translate("shortcuts", "Confidence in a review: low, medium, high")),
        Shortcut(Place.CASES, ("Esc",), translate("shortcuts", "Back from a picture, or from placing a lesion")),
        Shortcut(Place.BODY_MAP, ("Left", "Right"), translate("shortcuts", "Go through the lesions")),
        Shortcut(Place.BODY_MAP, ("Return",), translate("shortcuts", "Open the lesion, or place it at the cross")),
        Shortcut(Place.BODY_MAP, ARROWS, translate("shortcuts", "Move the cross while a lesion is placed")),
        Shortcut(Place.BODY_MAP, tuple(f"Shift+{way}" for way in ARROWS), translate("shortcuts", "In small steps")),
        Shortcut(Place.BODY_MAP, ("+", "="), translate("shortcuts", "Zoom in")),
        Shortcut(Place.BODY_MAP, ("-",), translate("shortcuts", "Zoom out")),
        Shortcut(Place.BODY_MAP, ("0",), translate("shortcuts", "Show the whole body")),
        Shortcut(Place.COMPARE, ("1", "2", "3"), translate("shortcuts", "Side by side, overlay, blink")),
        Shortcut(Place.COMPARE, ("A",), translate("shortcuts", "Lay the right picture on the left one")),
        Shortcut(Place.COMPARE, ("O",), translate("shortcuts", "Show the outlines")),
        Shortcut(Place.COMPARE, ("L",), translate("shortcuts", "Zoom and move both pictures together")),
        Shortcut(Place.COMPARE, ("S",), translate("shortcuts", "Swap left and right")),
        Shortcut(Place.COMPARE, ("W",), translate("shortcuts", "Fade or wipe")),
        Shortcut(Place.COMPARE, ("Space",), translate("shortcuts", "Pause blinking, or go on")),
        Shortcut(Place.COMPARE, ("Esc",), translate("shortcuts", "Close the comparison")),
        Shortcut(Place.REPORT, ("Ctrl++", "Ctrl+="), translate("shortcuts", "Larger")),
        Shortcut(Place.REPORT, ("Ctrl+-",), translate("shortcuts", "Smaller")),
        Shortcut(Place.REPORT, ("Ctrl+0",), translate("shortcuts", "Fit the width")),
        Shortcut(Place.REPORT, _usual(_STANDARD.Print), translate("shortcuts", "Print the report")),
        Shortcut(Place.REPORT, _usual(_STANDARD.Save), translate("shortcuts", "Save the report")),
    )


def _other_pages() -> tuple[Shortcut, ...]:
    return (
        Shortcut(Place.WORKLIST, ("Return",), translate("shortcuts", "Open the case")),
        Shortcut(Place.WORKLIST, ("S",), translate("shortcuts", "Seen, set the next date")),
        Shortcut(Place.WORKLIST, ("R",), translate("shortcuts", "Record a result")),
        Shortcut(Place.WORKLIST, ("P",), translate("shortcuts", "Postpone by a week")),
        Shortcut(Place.WORKLIST, ("Shift+P",), translate("shortcuts", "Postpone by a month")),
        Shortcut(Place.WORKLIST, _usual(_STANDARD.Refresh), translate("shortcuts", "Read the worklist again")),
        *_batch(),
        Shortcut(Place.INSIGHTS, ARROWS, translate("shortcuts", "Go through the points of a plot")),
        Shortcut(Place.INSIGHTS, ("Home", "End"), translate("shortcuts", "First point, last point")),
        Shortcut(Place.INSIGHTS, ("Return", "Space"), translate("shortcuts", "Show the cases behind a point")),
        Shortcut(Place.INSIGHTS, ("Esc",), translate("shortcuts", "Back to the figures")),
        Shortcut(Place.MODELS, _usual(_STANDARD.Refresh), translate("shortcuts", "Look for installed networks again")),
        Shortcut(Place.AUDIT, _usual(_STANDARD.Refresh), translate("shortcuts", "Read the audit again")),
    )


def _batch() -> tuple[Shortcut, ...]:
    place = Place.BATCH
    return (
        Shortcut(place, _usual(_STANDARD.Open), translate("shortcuts", "Classify a folder")),
        Shortcut(place, ("Ctrl+P",), translate("shortcuts", "Pause the run, or go on")),
        Shortcut(place, ("A",), translate("shortcuts", "Accept what is chosen, and go on to the next")),
        Shortcut(place, ("F",), translate("shortcuts", "Flag what is chosen, and go on to the next")),
        Shortcut(place, ("N",), translate("shortcuts", "Write a note")),
        Shortcut(place, ("J", "K"), translate("shortcuts", "Next row, previous row")),
        Shortcut(place, ("U", "Ctrl+Z"), translate("shortcuts", "Take back the last decision")),
        Shortcut(place, ("G",), translate("shortcuts", "Pictures instead of a table, or the other way")),
        Shortcut(place, _usual(_STANDARD.Find), translate("shortcuts", "Search the paths")),
        Shortcut(place, _usual(_STANDARD.Save), translate("shortcuts", "Save what is chosen into the case log")),
    )


def _usual(key: QKeySequence.StandardKey) -> tuple[str, ...]:
    """The key that this system has for it, where it has one."""
    text = QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)
    return (text,) if text else ()
