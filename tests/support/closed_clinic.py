"""A generated clinic: closed cases with answers, impressions and final diagnoses, as values or saved in a case log."""

import hashlib
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from skindesk.domain.case import (
    CaseDraft,
    DraftPicture,
    LesionDetails,
    PatientDetails,
    PictureDetails,
    ReviewDetails,
    Site,
    SkinType,
)
from skindesk.domain.class_mix import ClassMix
from skindesk.domain.contract import Modality
from skindesk.domain.final_diagnosis import ConfirmedBy, FinalDiagnosisDetails
from skindesk.domain.insights import ClosedCase, Reading
from skindesk.domain.labels import Label, MalignancyGroup
from skindesk.domain.prediction import AbstentionReason, Decision, ModelRef, Prediction
from skindesk.services.casework import Casework

LABELS = (
    Label("akiec", "Actinic keratosis / Bowen's disease", MalignancyGroup.PREMALIGNANT),
    Label("bcc", "Basal cell carcinoma", MalignancyGroup.MALIGNANT),
    Label("bkl", "Benign keratosis", MalignancyGroup.BENIGN),
    Label("df", "Dermatofibroma", MalignancyGroup.BENIGN),
    Label("mel", "Melanoma", MalignancyGroup.MALIGNANT),
    Label("nv", "Melanocytic nevus", MalignancyGroup.BENIGN),
    Label("vasc", "Vascular lesion", MalignancyGroup.BENIGN),
)
MIX = (0.08, 0.12, 0.17, 0.04, 0.2, 0.35, 0.04)
FREE_TEXT = "Spitz naevus, perhaps"
SEEN = datetime(2026, 3, 2, 9, tzinfo=UTC)


def closed_clinic(count: int, seed: int = 1) -> list[ClosedCase]:
    """That many closed cases, numbered from 1; the same for the same seed."""
    chance = random.Random(seed)
    return [_case(number, chance) for number in range(1, count + 1)]


def save_clinic(casework: Casework, cases: Sequence[ClosedCase]) -> None:
    """Save cases as the program would, in a log that has none: they get the same numbers."""
    for case in cases:
        content = content_of(case.case_id)
        born = None if case.age_years is None else date(2026 - case.age_years, 1, 1)
        seen = SEEN + timedelta(minutes=case.case_id)
        reading = case.reading
        first = None if reading is None else ReviewDetails(reading.first, revealed_before=not reading.blind)
        saved = casework.save_case(
            CaseDraft(
                PatientDetails(
                    f"P-{case.case_id:05}", f"Family{case.case_id}", birth_date=born, skin_type=case.skin_type
                ),
                LesionDetails(case.site),
                (
                    DraftPicture(
                        PictureDetails(
                            hashlib.sha256(content).hexdigest(),
                            f"{case.case_id}.jpg",
                            "image/jpeg",
                            600,
                            450,
                            case.modality or Modality.CLINICAL,
                        ),
                        content,
                        case.answer,
                    ),
                ),
                first,
                seen,
            )
        )
        assert saved.case_id == case.case_id
        if reading is not None and reading.standing != reading.first:
            second = ReviewDetails(reading.first, revealed_before=not reading.blind, second_impression=reading.standing)
            casework.log.record.review(saved.case_id, second, seen)
        details = FinalDiagnosisDetails(case.outcome, case.group, case.confirmed_by, case.decided_on)
        casework.log.record.diagnose(saved.case_id, details)


def content_of(number: int) -> bytes:
    """The bytes of a case's picture."""
    return f"picture {number}".encode()


def answer(
    number: int, probabilities: tuple[float, ...], novelty: float = 20.0, version: str = "2.0.0", margin: float = 0.2
) -> Prediction:
    """What the network said of a case's picture."""
    first, second = sorted(probabilities, reverse=True)[:2]
    reason = None
    if novelty > 90:
        reason = AbstentionReason.UNLIKE_TRAINING
    elif first - second < margin:
        reason = AbstentionReason.CLASSES_TOO_CLOSE
    return Prediction(
        ModelRef("dermoscopy-7", version, "d" * 64),
        hashlib.sha256(content_of(number)).hexdigest(),
        LABELS,
        probabilities,
        Decision.SUPPORTED if reason is None else Decision.ABSTAINED,
        reason,
        novelty,
        ClassMix("archive", MIX),
        SEEN + timedelta(minutes=number),
    )


def _case(number: int, chance: random.Random) -> ClosedCase:
    label = chance.choices(LABELS, MIX)[0]
    said = _answer(number, label, chance) if chance.random() > 0.05 else None
    reading = _reading(label, said, chance) if chance.random() > 0.05 else None
    outcome = chance.choices((label.code, label.name, "Dermal scar"), (90, 7, 3))[0]
    return ClosedCase(
        case_id=number,
        outcome=outcome,
        group=MalignancyGroup.OTHER if outcome == "Dermal scar" else label.group,
        confirmed_by=chance.choices(list(ConfirmedBy), (70, 5, 10, 10, 5))[0],
        decided_on=SEEN.date() + timedelta(days=chance.randrange(1, 60)),
        site=chance.choice(list(Site)),
        skin_type=chance.choices(list(SkinType), (8, 38, 32, 12, 5, 2, 3))[0],
        age_years=None if chance.random() < 0.05 else chance.randrange(18, 95),
        modality=Modality.DERMOSCOPIC,
        answer=said,
        reading=reading,
        same_visit=said is not None and reading is not None,
    )


def _answer(number: int, label: Label, chance: random.Random) -> Prediction:
    drawn = [chance.gammavariate(3.0 if one is label else 0.35, 1.0) + 1e-6 for one in LABELS]
    probabilities = tuple(value / sum(drawn) for value in drawn)
    novelty = chance.gauss(110, 5) if chance.random() < 0.04 else abs(chance.gauss(40, 12))
    return answer(number, probabilities, novelty, chance.choice(("1.0.0", "2.0.0", "2.0.0")))


def _reading(label: Label, said: Prediction | None, chance: random.Random) -> Reading:
    first = label.code if chance.random() < 0.72 else chance.choices(LABELS, MIX)[0].code
    first = FREE_TEXT if chance.random() < 0.05 else first
    standing = first
    if said is not None and said.decision is Decision.SUPPORTED and chance.random() < 0.45:
        standing = said.top.label.code
    return Reading(first, chance.random() < 0.9, standing)
