"""Who works with a case log, and what each role may do."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is in the practice."""

    ADMINISTRATOR = "administrator"
    CLINICIAN = "clinician"
    ASSISTANT = "assistant"


class Permission(StrEnum):
    """Something that not everybody may do."""

    RECORD = "record"
    """Add patients, lesions and pictures."""
    REVIEW = "review"
    """Give an impression and a plan."""
    CORRECT = "correct"
    """Change what was recorded."""
    EXPORT = "export"
    """Take patients' data out of the log."""
    ADMINISTER = "administer"
    """Manage people, restore backups, erase a patient."""


_MAY = {
    Role.ASSISTANT: frozenset({Permission.RECORD}),
    Role.CLINICIAN: frozenset({Permission.RECORD, Permission.REVIEW, Permission.CORRECT, Permission.EXPORT}),
    Role.ADMINISTRATOR: frozenset(Permission),
}


@dataclass(frozen=True)
class Person:
    """Somebody who works with the log. `person_id` never changes and is never given to another."""

    person_id: str
    name: str
    role: Role

    def may(self, permission: Permission) -> bool:
        """Whether this person's role allows it."""
        return permission in _MAY[self.role]


OWNER = Person("owner", "", Role.ADMINISTRATOR)
"""Who works with a log that needs no passphrase."""
