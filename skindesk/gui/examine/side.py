"""What stands beside the picture: the steps, or for a while one of the pages that help to decide."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from skindesk.bootstrap import Workspace
from skindesk.domain.case import Patient
from skindesk.gui.background import Background
from skindesk.gui.examine.examined_picture import ExaminedPicture
from skindesk.gui.examine.panel import ExaminePanel
from skindesk.gui.tools.measure_sheet import MeasureSheet
from skindesk.gui.widgets.side_sheet import WIDTH_PX, SideSheet

if TYPE_CHECKING:
    from skindesk.gui.examine.similar_sheet import SimilarSheet
    from skindesk.gui.knowledge.sheet import KnowledgeSheet


class Side(QStackedWidget):
    """Pages are made when they are first wanted; Esc, or asking for the page that is there, leads back to the steps."""

    case_wanted = Signal(int)
    """The user wants to see this confirmed case."""
    went_back = Signal()
    """The steps are in sight again."""

    def __init__(self, workspace: Workspace, background: Background, panel: ExaminePanel) -> None:
        super().__init__()
        self._workspace, self._background, self._panel = workspace, background, panel
        self.setFixedWidth(WIDTH_PX)
        self.measure = MeasureSheet()
        self._similar: SimilarSheet | None = None
        self._knowledge: KnowledgeSheet | None = None
        self.addWidget(panel)
        self._add(self.measure)

    @property
    def sheet(self) -> SideSheet | None:
        """The page that is in sight in the place of the steps."""
        page = self.currentWidget()
        return page if isinstance(page, SideSheet) else None

    def back(self) -> None:
        """Show the steps."""
        if self.sheet is not None:
            self.setCurrentWidget(self._panel)
            self.went_back.emit()

    def show_measure(self) -> None:
        """Show what was measured."""
        self._show(self.measure)

    def show_similar(self, picture: ExaminedPicture, patient: Patient | None) -> None:
        """Show the confirmed cases that are like a picture, but this patient's own; or go back from there."""
        if self._similar is None:
            from skindesk.gui.examine.similar_sheet import SimilarSheet

            self._similar = SimilarSheet(self._workspace, self._background)
            self._similar.case_wanted.connect(self.case_wanted)
            self._add(self._similar)
        if self.sheet is self._similar:
            self.back()
        elif picture.answer is not None:
            patient_id = None if patient is None else patient.patient_id
            self._similar.show_for(picture.answer.prediction, picture.answer.embedding, patient_id)
            self._show(self._similar)

    def show_knowledge(self, model_id: str, code: str) -> None:
        """Show what is known of a class; or go back from there."""
        if self._knowledge is None:
            from skindesk.gui.knowledge.sheet import KnowledgeSheet

            self._knowledge = KnowledgeSheet(self._workspace.knowledge)
            self._add(self._knowledge)
        if self.sheet is self._knowledge:
            self.back()
        else:
            if code:
                self._knowledge.show_class(model_id, code)
            self._show(self._knowledge)

    def _add(self, sheet: SideSheet) -> None:
        sheet.closed.connect(self.back)
        self.addWidget(sheet)

    def _show(self, sheet: QWidget) -> None:
        self.setCurrentWidget(sheet)
        sheet.setFocus(Qt.FocusReason.OtherFocusReason)
