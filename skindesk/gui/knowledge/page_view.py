"""One knowledge page: urgent referral first, then the sections, the codes and the sources."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from skindesk.domain.knowledge import KnowledgePage, Section, codes_words
from skindesk.gui.knowledge.rich_text import rich_text
from skindesk.gui.theme.tokens import group_token
from skindesk.gui.widgets.labels import IconLabel, text_label
from skindesk.gui.widgets.linked_text import LinkedText
from skindesk.gui.widgets.words import group_icon, group_word
from skindesk.services.knowledge import Knowledge

_LINKED = "Differential diagnosis"
_ICON_PX = 16
_BY_MOUSE = Qt.TextInteractionFlag.TextSelectableByMouse


class PageView(QWidget):
    """Text to read, select and copy. Its links lead to other pages only."""

    page_wanted = Signal(str)
    """The slug of a page that this one names."""

    def __init__(self, page: KnowledgePage, knowledge: Knowledge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page, self._knowledge = page, knowledge
        urgent, *others = page.sections
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(self._names())
        column.addWidget(self._urgent(urgent))
        for section in others:
            column.addLayout(self._section(section.heading, self._text(section)))
        column.addLayout(self._section(self.tr("Codes"), self._codes()))
        column.addLayout(self._section(self.tr("Sources"), self._sources()))
        read = self.tr("Last read through {day}.").format(day=page.reviewed.isoformat())
        column.addWidget(text_label(read, "secondary"))

    def _names(self) -> QVBoxLayout:
        """The group and the other names."""
        group = self._page.group
        across = QHBoxLayout()
        across.setSpacing(8)
        across.addWidget(IconLabel(group_icon(group), group_token(group), _ICON_PX))
        across.addWidget(text_label(group_word(group), "muted"), 1)
        names = QVBoxLayout()
        names.setSpacing(4)
        names.addLayout(across)
        if self._page.synonyms:
            also = self.tr("Also: {names}").format(names=", ".join(self._page.synonyms))
            names.addWidget(_selectable(text_label(also, "secondary", wrap=True)))
        return names

    def _urgent(self, section: Section) -> QFrame:
        """When to refer urgently, framed so that it is read first."""
        frame = QFrame()
        frame.setProperty("role", "notice")
        frame.setProperty("tone", "premalignant")
        column = QVBoxLayout(frame)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        across = QHBoxLayout()
        across.setSpacing(8)
        across.addWidget(IconLabel("warning", "premalignant", _ICON_PX))
        across.addWidget(text_label(section.heading, "strong", wrap=True), 1)
        column.addLayout(across)
        column.addWidget(self._text(section))
        return frame

    def _section(self, heading: str, content: QWidget) -> QVBoxLayout:
        part = QVBoxLayout()
        part.setSpacing(4)
        part.addWidget(text_label(heading, "strong", wrap=True))
        part.addWidget(content)
        return part

    def _text(self, section: Section) -> QLabel:
        linked = section.heading == _LINKED
        label = self._linked(section) if linked else _selectable(_rich(QLabel(rich_text(section.text))))
        label.setAccessibleName(" ".join(section.text.split()))
        return label

    def _linked(self, section: Section) -> QLabel:
        text = rich_text(section.text, lambda words: self._knowledge.linked(words, self._page))
        label = _rich(LinkedText(text))
        label.linkActivated.connect(self.page_wanted)
        return label

    def _codes(self) -> QLabel:
        unchecked = not self._page.codes_from
        words = codes_words(self._page)
        label = text_label(f"{words[:1].upper()}{words[1:]}.", "warning" if unchecked else "body", wrap=True)
        return _selectable(label)

    def _sources(self) -> QLabel:
        listed = "\n".join(f"- {source}" for source in self._page.sources)
        label = _selectable(_rich(QLabel(rich_text(listed))))
        label.setProperty("role", "secondary")
        label.setAccessibleName("; ".join(self._page.sources))
        return label


def _rich(label: QLabel) -> QLabel:
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setWordWrap(True)
    return label


def _selectable(label: QLabel) -> QLabel:
    label.setTextInteractionFlags(_BY_MOUSE)
    label.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    return label
