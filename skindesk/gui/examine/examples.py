"""The generated example pictures, so that the program can be tried without a patient's data."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QIcon, QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from skindesk.domain.labels import Label
from skindesk.gui.background import Background
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.screen_picture import image_of
from skindesk.imaging.decode import DecodedImage, decode, read_picture_file
from skindesk.system.paths import bundled

_COLUMNS, _ROWS = 5, 2
_AFTER_MS = 300
"""They wait so long for a picture that the program may have been started with: nobody would see them beside it."""
_THUMB = QSize(112, 84)
_CELL = QSize(_THUMB.width() + 24, _THUMB.height() + 52)
"""A button with its name in two lines and the gaps around it."""
_AROUND = QSize(48, 296)
"""What else stands on the page."""


@dataclass(frozen=True)
class Example:
    """A generated picture; `code` is of the class that was painted, which is not what a network need answer."""

    path: Path
    code: str
    thumb: QImage


def read_examples() -> tuple[Example, ...]:
    """The example pictures that ship with the program, small. Slow: for the background."""
    return tuple(
        Example(path, path.stem.split("-")[1], _thumb(decode(read_picture_file(path), at_least_px=_THUMB.width() * 2)))
        for path in _paths()
    )


def _paths() -> list[Path]:
    return sorted(bundled("resources", "examples").glob("generated-*.jpg"))


class ExampleShelf(QWidget):
    """The examples as a grid of small pictures, labelled as what they are."""

    picked = Signal(object)
    """The Path of the example that the user wants to see."""

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: list[tuple[str, QToolButton]] = []
        self._names: dict[str, str] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        title = text_label(self.tr("Or try an example: a generated phantom, not a patient"), "secondary")
        column.addWidget(title, 0, Qt.AlignmentFlag.AlignHCenter)
        self._grid = QGridLayout()
        self._grid.setSpacing(8)
        column.addLayout(self._grid)
        self.hide()
        self._background = background
        QTimer.singleShot(_AFTER_MS, self, self._read)

    def buttons(self) -> list[QToolButton]:
        """The examples' buttons."""
        return [button for _, button in self._buttons]

    def name_classes(self, labels: tuple[Label, ...]) -> None:
        """Say what was painted in the network's words."""
        self._names = {label.code: label.name for label in labels}
        for code, button in self._buttons:
            self._name(button, code)

    def _read(self) -> None:
        self._background.start(read_examples, self._show, self._missing)

    def _show(self, examples: tuple[Example, ...]) -> None:
        for example in examples:
            self._button(example).setParent(self)
        parent = self.parentWidget()
        if parent is not None:
            parent.installEventFilter(self)
            self._fit(parent.size())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Offer as many examples as the page has room for."""
        if isinstance(event, QResizeEvent):
            self._fit(event.size())
        return False

    def _fit(self, page: QSize) -> None:
        room = page - _AROUND
        columns = min(_COLUMNS, room.width() // _CELL.width())
        shown = columns * min(_ROWS, room.height() // _CELL.height())
        for index, (_, button) in enumerate(self._buttons):
            self._grid.removeWidget(button)
            button.setVisible(index < shown)
            if index < shown:
                self._grid.addWidget(button, index // columns, index % columns, Qt.AlignmentFlag.AlignTop)
        self.setVisible(shown > 0 and bool(self._buttons))

    def _missing(self, error: Exception) -> None:
        """Without examples the shelf stays empty; nobody needs them to work."""

    def _button(self, example: Example) -> QToolButton:
        button = QToolButton()
        button.setProperty("role", "example")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setIcon(QIcon(QPixmap.fromImage(example.thumb)))
        button.setIconSize(_THUMB)
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        button.setFixedWidth(_THUMB.width() + 16)
        button.clicked.connect(self._picker(example.path))
        self._buttons.append((example.code, button))
        self._name(button, example.code)
        return button

    def _picker(self, path: Path) -> Callable[[], None]:
        return lambda: self.picked.emit(path)

    def _name(self, button: QToolButton, code: str) -> None:
        name = self._names.get(code, code)
        button.setText(_in_two_lines(name, button.fontMetrics()))
        button.setToolTip(self.tr("Generated phantom, painted as: {name}").format(name=name))
        button.setAccessibleName(button.toolTip())


def _thumb(image: DecodedImage) -> QImage:
    """Filling the button's picture, at twice its size so that it is sharp on dense screens."""
    filled = Qt.AspectRatioMode.KeepAspectRatioByExpanding
    scaled = image_of(image.rgb).scaled(_THUMB * 2, filled, Qt.TransformationMode.SmoothTransformation)
    thumb = scaled.copy(0, 0, _THUMB.width() * 2, _THUMB.height() * 2)
    thumb.setDevicePixelRatio(2)
    return thumb


def _in_two_lines(name: str, metrics: QFontMetrics) -> str:
    """A name within the width of a thumbnail; what two lines do not hold is elided."""
    first, rest = "", name.split()
    while rest and metrics.horizontalAdvance(f"{first} {rest[0]}") <= _THUMB.width():
        first = f"{first} {rest.pop(0)}".strip()
    return "\n".join((first, metrics.elidedText(" ".join(rest), Qt.TextElideMode.ElideRight, _THUMB.width()))).strip()
