"""How entries of the audit read on the screen. They may have been tampered with: what is odd is shown as it is."""

import json
from collections.abc import Mapping
from datetime import datetime

from PySide6.QtCore import QCoreApplication

from skindesk.domain.audit import AuditAction, AuditEntry, Subject
from skindesk.domain.people import OWNER

translate = QCoreApplication.translate  # under this name the translation tools find the texts
_RECOVERY_KEY = "recovery"
"""Stands in an entry for the recovery key, where somebody tried a wrong one."""


def action_word(action: str) -> str:
    """What was done."""
    words = {
        AuditAction.BEGUN: translate("audit", "Audit begun"),
        AuditAction.SIGNED_IN: translate("audit", "Signed in"),
        AuditAction.SIGN_IN_FAILED: translate("audit", "Failed to sign in"),
        AuditAction.LOCKED: translate("audit", "Locked the log"),
        AuditAction.PROTECTED: translate("audit", "Protected the log by a passphrase"),
        AuditAction.PASSPHRASE_CHANGED: translate("audit", "Changed a passphrase"),
        AuditAction.RECOVERY_USED: translate("audit", "Used the recovery key"),
        AuditAction.RECOVERY_RENEWED: translate("audit", "Made a new recovery key"),
        AuditAction.KEY_CHANGED: translate("audit", "Changed the data key"),
        AuditAction.PERSON_ADDED: translate("audit", "Let a person in"),
        AuditAction.ROLE_CHANGED: translate("audit", "Changed a role"),
        AuditAction.PERSON_REMOVED: translate("audit", "Removed a person"),
        AuditAction.PATIENT_ADDED: translate("audit", "Added a patient"),
        AuditAction.LESION_ADDED: translate("audit", "Added a lesion"),
        AuditAction.PICTURE_ADDED: translate("audit", "Added a picture"),
        AuditAction.PICTURE_EXAMINED: translate("audit", "Examined a picture again"),
        AuditAction.PREDICTION_ADDED: translate("audit", "Added a network's answer"),
        AuditAction.REVIEW_ADDED: translate("audit", "Added an impression"),
        AuditAction.FINAL_DIAGNOSIS_ADDED: translate("audit", "Added a final diagnosis"),
        AuditAction.CASE_IMPORTED: translate("audit", "Imported a case"),
        AuditAction.PATIENT_CORRECTED: translate("audit", "Corrected a patient"),
        AuditAction.LESION_CORRECTED: translate("audit", "Corrected a lesion"),
        AuditAction.STATE_CHANGED: translate("audit", "Changed a case's state"),
        AuditAction.PATIENTS_MERGED: translate("audit", "Merged two patients"),
        AuditAction.MERGE_UNDONE: translate("audit", "Parted two patients again"),
        AuditAction.WITHDRAWN: translate("audit", "Took something back"),
        AuditAction.BROUGHT_BACK: translate("audit", "Brought something back"),
        AuditAction.PATIENT_VIEWED: translate("audit", "Looked at a patient"),
        AuditAction.PATIENT_EXPORTED: translate("audit", "Exported a patient"),
        AuditAction.PATIENT_ERASED: translate("audit", "Erased a patient"),
        AuditAction.BACKED_UP: translate("audit", "Made a backup"),
        AuditAction.RESTORED: translate("audit", "Restored a backup"),
        AuditAction.UNREADABLE: translate("audit", "Entries could not be read"),
        AuditAction.COPIES_REMOVED: translate("audit", "Removed old copies"),
        AuditAction.MODEL_INSTALLED: translate("audit", "Installed a network"),
        AuditAction.MODEL_ACTIVATED: translate("audit", "Let another network answer"),
        AuditAction.MODEL_ROLLED_BACK: translate("audit", "Went back to an earlier network"),
    }
    known = {str(member): word for member, word in words.items()}
    return known.get(action, action[:1].upper() + action[1:])


def person_word(person_id: str, names: Mapping[str, str]) -> str:
    """Who it was, by the names of those who can sign in."""
    others = {
        OWNER.person_id: translate("audit", "Without a passphrase"),
        _RECOVERY_KEY: translate("audit", "Recovery key"),
        "": translate("audit", "Nobody signed in"),
    }
    known = {**others, **names}
    return known.get(person_id) or translate("audit", "Somebody removed ({id})").format(id=person_id[:8])


