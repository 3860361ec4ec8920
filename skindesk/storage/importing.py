"""Takes cases of another log into this one, inside a transaction that the caller commits."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from skindesk.domain.audit import AuditAction, AuditEvent, Subject
from skindesk.domain.case import Case, LesionDetails, Patient, PatientDetails, PictureDetails, Visit
from skindesk.domain.final_diagnosis import FinalDiagnosis
from skindesk.domain.following import Standing, asked_for, standing_of
from skindesk.domain.lesion_state import LesionState
from skindesk.domain.merging import (
    News,
    completed,
    count_new,
    joined,
    knows_all_of,
    otherwise,
    same_lesions,
    taken_otherwise,
    what_is_new,
    withdrawn_here,
)
from skindesk.domain.transfer import Counts, ImportedCase, ImportOutcome, Rights
from skindesk.storage.correcting import changed, correct_lesion, correct_patient
from skindesk.storage.image_store import ImageStore
from skindesk.storage.rows import FormerPatientRow, ImageRow, LesionRow, PatientRow, VisitRow
from skindesk.storage.saving import add_lesion, add_patient, add_prediction, image_at, refresh_case, visit_of_day
from skindesk.storage.search import fold, identifier_key
from skindesk.storage.states import follow_plans, set_state
from skindesk.storage.transactions import Tell
from skindesk.storage.values import final_diagnosis_row, review_row, to_lesion, to_patient
from skindesk.storage.whole_cases import whole_cases


@dataclass(frozen=True)
class ImportPlan:
    """What is to be done with one case of a file; nothing where there is a `reason` to refuse it.

    `patient` and `known` are the patient and the case, with what was withdrawn, as they are in this log, or None.
    `patient_details`, `lesion_details` and `standing` are what is to become of theirs, with None for a lesion that is
    to stand as it does, `news` is what is not there yet, `kept_here` names what the file says otherwise, and `also_of`
    others who have a picture of the news.
    """

    case: Case
    patient: Patient | None
    known: Case | None
    patient_details: PatientDetails
    lesion_details: LesionDetails
    standing: Standing | None
    news: News
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


def plans_for(session: Session, cases: Sequence[Case], rights: Rights) -> tuple[ImportPlan, ...]:
    """What is to be done with a patient's cases, all that the file has of them, by whoever has these `rights`.

    An identifier that was another's before two records became one leads to the patient who was kept. What is blank in
    this log is filled in. A lesion that is new here stands as it does in the file. One that is there goes on standing
    as it does here, by plan or by hand, unless what is new of it asks for something else than what was known: then,
    too, it stands as in the file. What was withdrawn here stays so.
    """
    given = cases[0].patient.details
    patient, is_former = _patient_known_as(session, given.identifier)
    if patient is None:
        return tuple(_plan_of_new(session, case, None, given, rights) for case in cases)
    reason = _why_somebody_else(patient.details, given, is_former)
    if reason:
        return tuple(
            ImportPlan(case, patient, None, given, case.lesion.details, None, News(), reason=reason) for case in cases
        )
    return tuple(_plans_of(session, patient, cases, rights))


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

    `content` gives the bytes of a picture or an attachment by their digest. The audit is told of everything that
    is new, and of the `source`.
    """
    patient_id = _patient_id(session, plan, tell)
    lesion = _lesion(session, patient_id, plan, tell)
    for visit in plan.news.visits:
        _add_visit(session, images, lesion, visit, content, tell)
    for diagnosis in plan.news.final_diagnoses:
        _add_final_diagnosis(session, images, lesion, diagnosis, content, tell)
    if plan.standing is not None:
        _let_stand(session, lesion, plan.standing, plan.case, tell)
    refresh_case(session, lesion)
    detail = {"source": source, "case": plan.case.lesion.case_id}
    tell(AuditEvent(AuditAction.CASE_IMPORTED, Subject.CASE, str(lesion.id), patient_id, detail))
    return lesion.id


def _patient_known_as(session: Session, identifier: str) -> tuple[Patient | None, bool]:
    """Who has this identifier, or else had it before two records became one, and whether it is such a former one."""
    key = identifier_key(identifier)
    row = session.scalar(select(PatientRow).where(PatientRow.identifier_key == key))
    if row is not None:
        return to_patient(row), False
    former = select(FormerPatientRow.patient_id).where(FormerPatientRow.identifier_key == key)
    kept = session.scalar(select(PatientRow).where(PatientRow.id.in_(former)))
    return (None, False) if kept is None else (to_patient(kept), True)


def _why_somebody_else(kept: PatientDetails, given: PatientDetails, is_former: bool) -> str:
    """Why a patient of the file cannot be the one to whom the identifier leads; case and accents tell nothing.

    Where two records were made one, other names were no obstacle to that, and are none now.
    """
    pairs = {
        "family name": (fold(kept.family_name.strip()), fold(given.family_name.strip())),
        "given name": (fold(kept.given_name.strip()), fold(given.given_name.strip())),
        "birth date": (kept.birth_date, given.birth_date),
    }
    contrary = [
        name
        for name, (here, there) in pairs.items()
        if here and there and here != there and not (is_former and name != "birth date")
    ]
    if not contrary:
        return ""
    *others, last = contrary
    another = f"another {', '.join(others)} and {last}" if others else f"another {last}"
    if is_former:
        return f"The identifier {given.identifier} leads here to {kept.identifier}, who has {another}."
    return f"The identifier {given.identifier} is taken here by somebody with {another}."


