"""What can stand in for dermoscopy where no patient's picture may: synthetic phantoms of the seven HAM10000 classes.

A phantom is painted in layers of melanin and blood, whose absorption gives the colour of skin (Beer-Lambert),
films of pale or blue tissue on top, and then photographed: hairs, light, gel bubbles, dark corners, blur and
noise. Nothing is taken from any photograph, so phantoms may be published (CC0-1.0). They show the textbook signs
of each class for demonstrations and tests; they are not data to train a network for patients on.
"""

from skindesk.imaging.phantoms.jpeg import NOTICE, as_jpeg, save_jpeg
from skindesk.imaging.phantoms.kinds import FORMS, KINDS
from skindesk.imaging.phantoms.phantom import Phantom, generate
from skindesk.imaging.phantoms.skin import Skin, paint_skin, take

__all__ = ["FORMS", "KINDS", "NOTICE", "Phantom", "Skin", "as_jpeg", "generate", "paint_skin", "save_jpeg", "take"]
