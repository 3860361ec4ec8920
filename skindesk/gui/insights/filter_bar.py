"""Which closed cases count: the kind of picture, the network, since when, and how they were confirmed."""

from datetime import date, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QWidget

from skindesk.domain.contract import Modality
from skindesk.domain.insights import InsightFilter
from skindesk.gui.widgets.words import modality_name

_SPANS_DAYS = (90, 365, 3 * 365)


class FilterBar(QWidget):
    """Lists and a box in one line. Everything counts at first."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.modality = _combo(self.tr("Kind of picture"), self.tr("Every kind of picture"))
        for modality in Modality:
            self.modality.addItem(modality_name(modality), modality)
        self.model = _combo(self.tr("Network"), self.tr("Every network"))
        self.span = _combo(self.tr("Diagnosed since"), self.tr("At any time"))
        names = (self.tr("Last 3 months"), self.tr("Last 12 months"), self.tr("Last 3 years"))
        for days, name in zip(_SPANS_DAYS, names, strict=True):
            self.span.addItem(name, days)
        self.histology = QCheckBox(self.tr("Confirmed by histology only"))
        self._lay_out()
        for combo in self._combos:
            combo.currentIndexChanged.connect(self.changed)
        self.histology.toggled.connect(self.changed)

    @property
    def _combos(self) -> tuple[QComboBox, ...]:
        return (self.modality, self.model, self.span)

    def offer_models(self, names: tuple[str, ...]) -> None:
        """Offer these networks; one that is chosen stays chosen while it is among them."""
        chosen = self.model.currentData()
        self.model.blockSignals(True)
        while self.model.count() > 1:
            self.model.removeItem(1)
        for name in names:
            self.model.addItem(name, name)
        self.model.setCurrentIndex(max(0, self.model.findData(chosen)))
        self.model.blockSignals(False)

    def wanted(self, today: date) -> InsightFilter:
        """What is chosen."""
        days = self.span.currentData()
        modality = self.modality.currentData()
        return InsightFilter(
            modality=None if modality is None else Modality(modality),
            model=self.model.currentData() or "",
            decided_from=None if days is None else today - timedelta(days=days),
            histology_only=self.histology.isChecked(),
        )

    def clear(self) -> None:
        """Let everything count."""
        self.blockSignals(True)
        for combo in self._combos:
            combo.setCurrentIndex(0)
        self.histology.setChecked(False)
        self.blockSignals(False)
        self.changed.emit()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        for combo in self._combos:
            row.addWidget(combo)
        row.addWidget(self.histology)
        row.addStretch(1)


def _combo(name: str, everything: str) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    made.setToolTip(name)
    made.addItem(everything, None)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    return made
