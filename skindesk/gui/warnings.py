"""Says above the page what the user is to be warned of since the program was started."""

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from skindesk.bootstrap import Workspace
from skindesk.domain.caution import Caution
from skindesk.gui.background import Background
from skindesk.gui.widgets.notice import Notice


class Warnings(QWidget):
    """One bar for each caution; one that the user has closed does not come again."""

    def __init__(self, workspace: Workspace, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._background = workspace, background
        self._told: dict[Caution, Notice] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 8, 16, 8)
        self._column.setSpacing(8)
        self.hide()

    def look(self) -> None:
        """Let other windows know of this one, and say what there is to be said now."""
        self._background.start(self._find, self._show, self._say_nothing)

    def sentences(self) -> list[str]:
        """What is said now."""
        return [notice.text() for notice in self._told.values() if not notice.isHidden()]

    def _find(self) -> tuple[Caution, ...]:
        self._workspace.announce_window()
        return self._workspace.warnings

    def _show(self, found: Sequence[Caution]) -> None:
        for caution in found:
            if caution not in self._told:
                self._told[caution] = notice = Notice(self)
                notice.show_warning(str(caution))
                notice.shown_changed.connect(self._follow)
                self._column.addWidget(notice)
        self._follow()

    def _follow(self) -> None:
        self.setVisible(bool(self.sentences()))

    def _say_nothing(self, _error: Exception) -> None:
        """The log tells; a warning that cannot be found out is no reason to disturb."""
