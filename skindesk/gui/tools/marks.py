"""The marks on a picture that show where its quality suffers."""

from collections.abc import Callable, Iterable

from skindesk.domain.quality import QualityFinding, QualityIssue
from skindesk.gui.widgets.canvas_layers import Mark


def marks_of(findings: Iterable[QualityFinding], word: Callable[[QualityIssue], str]) -> tuple[Mark, ...]:
    """A mark for each place of each finding; `word` names an issue in one or two words."""
    return tuple(Mark(place, word(finding.issue)) for finding in findings for place in finding.places)
