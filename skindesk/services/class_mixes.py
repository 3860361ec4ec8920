"""From what the user chose to a class mix that fits a network."""

from pathlib import Path

from skindesk.domain.class_mix import ARCHIVE, BALANCED, ClassMix, archive_mix, balanced_mix, own_mix
from skindesk.domain.contract import ModelContract
from skindesk.exchange.class_mix_file import read_weights


def mix_for(choice: str, contract: ModelContract) -> ClassMix:
    """The mix that `archive`, `balanced` or a file's path means for a network; a file gives it its name's stem.

    Raises ClassMixError where the file cannot be read or does not fit the network.
    """
    if choice == ARCHIVE:
        return archive_mix(contract)
    if choice == BALANCED:
        return balanced_mix(contract)
    file = Path(choice)
    return own_mix(file.stem, read_weights(file), contract)
