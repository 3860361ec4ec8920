"""Which picture stands on the left and which on the right: a choice of dates for each side."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QWidget

from skindesk.gui.compare.pictures import ComparedPicture
from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.labels import text_label


class SideChoice(QWidget):
    """Two lists of dates with a button between them that swaps the sides. The sides never show the same picture."""

    changed = Signal()
    """Another picture stands on at least one side."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.left, self.right = self._combo(self.tr("Left picture")), self._combo(self.tr("Right picture"))
        self.swap_button = QPushButton(self.tr("Swap  S"), self)
        self.swap_button.setAccessibleName(self.tr("Swap left and right"))
        set_icon(self.swap_button, "swap")
        self.swap_button.clicked.connect(self.swap)
        self._keys = (0, 0)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(text_label(self.tr("Left"), "label"))
        row.addWidget(self.left, 1)
        row.addWidget(self.swap_button)
        row.addWidget(text_label(self.tr("Right"), "label"))
        row.addWidget(self.right, 1)

    def offer(self, pictures: Sequence[ComparedPicture], left_key: int, right_key: int) -> None:
        """Offer pictures and stand two of them side by side, without telling that they changed."""
        for combo in (self.left, self.right):
            combo.blockSignals(True)
            combo.clear()
            for picture in pictures:
                combo.addItem(f"{picture.date_text} · {picture.caption}".rstrip(" ·"), picture.key)
            combo.blockSignals(False)
        self._stand(left_key, right_key)

    @property
    def keys(self) -> tuple[int, int]:
        """The keys of the left and the right picture."""
        return self._keys

    def swap(self) -> None:
        """Exchange the sides."""
        left, right = self._keys
        self._stand(right, left)
        self.changed.emit()

    def _chosen(self) -> None:
        """A picture that is chosen on both sides leaves its old side to the one it displaces."""
        left, right = self.left.currentData(), self.right.currentData()
        if left == right:
            left, right = self._keys[1], self._keys[0]
        if (left, right) != self._keys:
            self._stand(left, right)
            self.changed.emit()

    def _stand(self, left: int, right: int) -> None:
        self._keys = left, right
        for combo, key in ((self.left, left), (self.right, right)):
            combo.blockSignals(True)
            combo.setCurrentIndex(combo.findData(key))
            combo.blockSignals(False)

    def _combo(self, name: str) -> QComboBox:
        combo = QComboBox(self)
        combo.setAccessibleName(name)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMinimumContentsLength(14)
        combo.currentIndexChanged.connect(self._chosen)
        return combo
