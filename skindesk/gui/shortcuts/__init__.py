"""All keys of the program in one list, and the sheet that shows them."""

from skindesk.gui.shortcuts.sheet import ShortcutSheet as ShortcutSheet
from skindesk.gui.shortcuts.sheet import offer_shortcuts as offer_shortcuts
