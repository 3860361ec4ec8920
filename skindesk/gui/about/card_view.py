"""A model card's Markdown, set in the program's own type."""

from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextOption,
    QTextTable,
)
from PySide6.QtWidgets import QFrame, QTextBrowser, QWidget

from skindesk.gui.theme import current, notifier

_HEADING_STEPS = {1: 2, 2: 1}
"""Steps on Qt's scale above 13 px: the page's 20 px and the section's 16 px, to half a pixel."""
_LINE_HEIGHT_PERCENT = 140
_TABLE_PX = 12
_TABLE_WIDTH_PERCENT = 99
"""At 100 the table's own border would not fit, and the card would scroll sideways."""
_SHEET = """
QTextBrowser { border: 2px solid transparent; border-radius: 8px; }
QTextBrowser:focus { border: 2px solid palette(highlight); }
"""


class CardView(QTextBrowser):
    """Shows Markdown. Its links are text: nothing is opened, here or in a browser."""

    def __init__(self, markdown: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._markdown = markdown
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrapMode(QTextOption.WrapMode.WordWrap)  # a figure broken within itself is misread
        self.setStyleSheet(_SHEET)
        self._typeset()
        # Rich text keeps the colours with which it was laid out.
        notifier().changed.connect(self._typeset)

    def _typeset(self) -> None:
        self.setMarkdown(self._markdown)
        document = self.document()
        document.setDocumentMargin(16)
        block = document.begin()
        while block.isValid():
            _typeset_block(block)
            block = block.next()
        for frame in document.rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                _typeset_table(frame)


def _typeset_block(block: QTextBlock) -> None:
    """A paragraph with air around it, and a heading in the type scale."""
    cursor = QTextCursor(block)
    level = block.blockFormat().headingLevel()
    in_table = cursor.currentTable() is not None
    shape = QTextBlockFormat()
    shape.setLineHeight(
        100 if in_table else _LINE_HEIGHT_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value
    )
    shape.setTopMargin(16 if level else 0)
    shape.setBottomMargin(0 if in_table else 4)
    cursor.mergeBlockFormat(shape)
    if in_table:
        small = QTextCharFormat()
        small.setProperty(QTextFormat.Property.FontPixelSize, _TABLE_PX)
        cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
        cursor.mergeCharFormat(small)
    if level:
        letters = QTextCharFormat()
        letters.setFontWeight(QFont.Weight.DemiBold)
        letters.setProperty(QTextFormat.Property.FontSizeAdjustment, _HEADING_STEPS.get(level, 0))
        cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
        cursor.mergeCharFormat(letters)


def _typeset_table(table: QTextTable) -> None:
    shape = table.format().toTableFormat()
    shape.setWidth(QTextLength(QTextLength.Type.PercentageLength, _TABLE_WIDTH_PERCENT))
    shape.setBorder(1)
    shape.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    shape.setBorderBrush(QBrush(QColor(current().hairline)))
    shape.setBorderCollapse(True)
    shape.setCellPadding(5)
    shape.setCellSpacing(0)
    shape.setTopMargin(8)
    shape.setBottomMargin(8)
    table.setFormat(shape)
