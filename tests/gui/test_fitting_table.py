"""Tables give their width to what would be cut off, and never cut off an identifier."""

import pytest
from PySide6.QtGui import QStandardItem, QStandardItemModel
from pytestqt.qtbot import QtBot

from skindesk.gui.widgets.fitting_table import Columns, FittingTable

NAME, IDENTIFIER, NOTE = range(3)
COLUMNS = Columns(
    least_px={NAME: 120, IDENTIFIER: 60, NOTE: 100},
    by_importance=(NAME, IDENTIFIER, NOTE),
    growing=frozenset({NAME, NOTE}),
    whole=frozenset({IDENTIFIER}),
)


@pytest.fixture
def table(qtbot: QtBot) -> FittingTable:
    model = QStandardItemModel()
    model.setHorizontalHeaderLabels(["Name", "ID", "Note"])
    model.appendRow(
        [QStandardItem("WOLFESCHLEGELSTEINHAUSEN, Maximiliane"), QStandardItem("CLINIC-2026-0042"), QStandardItem("-")]
    )
    made = FittingTable(model, COLUMNS, 36)
    model.setParent(made)
    qtbot.addWidget(made)
    made.resize(640, 200)
    made.show()
    return made


def test_the_columns_fill_the_table(table: FittingTable) -> None:
    assert sum(table.columnWidth(column) for column in range(3)) in range(
        table.viewport().width() - 2, table.viewport().width() + 1
    )


def test_what_a_column_does_not_need_goes_to_a_cell_that_is_cut_off(table: FittingTable) -> None:
    assert table.columnWidth(NAME) >= table.sizeHintForColumn(NAME)


@pytest.mark.parametrize("width_px", [260, 320, 400])
def test_an_identifier_is_never_cut_off(table: FittingTable, width_px: int) -> None:
    table.resize(width_px, 200)

    assert table.isColumnHidden(IDENTIFIER) or table.columnWidth(IDENTIFIER) >= table.sizeHintForColumn(IDENTIFIER)


def test_rows_that_come_later_widen_their_column(table: FittingTable) -> None:
    model = table.model()
    assert isinstance(model, QStandardItemModel)
    model.appendRow([QStandardItem("A"), QStandardItem("CLINIC-2026-0042-B-17"), QStandardItem("-")])

    assert table.columnWidth(IDENTIFIER) >= table.sizeHintForColumn(IDENTIFIER)
