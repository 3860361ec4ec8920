"""The comparison of two pictures of one lesion."""

from skindesk.gui.compare.pictures import ComparedPicture as ComparedPicture
from skindesk.gui.compare.view import CompareView as CompareView
