"""Taking cases from one workstation's log to another's, in a file: nothing is lost on the way, nothing repeated."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from skindesk import __version__
from skindesk.domain.case import Case, Patient
from skindesk.domain.errors import AccessRefusedError, CaseLogUnavailableError, InvalidCaseError
from skindesk.domain.final_diagnosis import MAX_ATTACHMENT_MB
from skindesk.domain.people import Permission
from skindesk.domain.transfer import Counts, ImportedCase, LeftOut, Rights
from skindesk.exchange.case_archive.checks import troubles_with
from skindesk.exchange.case_archive.layout import Folder, files_of
from skindesk.exchange.case_archive.reading import CaseArchive, Progress
from skindesk.exchange.case_archive.writing import CaseArchiveWriter
from skindesk.services.casework import Casework

_PATIENTS_AT_ONCE = 20
"""As many are in memory with all their cases."""


@dataclass(frozen=True)
class Exported:
    """What was written into a file, which cases the log could not give whole, and how many patients have no lesion.

    A file of cases tells of patients by their cases, so that nothing of those without one is in it.
    """

    counts: Counts
    left_out: tuple[LeftOut, ...]
    without_cases: int


class Transfer:
    """Export and import of cases.

    `require` raises AccessRefusedError where whoever is at work may not do something. Every method raises
    CaseLogUnavailableError where the case log's disk refuses.
    """

    def __init__(self, casework: Casework, require: Callable[[Permission], None]) -> None:
        self._casework = casework
        self._log = casework.log
        self._require = require

    def export_matching(
        self, out: Path, query: str, force: bool = False, progress: Callable[[int], None] = lambda done: None
    ) -> Exported:
        """Write every patient who matches the query as in `CaseLog.page`, with all cases, into a new file.

        The audit is told of each patient before anything of that patient is written. A case of which a picture or an
        attachment is lost, or that could not be imported, is left out. `progress` is told how many cases are in the
        file. Raises AccessRefusedError where whoever is at work may not export, InvalidCaseError where nobody matches,
        and OutputUnavailableError where the file exists, unless by `force`, or cannot be written: what was there stays.
        """
        self._require(Permission.EXPORT)
        return self._export(out, self._matching(query), force, progress)

    def export_patients(
        self,
        out: Path,
        identifiers: Iterable[str],
        force: bool = False,
        progress: Callable[[int], None] = lambda done: None,
    ) -> Exported:
        """Write the patients of these identifiers, as `export_matching` does.

        Raises InvalidCaseError where one of them is not in the log.
        """
        self._require(Permission.EXPORT)
        patient_ids = sorted({self._patient(identifier).patient_id for identifier in identifiers})
        return self._export(out, _in_batches(patient_ids), force, progress)

    def import_cases(
        self, file: Path, dry_run: bool = False, progress: Progress = lambda done, total: None
    ) -> Iterator[ImportedCase]:
        """Take the cases of a file into the log; each is told of once it is in the log, whole.

        The file is checked from end to end first; `progress` is told how many of its pictures and attachments have
        been. Ending in the middle leaves whole cases, and doing it again goes on where it ended. With `dry_run` nothing
        is written. How lesions then stand is said at `plans_for`. Raises CaseArchiveError where the file is not sound,
        and AccessRefusedError where whoever is at work may not record or, with reviews or final diagnoses, judge;
        nothing was written then.
        """
        self._require(Permission.RECORD)
        with CaseArchive(file) as archive:
            archive.check(progress)
            if archive.manifest.counts.reviews or archive.manifest.counts.final_diagnoses:
                self._require(Permission.REVIEW)
            rights = Rights(self._may(Permission.CORRECT), self._may(Permission.REVIEW))
            for cases in archive.patients():
                if dry_run:
                    yield from self._log.foresee_import(cases, rights)
                    continue
                for at in range(len(cases)):
                    yield self._log.import_case(cases, at, archive.content, archive.name, rights)

    def _export(
        self, out: Path, batches: Iterator[Sequence[int]], force: bool, progress: Callable[[int], None]
    ) -> Exported:
        first = next(batches, None)
        if first is None:
            raise InvalidCaseError("There is nobody to export.", "Look the patients up with `cases list`.")
        left_out: list[LeftOut] = []
        without_cases = 0
        with CaseArchiveWriter(out, __version__, datetime.now(UTC), force) as writer:
            for patient_ids in chain([first], batches):
                self._casework.tell_export(patient_ids)
                cases = self._log.whole_cases(patient_ids)
                without_cases += len(set(patient_ids) - {case.patient.patient_id for case in cases})
                for case in cases:
                    trouble = self._trouble_with(case)
                    if trouble:
                        left_out.append(LeftOut(case.lesion.case_id, trouble))
                    else:
                        writer.add(case, self._log.picture)
                    progress(writer.counts.cases)
        return Exported(writer.counts, tuple(left_out), without_cases)

    def _matching(self, query: str) -> Iterator[Sequence[int]]:
        after = 0
        while patients := self._log.patients_after(after, query, _PATIENTS_AT_ONCE):
            after = patients[-1].patient_id
            yield [patient.patient_id for patient in patients]

    def _patient(self, identifier: str) -> Patient:
        patient = self._log.patient_by_identifier(identifier)
        if patient is None:
            raise InvalidCaseError(
                f"The case log has no patient with the identifier {identifier}.", "Look it up with `cases list`."
            )
        return patient

    def _trouble_with(self, case: Case) -> str:
        """Why a case cannot be taken along whole; empty where it can."""
        for trouble in troubles_with(case):
            return f"No case log would take it: {trouble}."
        try:
            for file, _ in files_of(case):
                size = len(self._log.picture(file.sha256))
                if file.folder is Folder.ATTACHMENTS and size > MAX_ATTACHMENT_MB * 1_000_000:
                    return f"Its {file} has more than {MAX_ATTACHMENT_MB} MB."
        except CaseLogUnavailableError as error:
            return str(error)
        return ""

    def _may(self, permission: Permission) -> bool:
        try:
            self._require(permission)
        except AccessRefusedError:
            return False
        return True


def _in_batches(patient_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(patient_ids), _PATIENTS_AT_ONCE):
        yield patient_ids[start : start + _PATIENTS_AT_ONCE]
