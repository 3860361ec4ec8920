"""How the worklist reads."""

from datetime import date, timedelta

from skindesk.domain.following import months_after
from skindesk.domain.worklist import SOON_DAYS, Due, WorklistItem
from skindesk.gui.widgets.words import translate


def group_words(due: Due) -> str:
    """The heading over the cases that stand on the list for the same reason."""
    return {
        Due.FOLLOW_UP_OVERDUE: translate("worklist", "Overdue"),
        Due.FOLLOW_UP_TODAY: translate("worklist", "Today"),
        Due.RESULT_PENDING: translate("worklist", "Result pending"),
        Due.FOLLOW_UP_SOON: translate("worklist", "Soon"),
    }[due]


def group_hint(due: Due) -> str:
    """What a heading means, where that is not plain."""
    return {
        Due.RESULT_PENDING: translate("worklist", "biopsy or excision decided, no final diagnosis yet"),
        Due.FOLLOW_UP_SOON: translate("worklist", "in the next {days} days").format(days=SOON_DAYS),
    }.get(due, "")


def what_words(due: Due) -> str:
    """What is to be done."""
    if due is Due.RESULT_PENDING:
        return translate("worklist", "Biopsy result")
    return translate("worklist", "Follow-up")


def since_words(item: WorklistItem, today: date) -> str:
    """Since when a case stands on the list, or when it is due."""
    days = (today - item.since).days
    if item.due is Due.RESULT_PENDING:
        return translate("worklist", "since today") if days <= 0 else _counted(days, "waiting for")
    if days > 0:
        return _counted(days, "overdue")
    return translate("worklist", "today") if days == 0 else _counted(-days, "in")


def _counted(days: int, kind: str) -> str:
    words = {
        ("overdue", True): translate("worklist", "1 day overdue"),
        ("overdue", False): translate("worklist", "{days} days overdue"),
        ("waiting for", True): translate("worklist", "waiting for 1 day"),
        ("waiting for", False): translate("worklist", "waiting for {days} days"),
        ("in", True): translate("worklist", "tomorrow"),
        ("in", False): translate("worklist", "in {days} days"),
    }
    return words[kind, days == 1].format(days=f"{days:,}")


def put_off_by_a_week(item: WorklistItem, today: date) -> date:
    """The day to which a follow-up moves: it counts from today, or from its own day where that is still to come."""
    return _due_from(item, today) + timedelta(days=7)


def put_off_by_a_month(item: WorklistItem, today: date) -> date:
    """Likewise."""
    return months_after(_due_from(item, today), 1)


def _due_from(item: WorklistItem, today: date) -> date:
    return max(item.case.lesion.follow_up_on or today, today)
