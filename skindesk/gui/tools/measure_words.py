"""How a measurement, its scale and the aid to the ABCD rule read on the screen."""

from PySide6.QtCore import QCoreApplication

from skindesk.domain.measurement import Abcd, LesionColour, Scale, ScaleSource
from skindesk.gui.tools.figures import length_words, millimetres

translate = QCoreApplication.translate  # under this name the translation tools find the texts


def scale_words(scale: Scale) -> str:
    """How large the picture is on the skin, and what that was read off."""
    across = length_words(100, scale.mm_per_px)
    words = translate("measure", "100\u00a0px are {length}, {source}.")
    return words.format(length=across, source=source_words(scale.source))


def source_words(source: ScaleSource) -> str:
    """What a scale was read off."""
    return {
        ScaleSource.RULER: translate("measure", "read off a ruler"),
        ScaleSource.MARKER: translate("measure", "read off a marker of known size"),
        ScaleSource.DERMATOSCOPE: translate("measure", "read off the dermatoscope's scale or field of view"),
        ScaleSource.FILE: translate("measure", "as the device wrote it into the file"),
    }[source]


def source_name(source: ScaleSource) -> str:
    """What a line is drawn on, as the name of a choice."""
    return {
        ScaleSource.RULER: translate("measure", "Ruler"),
        ScaleSource.MARKER: translate("measure", "Marker"),
        ScaleSource.DERMATOSCOPE: translate("measure", "Dermatoscope"),
        ScaleSource.FILE: translate("measure", "File"),
    }[source]


def length_question(source: ScaleSource) -> str:
    """What has to be known of a line that was drawn on a ruler, a marker or a dermatoscope's field of view."""
    return {
        ScaleSource.RULER: translate("measure", "Length of the line on the ruler"),
        ScaleSource.MARKER: translate("measure", "Diameter of the marker under the line"),
        ScaleSource.DERMATOSCOPE: translate("measure", "Width of the scale or field of view under the line"),
        ScaleSource.FILE: translate("measure", "Length of the line"),
    }[source]


def read_words(length_mm: float) -> str:
    """What the marks along a line say."""
    words = translate("measure", "The marks along the line read as {length}, if they are millimetres. Check it.")
    return words.format(length=millimetres(length_mm))


def abcd_rows(abcd: Abcd) -> tuple[tuple[str, str, str], ...]:
    """For each part of the aid its name, its value and what it means."""
    colours = ", ".join(colour_word(colour) for colour in abcd.colours)
    found = translate("measure", "{count} of 6").format(count=len(abcd.colours))
    return (
        (
            translate("measure", "A  Asymmetry"),
            translate("measure", "{count} of 2 axes").format(count=abcd.asymmetry),
            translate("measure", "Axes across which shape or colour differ."),
        ),
        (
            translate("measure", "B  Border"),
            translate("measure", "{count} of 8 segments").format(count=abcd.border_segments),
            translate("measure", "Eighths of the border where the pigment ends abruptly."),
        ),
        (
            translate("measure", "C  Colours"),
            found,
            colours or translate("measure", "None of the six colours of the rule was found."),
        ),
    )


def colour_word(colour: LesionColour) -> str:
    """A colour of the ABCD rule."""
    return {
        LesionColour.WHITE: translate("measure", "white"),
        LesionColour.RED: translate("measure", "red"),
        LesionColour.LIGHT_BROWN: translate("measure", "light brown"),
        LesionColour.DARK_BROWN: translate("measure", "dark brown"),
        LesionColour.BLUE_GREY: translate("measure", "blue-grey"),
        LesionColour.BLACK: translate("measure", "black"),
    }[colour]
