"""How the record's values read on the Cases page."""

from collections.abc import Mapping
from datetime import date

from skindesk.domain.capture import Capture, DermoscopicType, PictureKind
from skindesk.domain.case import Case, PictureDetails
from skindesk.domain.contract import Modality
from skindesk.domain.final_diagnosis import ConfirmedBy, FinalDiagnosisDetails
from skindesk.domain.lesion_state import LesionState
from skindesk.domain.measurement import Measurement
from skindesk.gui.tools.figures import length_words
from skindesk.gui.widgets.words import impression_name, patient_name, short_lesion, translate


def state_word(state: LesionState) -> str:
    """Where a lesion stands; it always has its icon beside it."""
    return {
        LesionState.NEW: translate("record", "new"),
        LesionState.WATCHED: translate("record", "watched"),
        LesionState.BIOPSY_PENDING: translate("record", "biopsy pending"),
        LesionState.CLOSED: translate("record", "closed"),
    }[state]


def lesion_of_patient(case: Case) -> str:
    """The lesion and whose it is, in one line."""
    return f"{short_lesion(case.lesion)}, {patient_name(case.patient)}"


def picture_kind(picture: PictureDetails) -> PictureKind:
    """What a picture shows; where nobody has said, a clinical photograph counts as a close-up."""
    if picture.capture.kind is not None:
        return picture.capture.kind
    return PictureKind.DERMOSCOPIC if picture.modality is Modality.DERMOSCOPIC else PictureKind.CLOSE_UP


def kind_word(kind: PictureKind) -> str:
    """What a picture shows."""
    return {
        PictureKind.OVERVIEW: translate("record", "overview"),
        PictureKind.CLOSE_UP: translate("record", "close-up"),
        PictureKind.DERMOSCOPIC: translate("record", "dermoscopic"),
    }[kind]


def capture_facts(capture: Capture) -> str:
    """What is known of how a picture was taken, in one line; empty where nothing is."""
    facts = [
        "" if capture.dermoscopic_type is None else _light_word(capture.dermoscopic_type),
        capture.device,
        translate("record", "taken {0}").format(capture.taken_at) if capture.taken_at else "",
        "" if capture.mm_per_px is None else f"{capture.mm_per_px * 1000:.3g} µm/px",
    ]
    return " · ".join(fact for fact in facts if fact)


def diameter_words(measurement: Measurement) -> str:
    """The longest diameter of a lesion on a picture, in millimetres where its scale is known."""
    scale = measurement.scale
    length = length_words(measurement.diameter_px, None if scale is None else scale.mm_per_px)
    return translate("record", "diameter {length}").format(length=length)


def confirmed_word(way: ConfirmedBy) -> str:
    """How a diagnosis was confirmed."""
    return {
        ConfirmedBy.HISTOPATHOLOGY: translate("record", "histopathology"),
        ConfirmedBy.CONFOCAL_MICROSCOPY: translate("record", "confocal microscopy with dermoscopy"),
        ConfirmedBy.SERIAL_IMAGING: translate("record", "no change in serial pictures"),
        ConfirmedBy.EXPERT_CONSENSUS: translate("record", "consensus of experts on one picture"),
        ConfirmedBy.CLINICAL_ASSESSMENT: translate("record", "one clinician's assessment"),
    }[way]


def diagnosis_line(details: FinalDiagnosisDetails, names: Mapping[str, str]) -> str:
    """A final diagnosis with how it was confirmed and when."""
    name, way = impression_name(details.diagnosis, names), confirmed_word(details.confirmed_by)
    return f"{name} · {way} · {details.decided_on.isoformat()}"


def due_words(day: date, today: date) -> str:
    """The day of a follow-up, and whether it is over."""
    if day < today:
        return translate("record", "{day}, overdue").format(day=day.isoformat())
    return translate("record", "{day}, today").format(day=day.isoformat()) if day == today else day.isoformat()


def _light_word(light: DermoscopicType) -> str:
    return {
        DermoscopicType.CONTACT_POLARIZED: translate("record", "contact, polarized"),
        DermoscopicType.CONTACT_NON_POLARIZED: translate("record", "contact, non-polarized"),
        DermoscopicType.NON_CONTACT_POLARIZED: translate("record", "non-contact, polarized"),
    }[light]
