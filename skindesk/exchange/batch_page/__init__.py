"""The page on a batch's results: one HTML file that needs nothing else, and no scripts."""

from skindesk.exchange.batch_page.content import BatchPage, LeadingClass, RejectedFile, Shown
from skindesk.exchange.batch_page.page import write_page

__all__ = ["BatchPage", "LeadingClass", "RejectedFile", "Shown", "write_page"]
