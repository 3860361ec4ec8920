"""A network's answer as a differential: the leading classes, the rest as one bar, and the malignant sum apart."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from skindesk.domain.class_mix import ClassMix
from skindesk.domain.combining import Combined, Range
from skindesk.domain.contract import ModelContract
from skindesk.domain.prediction import Decision, Prediction, RankedLabel
from skindesk.gui.theme import current, set_icon, tabular
from skindesk.gui.theme.tokens import group_token
from skindesk.gui.widgets.labels import ElidedLabel, IconLabel, hairline, text_label
from skindesk.gui.widgets.meaning import meaning_of_class, meaning_of_sum
from skindesk.gui.widgets.words import abstention, group_icon, group_word, mix_sentence, percent, range_words

LEADING = 3
_BAR_PX = 8
_MAP_BUTTON_PX = 24


class Bar(QWidget):
    """A probability, 0 to 1, as a bar in a token's colour; hatched where the network abstained.

    A spread is drawn as a line from the lowest to the highest probability.
    """

    def __init__(
        self,
        probability: float,
        colour: str,
        hatched: bool,
        spread: Range | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._probability, self._colour, self._hatched, self._spread = probability, colour, hatched, spread
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Low and as wide as there is room."""
        return QSize(120, _BAR_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the track and the bar on it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        track = QRectF(self.rect())
        outline = QPainterPath()
        outline.addRoundedRect(track, _BAR_PX / 2, _BAR_PX / 2)
        painter.setClipPath(outline)
        painter.fillRect(track, QColor(current().raised))
        filled = QRectF(track)
        filled.setWidth(max(2.0, track.width() * self._probability))
        colour = QColor(getattr(current(), self._colour))
        painter.fillRect(filled, QBrush(colour, Qt.BrushStyle.BDiagPattern) if self._hatched else colour)
        if self._spread is not None:
            middle, left = track.center().y(), track.width() * self._spread.lowest
            painter.setPen(QPen(QColor(current().text), 2))
            painter.drawLine(QPointF(left, middle), QPointF(track.width() * self._spread.highest, middle))


class DifferentialView(QWidget):
    """Shows predictions one at a time. With `maps`, each leading class carries a button for its map."""

    map_toggled = Signal(str, bool)
    """A class's code, and whether its map is wanted."""

    def __init__(self, parent: QWidget | None = None, maps: bool = False) -> None:
        super().__init__(parent)
        self._maps = maps
        self._buttons: dict[str, QToolButton] = {}
        self._content = QWidget()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._content)

    def show_prediction(
        self, prediction: Prediction, contract: ModelContract | None = None, combined: Combined | None = None
    ) -> None:
        """Show a prediction in the place of the last one; `contract` as `abstention` takes it.

        Where it is the common one of several pictures, `combined` gives their spread, and no map goes with it.
        """
        self._buttons = {}
        content = self._built(prediction, contract, combined)
        self._column.replaceWidget(self._content, content)
        content.show()
        self._content.hide()
        self._content.deleteLater()
        self._content = content

    def mark_map(self, code: str | None) -> None:
        """Show which class's map is on the picture, without a signal."""
        for owner, button in self._buttons.items():
            button.blockSignals(True)
            button.setChecked(owner == code)
            button.blockSignals(False)

    def _built(self, prediction: Prediction, contract: ModelContract | None, combined: Combined | None) -> QWidget:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        abstained = prediction.decision is Decision.ABSTAINED
        if abstained:
            column.addWidget(self._abstained(prediction, contract))
        for entry in prediction.ranked[:LEADING]:
            spread = None if combined is None else combined.spread[prediction.labels.index(entry.label)]
            column.addWidget(self._leading(entry, prediction.class_mix, abstained, spread))
        rest = prediction.ranked[LEADING:]
        if rest:
            column.addWidget(self._other(rest, abstained))
        column.addWidget(hairline())
        column.addWidget(self._sum(prediction, abstained, None if combined is None else combined.malignant_spread))
        if not prediction.class_mix.is_archives:
            column.addWidget(text_label(mix_sentence(prediction.class_mix), "secondary", wrap=True))
        return content

    def _abstained(self, prediction: Prediction, contract: ModelContract | None) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(IconLabel("prohibit", "novel"), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(text_label(abstention(prediction, contract), "abstained", wrap=True), 1)
        return line

    def _leading(self, entry: RankedLabel, mix: ClassMix, abstained: bool, spread: Range | None) -> QWidget:
        group = entry.label.group
        colour = "novel" if abstained else group_token(group)
        icon = IconLabel(group_icon(group), colour)
        line = _Line(icon, entry.label.name, group_word(group), entry.probability, colour, abstained, spread)
        line.setToolTip(meaning_of_class(entry, mix) + ("" if spread is None else f"\n{range_words(spread)}"))
        if self._maps and spread is None:
            self._add_map_button(line, entry)
        return line

    def _other(self, rest: tuple[RankedLabel, ...], abstained: bool) -> QWidget:
        probability = sum(entry.probability for entry in rest)
        colour = "novel" if abstained else "muted"
        line = _Line(
            IconLabel("dots-three-circle", colour),
            self.tr("Other ({count})").format(count=len(rest)),
            "",
            probability,
            colour,
            abstained,
        )
        whole = "\n".join(f"{entry.label.name}  {percent(entry.probability)}" for entry in rest)
        line.setToolTip(whole)
        if self._buttons:
            line.words.addSpacing(_MAP_BUTTON_PX + 8)
        line.setAccessibleDescription(whole)
        return line

    def _add_map_button(self, line: "_Line", entry: RankedLabel) -> None:
        button = QToolButton()
        button.setCheckable(True)
        button.setProperty("role", "map")
        button.setFixedSize(_MAP_BUTTON_PX, _MAP_BUTTON_PX)
        set_icon(button, "map-trifold", "muted")
        button.setAccessibleName(self.tr("Show map of {name}").format(name=entry.label.name))
        button.setToolTip(button.accessibleName())
        code = entry.label.code
        button.toggled.connect(lambda on: self.map_toggled.emit(code, on))
        line.words.addWidget(button)
        self._buttons[code] = button

    def _sum(self, prediction: Prediction, abstained: bool, spread: Range | None) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        words = self.tr("Malignant or premalignant in sum")
        meaning = meaning_of_sum(prediction)
        if spread is not None:
            meaning = f"{meaning} {self.tr('Single pictures: {0}.').format(range_words(spread))}"
        said = QVBoxLayout()
        said.setSpacing(2)
        said.addWidget(text_label(words, "muted" if abstained else "strong", wrap=True))
        said.addWidget(text_label(meaning, "secondary", wrap=True))
        row.addLayout(said, 1)
        number = text_label(percent(prediction.malignant_sum), "number-muted" if abstained else "number")
        number.setFont(tabular(number.font()))
        row.addWidget(number)
        return line


class _Line(QWidget):
    """One bar of the differential with its words above it; `words` is their row."""

    def __init__(
        self,
        icon: IconLabel,
        name: str,
        group: str,
        probability: float,
        colour: str,
        muted: bool,
        spread: Range | None = None,
    ) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self.words = QHBoxLayout()
        self.words.setSpacing(8)
        self.words.addWidget(icon)
        self.words.addWidget(ElidedLabel(name, "muted" if muted else "strong"), 1)
        self.words.addWidget(text_label(group, "secondary"))
        ranged = "" if spread is None else range_words(spread)
        self.words.addWidget(_number(percent(probability), muted))
        column.addLayout(self.words)
        column.addWidget(Bar(probability, colour, muted, spread))
        self.setAccessibleName(", ".join(part for part in (name, group, percent(probability), ranged) if part))


def _number(text: str, muted: bool) -> QLabel:
    label = text_label(text, "muted" if muted else "strong")
    label.setFont(tabular(label.font(), weight=QFont.Weight.DemiBold))
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    label.setMinimumWidth(48)
    return label
