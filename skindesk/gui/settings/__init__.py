"""The Settings page."""

from skindesk.gui.settings.workspace import SettingsWorkspace as SettingsWorkspace
