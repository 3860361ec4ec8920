"""What can stand in for dermoscopy where no patient's picture may: synthetic phantoms of the seven HAM10000 classes.

A phantom is painted in layers of melanin and blood, whose absorption gives the colour of skin (Beer-Lambert),
films of pale or blue tissue on top, and then photographed: hairs, light, gel bubbles, dark corners, blur and
noise. Nothing is taken from any photograph, so phantoms may be published (CC0-1.0). They show the textbook signs
of each class for demonstrations and tests; they are not data to train a network for patients on.
"""

from training.phantoms.archive import write_dataset
from training.phantoms.examples import EXAMPLES, write_examples
from training.phantoms.jpeg import NOTICE, save_jpeg
from training.phantoms.kinds import KINDS
from training.phantoms.phantom import Phantom, generate

__all__ = ["EXAMPLES", "KINDS", "NOTICE", "Phantom", "generate", "save_jpeg", "write_dataset", "write_examples"]
