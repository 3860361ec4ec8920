"""The Worklist page: what is to be done next, and since when."""

from skindesk.gui.worklist.workspace import WorklistWorkspace as WorklistWorkspace
