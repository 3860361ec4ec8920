"""Examining one picture: open it, give an impression, see the network's answer, save the case."""

from skindesk.gui.examine.workspace import ExamineWorkspace as ExamineWorkspace
