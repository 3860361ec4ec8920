"""One confirmed case beside a picture that is like it: its own picture, and what it was."""

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from skindesk.domain.case import Plan
from skindesk.gui.cases.thumbnail import HEIGHT_PX, WIDTH_PX, Thumbnail
from skindesk.gui.cases.words import confirmed_word
from skindesk.gui.theme.tokens import group_token
from skindesk.gui.widgets.labels import IconLabel, text_label
from skindesk.gui.widgets.words import group_icon, group_word, impression_name, plan_word, sentence
from skindesk.services.similar_cases import SimilarCase

_PADDING_PX, _GAP_PX, _ICON_PX = 8, 12, 16
_SMALL = QSize(WIDTH_PX * 3 // 4, HEIGHT_PX * 3 // 4)
_LARGE = QSize(320, 240)
"""As wide as a card is within, beside the scroll bar."""


class SimilarThumbnail(Thumbnail):
    """A picture that a click or Enter makes larger and small again; Up and Down lead to the others."""

    stepped = Signal(int)
    """The user wants the next one, 1, or the one before, -1."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.setAccessibleName(name)
        self.setToolTip(self.tr("Show larger or small again (Enter)"))
        self.setCheckable(True)
        self.toggled.connect(self._resize)
        self._resize(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter does what a click does, Up and Down step."""
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.click()
            case Qt.Key.Key_Down:
                self.stepped.emit(1)
            case Qt.Key.Key_Up:
                self.stepped.emit(-1)
            case _:
                super().keyPressEvent(event)

    def _resize(self, large: bool) -> None:
        self.setFixedSize(_LARGE if large else _SMALL)


class SimilarCard(QFrame):
    """What a confirmed case was and how alike its picture is; it says nothing of whose it is."""

    case_wanted = Signal(int)

    def __init__(
        self, case: SimilarCase, names: Mapping[str, str], opening: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.case, self._name = case, impression_name(case.diagnosis, names)
        self.setProperty("role", "card")
        likeness = f"{case.likeness:.2f}"
        words = self.tr("{diagnosis}, {group}, likeness {likeness}")
        name = words.format(diagnosis=self._name, group=group_word(case.group), likeness=likeness)
        self.setAccessibleName(name)
        self.thumbnail = SimilarThumbnail(self.tr("Picture: {0}").format(name), self)
        self.open_button = QPushButton(self.tr("Open case"), self)
        self.open_button.setProperty("kind", "chip")
        self.open_button.setAccessibleName(self.tr("Open the case: {0}").format(name))
        self.open_button.setToolTip(self.tr("Show this case of another patient on the Cases page"))
        self.open_button.clicked.connect(lambda: self.case_wanted.emit(case.case_id))
        self.open_button.setVisible(opening)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(_PADDING_PX, _PADDING_PX, _PADDING_PX, _PADDING_PX)
        self._row.setSpacing(_GAP_PX)
        self._row.addWidget(self.thumbnail, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addLayout(self._facts(likeness), 1)
        self.thumbnail.toggled.connect(self._turn)

    def show_trouble(self, error: Exception) -> None:
        """Say that the picture cannot be shown."""
        self.thumbnail.show_trouble(sentence(error))

    def _facts(self, likeness: str) -> QVBoxLayout:
        case = self.case
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(text_label(self._name, "strong", wrap=True))
        group = QHBoxLayout()
        group.setSpacing(6)
        group.addWidget(IconLabel(group_icon(case.group), group_token(case.group), _ICON_PX))
        group.addWidget(text_label(group_word(case.group)), 1)
        column.addLayout(group)
        column.addWidget(text_label(self.tr("Likeness {0}").format(likeness)))
        column.addWidget(text_label(f"{confirmed_word(case.confirmed_by)}, {case.year}", "secondary", wrap=True))
        if case.plan is not Plan.NONE:
            plan = self.tr("plan: {0}").format(plan_word(case.plan))
            column.addWidget(text_label(plan, "secondary", wrap=True))
        column.addSpacing(4)
        column.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        return column

    def _turn(self, large: bool) -> None:
        """The facts stand beside a small picture and below a large one."""
        direction = QBoxLayout.Direction.TopToBottom if large else QBoxLayout.Direction.LeftToRight
        self._row.setDirection(direction)
