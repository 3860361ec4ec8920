"""Reports of cases: made in memory, and told to the audit before they leave the program."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from skindesk import __version__
from skindesk.domain.case import Case
from skindesk.domain.errors import CaseLogUnavailableError
from skindesk.domain.paper import Paper
from skindesk.domain.people import OWNER, Permission, Person
from skindesk.exchange.report.content import Letterhead, LostPicture, NetworkFacts, Report, ReportContent
from skindesk.exchange.report.course import answered
from skindesk.exchange.report.document import render
from skindesk.exchange.report.file import refuse_existing, write_report
from skindesk.services.casework import Casework
from skindesk.services.models import ModelLibrary
from skindesk.services.network_facts import facts_of


@dataclass(frozen=True)
class MadeReport:
    """A report that has not left the program yet, and whom it is about."""

    report: Report
    case: Case


class Reports:
    """Makes reports for whoever is at work. Each method raises CaseLogUnavailableError where the log's disk refuses.

    `require` raises AccessRefusedError where `person` may not do something; `letterhead` is read for each report.
    """

    def __init__(
        self,
        casework: Casework,
        models: ModelLibrary,
        letterhead: Callable[[], Letterhead],
        require: Callable[[Permission], None],
        person: Person = OWNER,
    ) -> None:
        self._casework, self._log = casework, casework.log
        self._models, self._letterhead = models, letterhead
        self._require, self._person = require, person

    def make(self, case_id: int, paper: Paper, made_at: datetime | None = None) -> MadeReport:
        """Make the report of a case, in memory only. `made_at` is aware; without it, it is now.

        Raises AccessRefusedError where whoever is at work may not export, InvalidCaseError where there is no such case.
        """
        self._require(Permission.EXPORT)
        case = self._log.case(case_id)
        content = ReportContent(
            case=case,
            pictures={
                picture.details.sha256: self._picture(picture.details.sha256)
                for visit in case.visits
                for picture in visit.pictures
            },
            letterhead=self._letterhead(),
            network=self._network(case),
            audit_head=self._log.audit_head(),
            program_version=__version__,
            made_at=datetime.now().astimezone() if made_at is None else made_at,
            made_by="" if self._person == OWNER else self._person.name,
        )
        return MadeReport(render(content, paper), case)

    def tell(self, made: MadeReport) -> None:
        """Tell the audit, before a report is printed, that it leaves the program. Raises AccessRefusedError."""
        self._casework.tell_export([made.case.patient.patient_id])

    def save(self, made: MadeReport, out: Path, force: bool = False) -> None:
        """Write a report into a new file, after the audit was told.

        Raises AccessRefusedError where whoever is at work may not export, and OutputUnavailableError where the file
        exists, unless by `force`, or cannot be written; there is no file then.
        """
        refuse_existing(out, force)
        self.tell(made)
        write_report(out, made.report.pdf, force)

    def _picture(self, sha256: str) -> bytes | LostPicture:
        try:
            return self._log.picture(sha256)
        except CaseLogUnavailableError as error:
            return LostPicture(str(error))

    def _network(self, case: Case) -> NetworkFacts | None:
        shown = answered(case)
        return None if shown is None else facts_of(self._models, shown[1].model)
