"""Finds a known patient while the user types, or takes what was typed as a new patient's identifier."""

from collections.abc import Callable
from datetime import date
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFocusEvent, QIcon, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from skindesk.domain.case import Patient
from skindesk.gui.background import Background
from skindesk.gui.theme import current, icon
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.words import patient_line

_PAUSE_MS = 120
_LIST_PX = 112
_PATIENT = Qt.ItemDataRole.UserRole

Search = Callable[[str], tuple[Patient, ...]]


class PatientPicker(QWidget):
    """One field and a list under it; the highlighted row says where a case would go.

    The program highlights a patient only where the identifier is exactly theirs, and the row for a new patient
    only where what was typed cannot be the name of a known one. In all other cases the user chooses. Without
    `offer_new` there are known patients only.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(
        self, search: Search, background: Background, offer_new: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._search, self._offer_new = search, offer_new
        self._background = background
        self._turn = 0
        self.line = QLineEdit()
        self.line.setAccessibleName(self.tr("Patient: identifier or name"))
        self.line.setPlaceholderText(self.tr("Identifier or name"))
        self.line.setClearButtonEnabled(True)
        self.line.installEventFilter(self)
        self.list = _Found()
        self.list.setAccessibleName(self.tr("Patients that match"))
        self.list.setFixedHeight(_LIST_PX)
        self.list.setWordWrap(True)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._look)
        self.line.textChanged.connect(self._typed)
        self.list.currentItemChanged.connect(self.changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(text_label(self.tr("Patient: identifier or name"), "label"))
        column.addWidget(self.line)
        column.addWidget(self.list)
        self._look()

    def patient(self) -> Patient | None:
        """The known patient that is highlighted, or None for a new one."""
        item = self.list.currentItem()
        found = None if item is None else item.data(_PATIENT)
        return found if isinstance(found, Patient) else None

    def identifier(self) -> str:
        """What was typed, which is a new patient's identifier."""
        return self.line.text().strip()

    def is_new(self) -> bool:
        """Whether the row for a new patient is highlighted."""
        return self.list.currentItem() is not None and self.patient() is None

    def take(self, patient: Patient) -> None:
        """Highlight a patient that is already chosen."""
        self._turn += 1
        self._pause.stop()
        self.line.blockSignals(True)
        self.line.setText(patient.details.identifier)
        self.line.blockSignals(False)
        self._list((patient,))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and down in the field move through the list."""
        moves = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in moves:
            row = self.list.currentRow() + moves[Qt.Key(event.key())]
            self.list.setCurrentRow(max(0, min(self.list.count() - 1, row)))
            return True
        return False

    def _typed(self) -> None:
        """What no longer matches goes at once, so that it cannot be chosen by mistake."""
        self._turn += 1
        self._list((), searched=False)
        self._pause.start()

    def _look(self) -> None:
        self._turn += 1
        search = partial(self._search, self.line.text())
        self._background.start(search, partial(self._found, self._turn), self._search_failed)

    def _found(self, turn: int, patients: tuple[Patient, ...]) -> None:
        if turn == self._turn:
            self._list(patients)

    def _search_failed(self, error: Exception) -> None:
        self.failed.emit(error)

    def _list(self, patients: tuple[Patient, ...], searched: bool = True) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        wanted = self.identifier().casefold()
        exact = None
        if wanted:
            exact = next((one for one in patients if one.details.identifier.strip().casefold() == wanted), None)
        if not wanted and not patients:
            self._add_hint()
        today = date.today()
        for patient in patients:
            self._add(icon("user"), patient_line(patient, today), patient)
        if (
            self._offer_new and wanted and exact is None
        ):  # below known patients, so that the first step down never makes a new one
            self._add(icon("user-plus"), self.tr("New patient with identifier {id}").format(id=self.identifier()), None)
        if exact is not None:
            self.list.setCurrentRow(patients.index(exact))
        elif self._offer_new and wanted and (_looks_like_identifier(wanted) or (searched and not patients)):
            self.list.setCurrentRow(len(patients))
        self.list.blockSignals(False)
        self.changed.emit()

    def _add_hint(self) -> None:
        hint = QListWidgetItem(self.tr("Known patients that match appear here."))
        hint.setFlags(Qt.ItemFlag.NoItemFlags)
        hint.setForeground(QColor(current().muted))
        self.list.addItem(hint)

    def _add(self, mark: QIcon, text: str, patient: Patient | None) -> None:
        item = QListWidgetItem(mark, text)
        item.setData(_PATIENT, patient)
        item.setToolTip(text)
        self.list.addItem(item)


class _Found(QListWidget):
    """Coming to it with Tab chooses nobody: Qt would take the first, whose record the case would then go to."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        nobody = self.currentItem() is None
        blocked = self.blockSignals(True)
        super().focusInEvent(event)
        if nobody:
            self.setCurrentRow(-1)
        self.blockSignals(blocked)


def _looks_like_identifier(text: str) -> bool:
    """Names have no figures."""
    return any(character.isdigit() for character in text)
