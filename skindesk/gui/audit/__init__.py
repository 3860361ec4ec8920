"""The audit page: who did what, and whether that record is whole."""

from skindesk.gui.audit.workspace import AuditWorkspace as AuditWorkspace
