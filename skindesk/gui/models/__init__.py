"""The Models page."""

from skindesk.gui.models.workspace import ModelsWorkspace as ModelsWorkspace
