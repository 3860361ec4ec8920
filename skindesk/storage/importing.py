"""Takes cases of another log into this one, inside a transaction that the caller commits."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from skindesk.domain.audit import AuditAction, AuditEvent, Subject
from skindesk.domain.case import Case, LesionDetails, Patient, PatientDetails, Visit
from skindesk.domain.merging import completed, count_new, otherwise, same_lesions, what_is_new
from skindesk.domain.transfer import Counts, ImportedCase, ImportOutcome
from skindesk.storage.correcting import correct_lesion, correct_patient
from skindesk.storage.image_store import ImageStore
from skindesk.storage.rows import ImageRow, LesionRow, PatientRow, VisitRow
from skindesk.storage.saving import add_lesion, add_patient, add_prediction, image_at, refresh_case, visit_of_day
from skindesk.storage.search import fold, identifier_key
from skindesk.storage.states import follow_plans
from skindesk.storage.transactions import Tell
from skindesk.storage.values import review_row, to_patient
from skindesk.storage.whole_cases import whole_cases


@dataclass(frozen=True)
class ImportPlan:
    """What is to be done with one case of a file; nothing where there is a `reason` to refuse it.

    `patient` and `known` are the patient and the case as they are in this log, or None. `patient_details` and
    `lesion_details` are what is to become of theirs, `news` the visits with what is not there yet, `kept_here` names
    what the file says otherwise, and `also_of` others who have a picture of the news.
    """

    case: Case
    patient: Patient | None
    known: Case | None
    patient_details: PatientDetails
    lesion_details: LesionDetails
    news: tuple[Visit, ...]
    kept_here: tuple[str, ...] = ()
    also_of: tuple[str, ...] = ()
    reason: str = ""

    @property
    def fills_blanks(self) -> bool:
        """Whether the patient or the lesion, which are there, are to get details that they lacked."""
        return (self.patient is not None and self.patient.details != self.patient_details) or (
            self.known is not None and self.known.lesion.details != self.lesion_details
        )

    @property
    def outcome(self) -> ImportOutcome:
        """What carrying it out comes to."""
        if self.reason:
            return ImportOutcome.REFUSED
        if self.known is None:
            return ImportOutcome.IMPORTED
        return ImportOutcome.EXTENDED if self.news or self.fills_blanks else ImportOutcome.ALREADY_THERE


def plans_for(session: Session, cases: Sequence[Case], may_correct: bool) -> tuple[ImportPlan, ...]:
    """What is to be done with a patient's cases, all that the file has of them.

    What is blank in this log is to be filled in where whoever is at work `may_correct`.
    """
    given = cases[0].patient.details
    key = identifier_key(given.identifier)
    row = session.scalar(select(PatientRow).where(PatientRow.identifier_key == key))
    if row is None:
        return tuple(
            ImportPlan(case, None, None, given, case.lesion.details, case.visits, also_of=_others(session, case.visits))
            for case in cases
        )
    patient = to_patient(row)
    contrary = _contrary(patient.details, given)
    if contrary:
        reason = f"The identifier {given.identifier} is taken here by somebody with another {contrary}."
        return tuple(ImportPlan(case, patient, None, given, case.lesion.details, (), reason=reason) for case in cases)
    return tuple(_plans_of(session, patient, cases, may_correct))


def foreseen(plan: ImportPlan, case_id: int | None = None) -> ImportedCase:
    """What becomes of a case by its plan; a new one has the number `case_id`, once it has been given."""
    return ImportedCase(
        source_case_id=plan.case.lesion.case_id,
        identifier=plan.case.patient.details.identifier,
        lesion_number=plan.case.lesion.number,
        outcome=plan.outcome,
        case_id=case_id if plan.known is None else plan.known.lesion.case_id,
        added=Counts() if plan.reason else count_new(plan.news, plan.known),
        kept_here=plan.kept_here,
        also_of=plan.also_of,
        reason=plan.reason,
    )


def carry_out(
    session: Session, images: ImageStore, plan: ImportPlan, content: Callable[[str], bytes], source: str, tell: Tell
) -> int:
    """Write what is new of a case that is not refused; returns its number in this log.

    `content` gives a picture's bytes by its digest. The audit is told of everything that is new, and of the `source`.
    """
    patient_id = _patient_id(session, plan, tell)
    lesion = _lesion(session, patient_id, plan, tell)
    for visit in plan.news:
        _add_visit(session, images, lesion, visit, content, tell)
    follow_plans(session, lesion.id)
    refresh_case(session, lesion)
    detail = {"source": source, "case": plan.case.lesion.case_id}
    tell(AuditEvent(AuditAction.CASE_IMPORTED, Subject.CASE, str(lesion.id), patient_id, detail))
    return lesion.id


def _contrary(kept: PatientDetails, given: PatientDetails) -> str:
    """What shows that two patients of one identifier are not the same person; case and accents do not."""
    pairs = {
        "family name": (fold(kept.family_name.strip()), fold(given.family_name.strip())),
        "given name": (fold(kept.given_name.strip()), fold(given.given_name.strip())),
        "birth date": (kept.birth_date, given.birth_date),
    }
    *others, last = [name for name, (here, there) in pairs.items() if here and there and here != there] or [""]
    return f"{', '.join(others)} and {last}" if others else last


def _plans_of(session: Session, patient: Patient, cases: Sequence[Case], may_correct: bool) -> Iterator[ImportPlan]:
    """The plans for the cases of a patient who is there; the first one fills in the patient's blanks."""
    given = cases[0].patient.details
    details = completed(patient.details, given) if may_correct else patient.details
    to_become = details
    for case, known in zip(cases, same_lesions(cases, whole_cases(session, [patient.patient_id])), strict=True):
        lesion, news = _lesion_details(case, known, may_correct), what_is_new(case, known)
        yield ImportPlan(
            case,
            patient,
            known,
            to_become,
            lesion,
            news,
            kept_here=otherwise(details, given) + otherwise(lesion, case.lesion.details),
            also_of=_others(session, news, patient.patient_id),
        )
        to_become = patient.details


