"""The Insights page."""

from skindesk.gui.insights.workspace import InsightsWorkspace as InsightsWorkspace
