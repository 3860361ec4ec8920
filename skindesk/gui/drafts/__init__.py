"""What was begun and not saved: kept while somebody types, and offered again after a crash."""

from skindesk.gui.drafts.keeper import DraftKeeper as DraftKeeper
from skindesk.gui.drafts.keeper import Held as Held
from skindesk.gui.drafts.keeper import watch_fields as watch_fields
from skindesk.gui.drafts.kept import Drafts as Drafts
from skindesk.gui.drafts.kept import Form as Form