def _plan_of_new(
    session: Session, case: Case, patient: Patient | None, details: PatientDetails, rights: Rights
) -> ImportPlan:
    """The plan for a lesion that is not there yet."""
    news, wanted = what_is_new(case, None), standing_of(case.lesion)
    kept = () if rights.may_judge else _otherwise_standing(wanted, Standing(LesionState.NEW, None))
    return ImportPlan(
        case,
        patient,
        None,
        details,
        case.lesion.details,
        wanted if rights.may_judge else None,
        news,
        kept_here=otherwise(details, case.patient.details) + kept,
        also_of=_others(session, news.visits, None if patient is None else patient.patient_id),
    )


def _plans_of(session: Session, patient: Patient, cases: Sequence[Case], rights: Rights) -> Iterator[ImportPlan]:
    """The plans for the cases of a patient who is there; the first one fills in the patient's blanks."""
    given = cases[0].patient.details
    details = completed(patient.details, given) if rights.may_correct else patient.details
    kept = otherwise(details, given)
    shown = {case.lesion.case_id: case for case in whole_cases(session, [patient.patient_id])}
    everything = whole_cases(session, [patient.patient_id], with_withdrawn=True)
    to_become = details
    for case, known in zip(cases, same_lesions(cases, everything), strict=True):
        if known is None:
            plan = _plan_of_new(session, case, patient, to_become, rights)
        else:
            plan = _plan_of_known(session, case, shown[known.lesion.case_id], known, to_become, rights)
        yield replace(plan, patient=patient, kept_here=tuple(dict.fromkeys(kept + plan.kept_here)))
        to_become = patient.details


def _plan_of_known(
    session: Session, case: Case, shown: Case, known: Case, details: PatientDetails, rights: Rights
) -> ImportPlan:
    """The plan for a lesion that is there."""
    given, wanted = case.lesion.details, standing_of(case.lesion)
    lesion = completed(known.lesion.details, given) if rights.may_correct else known.lesion.details
    news = what_is_new(case, known)
    is_asked_anew = rights.may_judge and asked_for(joined(shown, news)) != asked_for(shown)
    kept = otherwise(lesion, given)
    if not is_asked_anew and knows_all_of(case, shown):
        kept += _otherwise_standing(wanted, standing_of(known.lesion))
    if taken_otherwise(case, known):
        kept += ("how a picture was taken or measured",)
    return ImportPlan(
        case,
        shown.patient,
        known,
        details,
        lesion,
        wanted if is_asked_anew else None,
        news,
        kept_here=kept + withdrawn_here(case, shown, known),
        also_of=_others(session, news.visits, shown.patient.patient_id),
    )


def _otherwise_standing(wanted: Standing, here: Standing) -> tuple[str, ...]:
    """In which respects a lesion is wanted to stand otherwise than it does."""
    names = ("state",) if wanted.state is not here.state else ()
    return names + (("follow up on",) if wanted.follow_up_on not in (None, here.follow_up_on) else ())


def _others(session: Session, visits: Iterable[Visit], patient_id: int | None) -> tuple[str, ...]:
    """The identifiers of everybody else who has one of these pictures."""
    digests = {picture.details.sha256 for visit in visits for picture in visit.pictures}
    found = (
        select(PatientRow.identifier)
        .join(LesionRow, LesionRow.patient_id == PatientRow.id)
        .join(VisitRow, VisitRow.lesion_id == LesionRow.id)
        .join(ImageRow, ImageRow.visit_id == VisitRow.id)
        .where(ImageRow.sha256.in_(digests), ImageRow.withdrawn_at.is_(None))
        .where(PatientRow.id.is_distinct_from(patient_id))
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
        image = _image(session, row, picture.details, lesion.patient_id, tell)
        for prediction in picture.predictions:
            add_prediction(session, image, prediction, lesion.patient_id, tell)
    for review in visit.reviews:
        session.add(review_row(row.id, review.details, review.created_at))
        tell(AuditEvent(AuditAction.REVIEW_ADDED, Subject.CASE, str(lesion.id), lesion.patient_id))


def _image(session: Session, visit: VisitRow, picture: PictureDetails, patient_id: int, tell: Tell) -> ImageRow:
    """The picture's row at that visit, where one that was withdrawn stays so."""
    there = select(ImageRow).where(ImageRow.visit_id == visit.id, ImageRow.sha256 == picture.sha256)
    return session.scalar(there) or image_at(session, visit, picture, patient_id, tell)


def _add_final_diagnosis(
    session: Session,
    images: ImageStore,
    lesion: LesionRow,
    diagnosis: FinalDiagnosis,
    content: Callable[[str], bytes],
    tell: Tell,
) -> None:
    """Add a final diagnosis. Its attachment's bytes are durable before its row exists."""
    attachment = diagnosis.details.attachment
    if attachment is not None:
        images.add(content(attachment.sha256), attachment.media_type)
    session.add(final_diagnosis_row(lesion.id, diagnosis.details, diagnosis.created_at))
    tell(AuditEvent(AuditAction.FINAL_DIAGNOSIS_ADDED, Subject.CASE, str(lesion.id), lesion.patient_id))


def _let_stand(session: Session, lesion: LesionRow, standing: Standing, case: Case, tell: Tell) -> None:
    """Let a lesion stand as in the file. What was set by hand there, and not by a plan, is told to the audit.

    When a biopsy was decided by hand is not in the file; it was at the last visit or later.
    """
    before = to_lesion(lesion)
    follow_plans(session, lesion.id)
    if standing_of(to_lesion(lesion)) != standing:
        last = max((visit.visited_at for visit in case.visits), default=lesion.last_visit_at)
        set_state(lesion, standing.state, standing.follow_up_on, last.date())
        detail = changed(before, to_lesion(lesion))
        tell(AuditEvent(AuditAction.STATE_CHANGED, Subject.CASE, str(lesion.id), lesion.patient_id, detail))
