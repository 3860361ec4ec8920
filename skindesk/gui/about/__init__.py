"""The About page."""

from skindesk.gui.about.workspace import AboutWorkspace as AboutWorkspace
