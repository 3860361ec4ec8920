"""What can go wrong in expected ways, said so that a clinician knows what to do next."""

from enum import StrEnum


class SkinDeskError(Exception):
    """Expected trouble: what happened to what, and what to do next.

    `str(error)` is both as full sentences; `what` and `advice` are the parts.
    """

    def __init__(self, what: str, advice: str = "") -> None:
        self.what = what
        self.advice = advice
        super().__init__(f"{what} {advice}".strip())


class RejectionReason(StrEnum):
    """Why a file could not be classified; the machine-readable half of a rejection."""

    MISSING = "missing"
    NOT_READABLE = "not_readable"
    EMPTY = "empty"
    NOT_AN_IMAGE = "not_an_image"
    DAMAGED = "damaged"
    TOO_LARGE = "too_large"
    TOO_SMALL = "too_small"
    INTERNAL = "internal"


class ImageRejectedError(SkinDeskError):
    """A file that cannot be used as a picture of a lesion."""

    def __init__(self, reason: RejectionReason, what: str, advice: str) -> None:
        self.reason = reason
        super().__init__(what, advice)


class ProfileUnavailableError(SkinDeskError):
    """A profile folder that cannot be a folder, such as a link that leads to itself."""


class ContractError(SkinDeskError):
    """A model contract that is missing, malformed, or newer than this program."""


class ModelUnavailableError(SkinDeskError):
    """A model bundle that cannot be found, does not match its card, or cannot be run."""


class ModalityMismatchError(SkinDeskError):
    """A network that was trained on another kind of picture than the one it is asked about."""


class ClassMixError(SkinDeskError):
    """A class mix that cannot be read, or does not fit the network."""


class KnowledgeError(SkinDeskError):
    """A knowledge page that cannot be read or is not written as the pages are."""


class CaseLogUnavailableError(SkinDeskError):
    """A case log that cannot be opened, read or written."""


class CaseLogDamagedError(CaseLogUnavailableError):
    """A case log whose database or key is damaged or gone: what is there is kept, and a backup helps."""


class CrossedError(CaseLogUnavailableError):
    """A change that crossed another workstation's: nothing was written, and it can be made once more."""


class BackupUnavailableError(SkinDeskError):
    """A backup that cannot be written, found, read or restored."""


class BackupIncompleteError(BackupUnavailableError):
    """A backup that could be restored but for pictures that are missing; that can be accepted."""


class BackupInUseError(BackupUnavailableError):
    """Backups that another program works with just now."""


class AccessRefusedError(SkinDeskError):
    """A wrong passphrase, a locked case log, or something that this person may not do."""


class WrongSecretError(AccessRefusedError):
    """The passphrase or recovery key itself is wrong, and nothing else that was typed with it."""


class InvalidCaseError(SkinDeskError):
    """Values that cannot be saved as a case, such as a patient without an identifier."""


class ChangedMeanwhileError(InvalidCaseError):
    """A correction of what somebody else has changed since the user saw it."""


class ClusterUnavailableError(SkinDeskError):
    """Other computers that were to classify, and cannot be reached or cannot answer as this one does."""


class OutputUnavailableError(SkinDeskError):
    """A result file that cannot be written, or cannot be continued."""
