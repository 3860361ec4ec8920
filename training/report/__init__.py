"""An evaluation as one self-contained HTML page."""

from training.report.evidence import Evidence
from training.report.page import render_report, write_report

__all__ = ["Evidence", "render_report", "write_report"]
