"""A lesion's state follows what was decided, and when."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from skindesk.domain.case import CaseDraft, Plan, ReviewDetails
from skindesk.domain.worklist import Due
from skindesk.storage.case_log import CaseLog

MakeDraft = Callable[..., CaseDraft]
WEEK_AGO = datetime.now(UTC) - timedelta(days=7)


def test_a_result_is_waited_for_since_the_visit_even_where_it_was_entered_later(
    log: CaseLog, make_draft: MakeDraft
) -> None:
    log.save(make_draft(review=ReviewDetails("mel", plan=Plan.BIOPSY), visited_at=WEEK_AGO))

    (item,) = log.record.worklist(datetime.now(UTC).date())

    assert (item.due, item.since) == (Due.RESULT_PENDING, WEEK_AGO.date())
