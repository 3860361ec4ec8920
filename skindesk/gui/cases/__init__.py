"""The Cases page: search the case log and read one case."""

from skindesk.gui.cases.workspace import CasesWorkspace as CasesWorkspace
