"""Who may come in: first start, sign-in, recovery, and the lock."""

from skindesk.gui.access.gate import Gate as Gate
