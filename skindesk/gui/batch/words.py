"""How the page says what became of a picture, in the few words that a cell has room for."""

from pathlib import Path

from skindesk.domain.contract import ModelContract
from skindesk.domain.errors import RejectionReason
from skindesk.domain.quality import PictureWarning, QualityIssue
from skindesk.domain.wording import remarks
from skindesk.gui.batch.rows import REASONS, Cells, MarkCode, Status, flags_of
from skindesk.gui.widgets.words import NOTHING, differential_line, percent, translate

_MOST_FLAGS = 2
_ISSUES = frozenset(QualityIssue)


def reason_word(reason: RejectionReason) -> str:
    """Why a file was rejected."""
    return {
        RejectionReason.MISSING: translate("batch", "missing"),
        RejectionReason.NOT_READABLE: translate("batch", "not readable"),
        RejectionReason.EMPTY: translate("batch", "empty"),
        RejectionReason.NOT_AN_IMAGE: translate("batch", "no picture"),
        RejectionReason.DAMAGED: translate("batch", "damaged"),
        RejectionReason.TOO_LARGE: translate("batch", "too large"),
        RejectionReason.TOO_SMALL: translate("batch", "too small"),
        RejectionReason.INTERNAL: translate("batch", "failed, see the log"),
    }[reason]


def decision_words(cells: Cells) -> str:
    """Whether the network answered, or why it did not."""
    match cells.status:
        case Status.SUPPORTED:
            return translate("batch", "Supported")
        case Status.UNLIKE_TRAINING:
            return translate("batch", "Abstained: unlike the training pictures")
        case Status.CLASSES_TOO_CLOSE:
            return translate("batch", "Abstained: classes too close")
    return translate("batch", "Rejected: {reason}").format(reason=reason_word(REASONS[cells.reason]))


def mark_word(mark: int) -> str:
    """What was decided on a picture; empty where nothing was."""
    words = {MarkCode.ACCEPTED: translate("batch", "Accepted"), MarkCode.FLAGGED: translate("batch", "Flagged")}
    return words.get(MarkCode(mark), "")


def review_words(cells: Cells) -> str:
    """What was decided on a picture, and whether there is a note."""
    note = translate("batch", "note") if cells.has_note else ""
    return " · ".join(filter(None, (mark_word(cells.mark), note)))


def quality_words(cells: Cells, judged: bool) -> str:
    """The worst of what speaks against the picture's quality; `judged` says whether the quality gate was asked."""
    if cells.status == Status.REJECTED:
        return NOTHING
    flags = flags_of(cells.flags)
    if not flags:
        return translate("batch", "ok") if judged else NOTHING
    named = ", ".join(map(flag_word, flags[:_MOST_FLAGS]))
    return named if len(flags) <= _MOST_FLAGS else f"{named} +{len(flags) - _MOST_FLAGS}"


def flag_word(flag: str) -> str:
    """A quality flag."""
    issue = flag.removeprefix("remark_")
    return remarks([QualityIssue(issue)]) if issue in _ISSUES else _warning_word(PictureWarning(flag))


def first_line(cells: Cells, contract: ModelContract) -> str:
    """The leading class with its probability."""
    return _line(cells.first, cells.first_probability, contract)


def second_line(cells: Cells, contract: ModelContract) -> str:
    """The class after the leading one."""
    return _line(cells.second, cells.second_probability, contract)


def sum_words(cells: Cells) -> str:
    """The malignant sum."""
    return NOTHING if cells.malignant_sum != cells.malignant_sum else percent(cells.malignant_sum)


def novelty_words(cells: Cells) -> str:
    """How strange the picture is to the network."""
    return NOTHING if cells.novelty != cells.novelty else f"{cells.novelty:.1f}"


def source_words(sources: tuple[str, ...]) -> str:
    """What a run is over."""
    first = Path(sources[0])
    return str(first) if len(sources) == 1 else f"{first.parent} ({len(sources)})"


def duration(seconds: float) -> str:
    """'45 s', '3 min 20 s' or '1 h 05 min'."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole}\N{NO-BREAK SPACE}s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}\N{NO-BREAK SPACE}min\N{NO-BREAK SPACE}{rest:02}\N{NO-BREAK SPACE}s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}{minutes:02}\N{NO-BREAK SPACE}min"


def _line(at: int, probability: float, contract: ModelContract) -> str:
    return NOTHING if at < 0 else differential_line(probability, contract.labels[at].name)


def _warning_word(warning: PictureWarning) -> str:
    return {
        PictureWarning.FIRST_OF_SEVERAL_FRAMES: translate("batch", "first of several"),
        PictureWarning.TRANSPARENCY_FLATTENED: translate("batch", "was transparent"),
        PictureWarning.COLOUR_PROFILE_IGNORED: translate("batch", "colours may be off"),
        PictureWarning.GREYSCALE: translate("batch", "no colour"),
        PictureWarning.LOW_RESOLUTION: translate("batch", "few pixels"),
    }[warning]