def about(entry: AuditEntry, names: Mapping[str, str], identifiers: Mapping[int, str]) -> str:
    """Whom and what it concerns: a person, or a patient by identifier with the case or what of it."""
    if entry.subject == Subject.PERSON:
        return "" if entry.subject_id == entry.person_id else person_word(entry.subject_id, names)
    parts = []
    if entry.patient_id is not None:
        found = identifiers.get(entry.patient_id)
        erased = translate("audit", "erased patient, number {number}").format(number=entry.patient_id)
        parts.append(erased if found is None else translate("audit", "ID {identifier}").format(identifier=found))
    kinds = {
        Subject.CASE: translate("audit", "case {number}"),
        Subject.PICTURE: translate("audit", "picture {number}"),
        Subject.REVIEW: translate("audit", "impression {number}"),
        Subject.FINAL_DIAGNOSIS: translate("audit", "final diagnosis {number}"),
        Subject.MODEL: "{number}",
    }
    parts += [word.format(number=entry.subject_id) for kind, word in kinds.items() if entry.subject == kind]
    return " · ".join(parts)


def detail_words(detail: str | None) -> str:
    """What an edit changed, and why; whence a case came; who was merged; any other detail as it was written."""
    if detail is None:
        return ""
    try:
        told = json.loads(detail)
        if told.keys() == {"source", "case"}:
            return translate("audit", "from {file}, where it is case {number}").format(
                file=told["source"], number=told["case"]
            )
        if told.keys() == {"into", "details", "lesions"}:
            return _merged(told["details"], told["lesions"])
        return "; ".join(f"{_field_word(name)}: {_change(of)}" for name, of in told.items())
    except (ValueError, TypeError, KeyError, AttributeError):
        return detail


def local_second(at: str) -> str:
    """An entry's time in this computer's time zone, with its distance from UTC."""
    try:
        moment = datetime.fromisoformat(at).astimezone()
    except (ValueError, OverflowError):
        return at
    return f"{moment:%Y-%m-%d %H:%M:%S} {moment.isoformat()[-6:]}"


def _field_word(name: str) -> str:
    return _field_words().get(name, name)


def _field_words() -> dict[str, str]:
    """What can be changed, in the order in which it is told of somebody."""
    return {
        "identifier": translate("audit", "identifier"),
        "family_name": translate("audit", "family name"),
        "given_name": translate("audit", "given name"),
        "birth_date": translate("audit", "birth date"),
        "sex": translate("audit", "sex"),
        "skin_type": translate("audit", "skin type"),
        "history": translate("audit", "history"),
        "notes": translate("audit", "notes"),
        "site": translate("audit", "site"),
        "description": translate("audit", "description"),
        "position": translate("audit", "place on the body"),
        "state": translate("audit", "state"),
        "follow_up_on": translate("audit", "follow-up"),
        "reason": translate("audit", "reason"),
    }


def _merged(details: Mapping[str, object], numbers: Mapping[str, int]) -> str:
    """Who was there under which numbers before two records became one."""
    said = (
        f"{word} {_value(details[name])}"
        for name, word in _field_words().items()
        if details.get(name) not in (None, "", "unknown")
    )
    words = translate("audit", "who was {details}").format(details=", ".join(said))
    moved = (
        translate("audit", "case {number} was L{old}").format(number=case, old=old) for case, old in numbers.items()
    )
    return "; ".join((words, *moved))


def _change(of: object) -> str:
    """A field's old value and new one, or what somebody gave as the reason."""
    if isinstance(of, str):
        return _value(of)
    if not isinstance(of, dict):
        raise TypeError
    return f"{_value(of['old'])} → {_value(of['new'])}"


def _value(value: object) -> str:
    if isinstance(value, dict) and value.keys() == {"view", "x", "y"}:
        value = f"{value['view']}, {value['x']:.0%} / {value['y']:.0%}"
    return translate("audit", "nothing") if value in (None, "") else f"“{value}”"
