"""The table of libraries and their licences."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt

from skindesk.gui.about.distributions import Distribution
from skindesk.gui.widgets.table_model import Index, TableModel


class LicenceModel(TableModel):
    """Name, version and licence; what is missing reads "not recorded"."""

    def __init__(self, distributions: Sequence[Distribution], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._distributions = tuple(distributions)

    def rows(self) -> Sequence[Distribution]:
        """The libraries."""
        return self._distributions

    def column_names(self) -> tuple[str, ...]:
        """Name, version, licence."""
        return self.tr("Library"), self.tr("Version"), self.tr("Licence")

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell's text."""
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        entry = self._distributions[index.row()]
        texts = (entry.name, entry.version, entry.licence)
        return texts[index.column()] or self.tr("not recorded")
