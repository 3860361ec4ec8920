"""One person who can sign in, as an administrator sees them."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from skindesk.domain.people import Person, Role
from skindesk.gui.access.dialogs import role_combo
from skindesk.gui.widgets.labels import ElidedLabel

_ROLE_PX = 152


class PersonRow(QWidget):
    """Name and role, a new passphrase, and removal; what cannot be done says why."""

    role_wanted = Signal(object)
    """The Role that this person is to have."""

    def __init__(self, person: Person, myself: bool, last_administrator: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        name = self.tr("{name} (you)").format(name=person.name) if myself else person.name
        self.role = role_combo(person.role)
        self.role.setFixedWidth(_ROLE_PX)
        self.role.setAccessibleName(self.tr("Role of {name}").format(name=person.name))
        self.passphrase_button = QPushButton(self.tr("New passphrase…"))
        self.passphrase_button.setAccessibleName(self.tr("New passphrase for {name}").format(name=person.name))
        self.remove_button = QPushButton(self.tr("Remove"))
        self.remove_button.setAccessibleName(self.tr("Remove {name}").format(name=person.name))
        if last_administrator:
            _forbid(self.role, self.tr("The last administrator stays one. Make somebody else an administrator first."))
        if myself:
            _forbid(self.remove_button, self.tr("You cannot remove yourself. Let another administrator do it."))
            _forbid(self.passphrase_button, self.tr("Change your own passphrase above."))
        self.role.activated.connect(lambda: self.role_wanted.emit(Role(self.role.currentData())))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(ElidedLabel(name), 1)
        line.addWidget(self.role)
        line.addWidget(self.passphrase_button)
        line.addWidget(self.remove_button)


def _forbid(control: QWidget, reason: str) -> None:
    control.setEnabled(False)
    control.setToolTip(reason)
