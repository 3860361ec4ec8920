"""One network: what it is, whether it answers, its card, and how it compares."""

from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QTabWidget, QVBoxLayout, QWidget

from skindesk.domain.insights import Interval
from skindesk.gui.about.card_view import CardView
from skindesk.gui.models.comparison_view import ComparisonView
from skindesk.gui.models.words import answers_words, measure_word, measured, origin_word, title_of, versioned
from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.labels import IconLabel, text_label
from skindesk.gui.widgets.words import sentence
from skindesk.services.model_figures import Measure, figures_of
from skindesk.services.models import InstalledModel


class CheckTone(StrEnum):
    """How a check went; the value is the token of its icon's colour."""

    WAITING = "muted"
    GOOD = "done"
    BAD = "error"


_ICONS = {CheckTone.WAITING: "shield", CheckTone.GOOD: "shield-check", CheckTone.BAD: "shield-warning"}


class ModelDetail(QFrame):
    """Shows a network; what is to be done with it is the page's."""

    def __init__(self, administering: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._administering = administering
        self._model: InstalledModel | None = None
        self._title = text_label("", "section", wrap=True)
        self._facts = text_label("", "secondary", wrap=True)
        self._facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._answers_icon = IconLabel("circle", "muted")
        self.answers_label = text_label("")
        self._check_icon = IconLabel(_ICONS[CheckTone.WAITING], CheckTone.WAITING.value)
        self.check_label = text_label("", "secondary", wrap=True)
        self.activate_button = _button(self.tr("Activate"), "check-circle", "on_accent")
        self.activate_button.setProperty("kind", "primary")
        self.compare_button = _button(self.tr("Compare"), "scales")
        self.verify_button = _button(self.tr("Verify"), "shield-check")
        self.comparison = ComparisonView(self)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self._card = QWidget()
        self._lay_out()

    def show_model(self, model: InstalledModel, active: bool) -> None:
        """Show a network, and whether it is the one that answers."""
        is_other = self._model is None or model.folder != self._model.folder
        self._model = model
        self._title.setText(title_of(model))
        facts = (versioned(model), model.card.digest[:12], model.card.licence, origin_word(model))
        self._facts.setText(" · ".join(facts))
        self._answers_icon.set_icon("check-circle" if active else "circle", "accent" if active else "muted")
        self.answers_label.setText(answers_words(model.modality) if active else self.tr("Does not answer"))
        for button, words in (
            (self.activate_button, self.tr("Let {0} answer")),
            (self.compare_button, self.tr("Compare {0} with the network that answers")),
            (self.verify_button, self.tr("Verify {0}")),
        ):
            button.setAccessibleName(words.format(title_of(model)))
            button.setToolTip(button.accessibleName())
        self.activate_button.setVisible(self._administering and not active)
        for widget in (self.compare_button, self.comparison.limit):
            widget.setVisible(self._administering and not active)
        if is_other:
            self._show_check(CheckTone.WAITING, self.tr("Not verified since SkinDesk was started"))
            self._show_card(model)

    def show_checking(self, words: str) -> None:
        """A check of the network is on its way."""
        self.set_busy(True)
        self._show_check(CheckTone.WAITING, words)

    def show_checked(self, problem: str | None) -> None:
        """The check has ended, with what it found wrong or None."""
        self.set_busy(False)
        if problem is None:
            self._show_check(CheckTone.GOOD, self.tr("Verified: digest, contract and golden outputs hold"))
        else:
            self._show_check(CheckTone.BAD, problem)

    def show_failed(self, error: Exception) -> None:
        """The check could not be made, or found this."""
        self.show_checked(sentence(error))

    def set_busy(self, busy: bool) -> None:
        """While something is done with networks nothing else can be."""
        for control in (self.activate_button, self.compare_button, self.comparison.limit, self.verify_button):
            control.setEnabled(not busy)

    def _show_check(self, tone: CheckTone, words: str) -> None:
        self._check_icon.set_icon(_ICONS[tone], tone.value)
        self.check_label.setText(words)

    def _show_card(self, model: InstalledModel) -> None:
        text = CardView(model.card.text)
        text.setAccessibleName(self.tr("Model card of {0}").format(model.name))
        card = QWidget(self.tabs)
        column = QVBoxLayout(card)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._figure_row(model))
        column.addWidget(text, 1)
        place = self.tabs.currentIndex()
        self.tabs.removeTab(self.tabs.indexOf(self._card))
        self._card.deleteLater()
        self.tabs.insertTab(0, card, self.tr("Model card"))
        self.tabs.setCurrentIndex(place)
        self._card = card

    def _figure_row(self, model: InstalledModel) -> QWidget:
        found, row = figures_of(model), QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(24, 16, 24, 0)
        line.setSpacing(24)
        for measure, interval in found.measured.items():
            line.addLayout(_figure(measure, interval))
        line.addStretch(1)
        row.setVisible(bool(found.measured))
        row.setToolTip(self.tr("On {0} test pictures, under the archive's class mix").format(f"{found.pictures:,}"))
        return row

    def _lay_out(self) -> None:
        state, actions = QHBoxLayout(), QHBoxLayout()
        for line in (state, actions):
            line.setSpacing(8)
        state.addWidget(self._answers_icon)
        state.addWidget(self.answers_label)
        state.addSpacing(16)
        state.addWidget(self._check_icon)
        state.addWidget(self.check_label, 1)
        for control in (self.activate_button, self.verify_button, self.compare_button, self.comparison.limit):
            actions.addWidget(control)
        actions.addStretch(1)
        head = QVBoxLayout()
        head.setContentsMargins(24, 16, 24, 12)
        head.setSpacing(8)
        head.addWidget(self._title)
        head.addWidget(self._facts)
        head.addLayout(state)
        head.addLayout(actions)
        self.tabs.addTab(self._card, self.tr("Model card"))
        if self._administering:
            self.tabs.addTab(self.comparison, self.tr("Comparison"))
        else:
            self.comparison.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.tabs, 1)


def _button(words: str, icon_name: str, colour: str = "text") -> QPushButton:
    button = QPushButton(words)
    set_icon(button, icon_name, colour)
    return button


def _figure(measure: Measure, interval: Interval) -> QVBoxLayout:
    value, ends = measured(measure, interval)
    column = QVBoxLayout()
    column.setSpacing(0)
    column.addWidget(text_label(measure_word(measure), "label"))
    column.addWidget(text_label(value, "section"))
    column.addWidget(text_label(ends, "secondary"))
    return column
