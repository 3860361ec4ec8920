"""Expected trouble of the trainer, said so that an engineer knows what to do next."""

from skindesk.domain.errors import SkinDeskError


class TrainingError(SkinDeskError):
    """A configuration, data set, run or export that cannot be used as it is."""
