"""The report of a case in the window: seen before it is saved or printed."""

from skindesk.gui.report.dialog import ReportDialog, open_report

__all__ = ["ReportDialog", "open_report"]
