"""How what speaks against a picture reads on the screen: a word for the mark, a sentence with advice for the step."""

from PySide6.QtCore import QCoreApplication

from skindesk.domain.quality import QualityFinding, QualityIssue
from skindesk.gui.widgets.words import percent

translate = QCoreApplication.translate  # under this name the translation tools find the texts


def issue_word(issue: QualityIssue) -> str:
    """The trouble in a word or two, as it stands beside its mark on the picture."""
    return {
        QualityIssue.NO_SKIN: translate("quality", "No skin"),
        QualityIssue.BLURRED: translate("quality", "Out of focus"),
        QualityIssue.UNDEREXPOSED: translate("quality", "Too dark"),
        QualityIssue.OVEREXPOSED: translate("quality", "Too bright"),
        QualityIssue.GLARE: translate("quality", "Glare"),
        QualityIssue.COLOUR_CAST: translate("quality", "Colour cast"),
        QualityIssue.HAIR: translate("quality", "Hair"),
        QualityIssue.RULER: translate("quality", "Ruler"),
        QualityIssue.PEN: translate("quality", "Pen mark"),
        QualityIssue.BUBBLES: translate("quality", "Air bubbles"),
        QualityIssue.CUT_OFF: translate("quality", "Cut off"),
        QualityIssue.TOO_SMALL: translate("quality", "Too small"),
    }[issue]


def finding_sentence(finding: QualityFinding) -> str:
    """What is wrong and what to do about it, in one sentence; with how much of the frame it is about, where known."""
    if finding.share is not None and finding.issue in _MEASURED:
        return _measured(finding.issue).format(share=percent(finding.share))
    return {
        QualityIssue.NO_SKIN: translate("quality", "This does not look like skin: check that it is the right picture."),
        QualityIssue.BLURRED: translate("quality", "Out of focus or moved: hold still and focus on the lesion's edge."),
        QualityIssue.UNDEREXPOSED: translate("quality", "Too dark: add light or expose for longer."),
        QualityIssue.OVEREXPOSED: translate("quality", "Too bright: detail is burnt out, so lower the exposure."),
        QualityIssue.GLARE: translate("quality", "Glare: use polarised light or turn the dermatoscope."),
        QualityIssue.COLOUR_CAST: translate("quality", "Colour cast: set the white balance to the lamp in use."),
        QualityIssue.HAIR: translate("quality", "Hair over the skin: part or clip it."),
        QualityIssue.RULER: translate("quality", "A ruler is in the picture: take another without it, or crop it off."),
        QualityIssue.PEN: translate("quality", "A pen mark is in the picture: wipe it off or crop it away."),
        QualityIssue.BUBBLES: translate("quality", "Air bubbles under the glass: add gel and press more firmly."),
        QualityIssue.CUT_OFF: translate("quality", "The frame cuts the lesion off: move back or centre it."),
        QualityIssue.TOO_SMALL: translate("quality", "The lesion is small in the frame: retake closer."),
    }[finding.issue]


_MEASURED = frozenset({QualityIssue.OVEREXPOSED, QualityIssue.GLARE, QualityIssue.HAIR, QualityIssue.TOO_SMALL})


def _measured(issue: QualityIssue) -> str:
    return {
        QualityIssue.OVEREXPOSED: translate(
            "quality", "Too bright: {share} of the picture is burnt out, so lower the exposure."
        ),
        QualityIssue.GLARE: translate(
            "quality", "Glare covers {share} of the picture: use polarised light or turn the dermatoscope."
        ),
        QualityIssue.HAIR: translate("quality", "Hair covers {share} of the picture: part or clip it."),
        QualityIssue.TOO_SMALL: translate("quality", "Retake closer: the lesion fills {share} of the frame."),
    }[issue]
