"""What can stand in for archives where no patient's picture may: whole data sets of the program's phantoms.

The generator itself is `skindesk.imaging.phantoms`. Phantoms show the textbook signs of each class for demonstrations
and tests; they are not data to train a network for patients on.
"""

from skindesk.imaging.phantoms import KINDS, NOTICE, Phantom, generate, save_jpeg
from training.phantoms.archive import write_dataset
from training.phantoms.examples import EXAMPLES, write_examples

__all__ = ["EXAMPLES", "KINDS", "NOTICE", "Phantom", "generate", "save_jpeg", "write_dataset", "write_examples"]
