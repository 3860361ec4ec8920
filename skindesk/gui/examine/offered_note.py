"""Says beside the picture whom its file names, and warns where that is somebody else than the patient in the band."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from skindesk.domain.case import Patient
from skindesk.domain.offered import NOTHING_OFFERED, OfferedFacts
from skindesk.gui.widgets.flow_layout import FlowLayout
from skindesk.gui.widgets.labels import IconLabel, set_role, text_label
from skindesk.gui.widgets.words import translate
from skindesk.services.same_patient import Agreement, agreement, names_somebody


class OfferedNote(QFrame):
    """Hidden where the file names nobody, or the patient whom the picture is aimed at."""

    new_patient_wanted = Signal(object)
    """A new patient is to be begun with these OfferedFacts."""
    patient_wanted = Signal(object)
    """The picture is to be aimed at this Patient of the case log."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "notice")
        self._facts: OfferedFacts = NOTHING_OFFERED
        self._known: Patient | None = None
        self._icon = IconLabel("identification-card", "accent")
        self._text = text_label("", wrap=True)
        self.new_button = QPushButton(self.tr("Use for a new patient"))
        self.new_button.clicked.connect(lambda: self.new_patient_wanted.emit(self._facts))
        self.choose_button = QPushButton(self.tr("Choose this patient"))
        self.choose_button.clicked.connect(lambda: self.patient_wanted.emit(self._known))
        self._lay_out()
        self.hide()

    def text(self) -> str:
        """What it says; empty while it says nothing."""
        return "" if self.isHidden() else self._text.text()

    @property
    def warns(self) -> bool:
        """Whether it says that the file may be of somebody else."""
        return not self.isHidden() and self.property("tone") == "error"

    def clear(self) -> None:
        """Say nothing."""
        self.show_offer(NOTHING_OFFERED, None)

    def show_offer(self, facts: OfferedFacts, target: Patient | None, known: Patient | None = None) -> None:
        """Compare what a file says with the patient of the band.

        `known` is the patient of the case log who has the file's identifier, if there is one.
        """
        self._facts, self._known = facts, known
        self.hide()
        if not names_somebody(facts):
            return
        if target is not None:
            self._compare_with_target(facts, target, known)
        elif known is None:
            self._inform(translate("offered", "The file names {0}.").format(offered_line(facts)), new=True)
        elif agreement(facts, known.details) is Agreement.ANOTHER:
            words = translate(
                "offered",
                "The file names {0}, but in the case log this identifier is {1}. Find out which is right before you "
                "save.",
            )
            self._warn(words.format(offered_line(facts), _line(known)))
        else:
            words = translate("offered", "The file names {0}, who is in the case log.")
            self._inform(words.format(offered_line(facts)), choose=True)

    def _compare_with_target(self, facts: OfferedFacts, target: Patient, known: Patient | None) -> None:
        found = agreement(facts, target.details)
        if found is Agreement.ANOTHER:
            words = translate("offered", "The file names another patient: {0}. This picture is aimed at {1}.")
            agrees = known is not None and agreement(facts, known.details) is not Agreement.ANOTHER
            self._warn(words.format(offered_line(facts), _line(target)), choose=agrees and known != target)
        elif found is Agreement.UNCLEAR:
            words = translate("offered", "The file names {0}. Check that this is {1}.")
            self._inform(words.format(offered_line(facts), _line(target)))

    def _inform(self, words: str, new: bool = False, choose: bool = False) -> None:
        self._say(words, "accent", "identification-card", new, choose)

    def _warn(self, words: str, choose: bool = False) -> None:
        self._say(words, "error", "warning-octagon", False, choose)

    def _say(self, words: str, tone: str, icon_name: str, new: bool, choose: bool) -> None:
        set_role(self, tone, "tone")
        set_role(self._text, "error" if tone == "error" else "body")
        self._icon.set_icon(icon_name, tone)
        self._text.setText(words)
        self.setAccessibleName(words)
        self.new_button.setVisible(new)
        self.choose_button.setVisible(choose)
        self._buttons.setVisible(new or choose)
        self.show()

    def _lay_out(self) -> None:
        words = QHBoxLayout()
        words.setSpacing(12)
        words.addWidget(self._icon)
        words.addWidget(self._text, 1)
        self._buttons = QWidget()
        line = FlowLayout(self._buttons)
        for button in (self.new_button, self.choose_button):
            button.setAutoDefault(False)
            button.setAccessibleName(button.text())
            line.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addLayout(words)
        column.addWidget(self._buttons)


def offered_line(facts: OfferedFacts) -> str:
    """Whom a file names, in one line, as "GARCIA, Ana · 1961-04-02 · ID 10482"."""
    name = ", ".join(part for part in (facts.family_name.strip().upper(), facts.given_name.strip()) if part)
    born = "" if facts.birth_date is None else facts.birth_date.isoformat()
    identifier = facts.identifier.strip()
    shown = translate("words", "ID {identifier}").format(identifier=identifier) if identifier else ""
    return " · ".join(part for part in (name, born, shown) if part)


def _line(patient: Patient) -> str:
    details = patient.details
    return offered_line(OfferedFacts(details.identifier, details.family_name, details.given_name, details.birth_date))
