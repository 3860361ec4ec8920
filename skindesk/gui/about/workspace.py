"""The About page: what the program is and is not, its networks' cards, and whose work it stands on."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from skindesk import __version__
from skindesk.bootstrap import Workspace
from skindesk.gui.about.card_view import CardView
from skindesk.gui.about.distributions import distribution, runtime_distributions
from skindesk.gui.about.licence_model import LicenceModel
from skindesk.gui.background import Background
from skindesk.gui.widgets.fitting_table import Columns, FittingTable
from skindesk.gui.widgets.labels import IconLabel, text_label
from skindesk.gui.widgets.notice import Notice
from skindesk.gui.widgets.reading_area import ReadingArea
from skindesk.services.models import InstalledModel

_FACTS_PX = 400
_LICENCE_COLUMNS = Columns({0: 184, 1: 120, 2: 200}, by_importance=(0, 2, 1), growing=frozenset({2}))


class AboutWorkspace(QWidget):
    """Facts only. Nothing here, not even a link, reaches out of this computer."""

    def __init__(self, workspace: Workspace, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._background = background
        self._cards_wanted = True
        self.notice = Notice(self)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setAccessibleName(self.tr("Model cards and licences"))
        self.tabs.tabBar().setDrawBase(False)
        self.card_views: tuple[CardView, ...] = ()
        self.licences = self._licences()
        self.tabs.addTab(self._licences_page(), self.tr("Libraries and licences"))
        self._build()

    def showEvent(self, event: QShowEvent) -> None:
        """The first time, read the networks' cards."""
        super().showEvent(event)
        if self._cards_wanted:
            self._cards_wanted = False
            self._background.start(self._workspace.models.installed, self._show_cards, self.notice.show_error)

    def _show_cards(self, models: Sequence[InstalledModel]) -> None:
        views = []
        for place, model in enumerate(models):
            view = CardView(model.card.text, self.tabs)
            view.setAccessibleName(self.tr("Model card of {0}").format(model.name))
            self.tabs.insertTab(place, view, model.name)
            self.tabs.setTabToolTip(place, view.accessibleName())
            views.append(view)
        self.card_views = tuple(views)
        self.tabs.setCurrentIndex(0)

    def _build(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(16)
        left.addWidget(self._identity())
        left.addWidget(self._limits())
        left.addWidget(self._versions())
        left.addStretch()
        left.setContentsMargins(0, 0, 8, 0)
        facts = QWidget()
        facts.setLayout(left)
        held = ReadingArea(self.tr("About SkinDesk"), self)
        held.hold(facts)
        held.setFixedWidth(_FACTS_PX)
        pages = QFrame(self)
        pages.setProperty("role", "card")
        pages_column = QVBoxLayout(pages)
        pages_column.setContentsMargins(1, 4, 1, 1)
        pages_column.addWidget(self.tabs)
        line = QHBoxLayout()
        line.setSpacing(24)
        line.addWidget(held)
        line.addWidget(pages, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addWidget(text_label(self.tr("About"), "page-title"))
        column.addWidget(self.notice)
        column.addLayout(line, 1)

    def _identity(self) -> QFrame:
        card, column = _card(self)
        column.addWidget(text_label(f"SkinDesk {__version__}", "section"))
        statement = self.tr("Decision support for research and second opinion. Not a cleared medical device.")
        column.addWidget(text_label(statement, "strong", wrap=True))
        offline = self.tr("It works on this computer alone and makes no network connection.")
        column.addWidget(text_label(offline, "secondary", wrap=True))
        return card

    def _limits(self) -> QFrame:
        card, column = _card(self)
        column.addWidget(text_label(self.tr("Not for"), "section"))
        for text in (
            self.tr("Making a diagnosis without a clinician, or ruling out malignancy."),
            self.tr("Deciding by itself whether a lesion is treated, excised or left."),
            self.tr("Pictures of another kind than the network was trained on; its model card names them."),
            self.tr("Skin types, ages and body sites for which the model card shows no evidence."),
        ):
            column.addLayout(_point(text))
        return card

    def _versions(self) -> QFrame:
        card, column = _card(self)
        column.addWidget(text_label(self.tr("Versions"), "section"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        facts = [("Qt", qVersion())]
        for shown, name in (
            ("PySide6", "PySide6_Essentials"),
            ("onnxruntime", "onnxruntime"),
            ("SQLAlchemy", "SQLAlchemy"),
            ("Pillow", "pillow"),
            ("NumPy", "numpy"),
        ):
            facts.append((shown, distribution(name).version or self.tr("not recorded")))
        facts.insert(0, ("Python", next(e.version or "" for e in runtime_distributions() if e.name == "Python")))
        for row, (name, version) in enumerate(facts):
            grid.addWidget(text_label(name, "secondary"), row, 0)
            value = text_label(version)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(value, row, 1)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        return card

    def _licences(self) -> FittingTable:
        view = FittingTable(LicenceModel(runtime_distributions(), self), _LICENCE_COLUMNS, 36, self)
        view.setAccessibleName(self.tr("Libraries and their licences"))
        return view

    def _licences_page(self) -> QWidget:
        page = QWidget(self)
        note = self.tr(
            "Qt and PySide6 are used under the LGPL-3.0: their libraries are loaded unchanged and can be replaced by "
            "your own builds. The icons are Phosphor Icons (MIT). The licence texts come with each library."
        )
        column = QVBoxLayout(page)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(text_label(note, "secondary", wrap=True))
        column.addWidget(self.licences, 1)
        return page


def _card(parent: QWidget) -> tuple[QFrame, QVBoxLayout]:
    card = QFrame(parent)
    card.setProperty("role", "card")
    column = QVBoxLayout(card)
    column.setContentsMargins(24, 16, 24, 20)
    column.setSpacing(8)
    return card, column


def _point(text: str) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(8)
    line.addWidget(IconLabel("prohibit", "muted", 16), 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(text_label(text, wrap=True), 1)
    return line
