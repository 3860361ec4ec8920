"""The report's end: what vouches for it, and who signs."""

from collections.abc import Iterator
from typing import Any

from reportlab.platypus import HRFlowable, KeepTogether, Spacer

from skindesk.exchange.report import words
from skindesk.exchange.report.content import ReportContent
from skindesk.exchange.report.style import GRID_PT, SECTION, SMALL, TEXT, Typesetter
from skindesk.exchange.report.tables import facts, rows

_SIGNATURE_PT = 12 * GRID_PT


def closing(setter: Typesetter, content: ReportContent) -> Iterator[Any]:
    """How the report came about, the audit's end, and a line to sign on."""
    head = content.audit_head
    made = f"{words.moment(content.made_at)}, SkinDesk {content.program_version}"
    named = [("Made", f"{made}{f', {content.made_by}' if content.made_by else ''}")]
    if head is not None:
        named.append(("Audit", f"{head.count} entries, the last with the MAC {head.mac}"))
    pieces = [setter.text("About this report", SECTION), facts(setter, named, setter.sheet.width_pt)]
    if head is not None:
        why = "Kept on paper, this end of the audit shows later whether an entry up to then was changed or taken away."
        pieces.append(setter.text(why, SMALL))
    if setter.printable.replaced:
        pieces.append(setter.text(words.characters_words(setter.printable.replaced), SMALL))
    pieces.append(Spacer(0, _SIGNATURE_PT))
    pieces.append(_signature(setter))
    yield KeepTogether(pieces)


def _signature(setter: Typesetter) -> Any:
    column_pt = setter.sheet.width_pt / 2
    lines = [HRFlowable(width="90%", thickness=0.5, color=TEXT, hAlign="LEFT", spaceAfter=GRID_PT) for _ in range(2)]
    names = [setter.text(name, SMALL) for name in ("Place and date", "Signature")]
    return rows([lines, names], [column_pt, column_pt])