def _lesion_details(case: Case, known: Case | None, may_correct: bool) -> LesionDetails:
    """What is to become of a lesion's details."""
    if known is None:
        return case.lesion.details
    return completed(known.lesion.details, case.lesion.details) if may_correct else known.lesion.details


def _others(session: Session, visits: Iterable[Visit], patient_id: int | None = None) -> tuple[str, ...]:
    """The identifiers of everybody else who has one of these pictures."""
    digests = {picture.details.sha256 for visit in visits for picture in visit.pictures}
    found = (
        select(PatientRow.identifier)
        .join(LesionRow, LesionRow.patient_id == PatientRow.id)
        .join(VisitRow, VisitRow.lesion_id == LesionRow.id)
        .join(ImageRow, ImageRow.visit_id == VisitRow.id)
        .where(ImageRow.sha256.in_(digests), PatientRow.id.is_distinct_from(patient_id))
    )
    return tuple(session.scalars(found.distinct().order_by(PatientRow.identifier)))


def _patient_id(session: Session, plan: ImportPlan, tell: Tell) -> int:
    if plan.patient is None:
        return add_patient(session, plan.patient_details, tell).id
    if plan.patient.details != plan.patient_details:
        correct_patient(session, plan.patient.patient_id, plan.patient_details, tell)
    return plan.patient.patient_id


def _lesion(session: Session, patient_id: int, plan: ImportPlan, tell: Tell) -> LesionRow:
    if plan.known is None:
        last_visit_at = max((visit.visited_at for visit in plan.case.visits), default=datetime.now(UTC))
        wanted = plan.case.lesion.number
        of_patient = select(LesionRow.id).where(LesionRow.patient_id == patient_id, LesionRow.number == wanted)
        number = wanted if session.scalar(of_patient) is None else None
        return add_lesion(session, patient_id, plan.lesion_details, last_visit_at, tell, number)
    case_id = plan.known.lesion.case_id
    if plan.known.lesion.details != plan.lesion_details:
        correct_lesion(session, case_id, plan.lesion_details, tell)
    return session.get_one(LesionRow, case_id)


def _add_visit(
    session: Session,
    images: ImageStore,
    lesion: LesionRow,
    visit: Visit,
    content: Callable[[str], bytes],
    tell: Tell,
) -> None:
    """Add what is new of a visit. A picture's bytes are durable before its row exists."""
    row = visit_of_day(session, lesion, visit.visited_at)
    for picture in visit.pictures:
        images.add(content(picture.details.sha256), picture.details.media_type)
        image = image_at(session, row, picture.details, lesion.patient_id, tell)
        for prediction in picture.predictions:
            add_prediction(session, image, prediction, lesion.patient_id, tell)
    for review in visit.reviews:
        session.add(review_row(row.id, review.details, review.created_at))
        tell(AuditEvent(AuditAction.REVIEW_ADDED, Subject.CASE, str(lesion.id), lesion.patient_id))
