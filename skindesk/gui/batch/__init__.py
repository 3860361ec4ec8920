"""The Batch page: classify whole folders."""

from skindesk.gui.batch.workspace import BatchWorkspace as BatchWorkspace
