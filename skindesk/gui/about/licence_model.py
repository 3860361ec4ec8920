"""The table of libraries and their licences."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from skindesk.gui.about.distributions import Distribution

_Index = QModelIndex | QPersistentModelIndex


class LicenceModel(QAbstractTableModel):
    """Name, version and licence; what is missing reads "not recorded"."""

    def __init__(self, distributions: Sequence[Distribution], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._distributions = tuple(distributions)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """How many libraries there are."""
        return 0 if parent.isValid() else len(self._distributions)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Name, version, licence."""
        return 0 if parent.isValid() else 3

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The columns' names."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("Library"), self.tr("Version"), self.tr("Licence"))[section]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell's text."""
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        entry = self._distributions[index.row()]
        texts = (entry.name, entry.version, entry.licence)
        return texts[index.column()] or self.tr("not recorded")
