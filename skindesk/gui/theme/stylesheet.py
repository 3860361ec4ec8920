"""The one application stylesheet, written with token names and filled in for a theme."""

from dataclasses import asdict
from string import Template

from skindesk.gui.theme.indicators import indicator_urls
from skindesk.gui.theme.tokens import Tokens

_SHEET = Template("""
QWidget { color: $text; font-size: 13px; }
QMainWindow, QDialog { background: $bg; }
QLabel { background: transparent; }
QLabel[role="page-title"] { font-size: 20px; font-weight: 600; }
QLabel[role="section"] { font-size: 16px; font-weight: 600; }
QLabel[role="secondary"] { font-size: 12px; color: $muted; }
QLabel[role="number"] { font-size: 28px; font-weight: 600; }
QLabel[role="number-muted"] { font-size: 28px; font-weight: 600; color: $muted; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="abstained"] { color: $novel; font-weight: 500; }
QLabel[role="warning"] { color: $premalignant; }
QLabel[role="step"] { background: $raised; color: $text; border-radius: 12px; font-size: 12px; font-weight: 600; }
QLabel[role="badge"] { background: $canvas; color: $on_canvas; border: 1px solid $on_canvas; border-radius: 8px;
  padding: 4px 10px; font-size: 12px; font-weight: 600; }
QLabel[role="caption"] { background: $canvas; color: $on_canvas; border-radius: 8px; padding: 4px 10px;
  font-size: 12px; }
QLabel[role="key"] { background: $raised; border: 1px solid $border; border-radius: 4px; padding: 2px 6px;
  font-size: 12px; font-weight: 500; }
QLabel[role="linked"] { border: 2px solid transparent; border-radius: 4px; }
QLabel[role="linked"]:focus { border-color: $accent; }
QLabel[role="error"] { color: $error; }
QLabel[role="done"] { color: $done; }
QLabel[role="label"] { font-size: 12px; font-weight: 500; color: $muted; }

QFrame[role="card"] { background: $surface; border: 1px solid $hairline; border-radius: 8px; }
QFrame[role="popup"] { background: $surface; border: 1px solid $border; }
QFrame[role="hairline"] { background: $hairline; border: none; max-height: 1px; min-height: 1px; }
QFrame[role="rail"] { background: $surface; border: none; border-right: 1px solid $hairline; }
QFrame[role="band"] { background: $surface; border: none; border-bottom: 1px solid $hairline; }
QFrame[role="panel"] { background: $surface; border: none; border-left: 1px solid $hairline; }
QFrame[role="toolbar"] { background: $surface; border: none; border-bottom: 1px solid $hairline; }
QFrame[role="footer"] { background: $surface; border: none; border-top: 1px solid $hairline; }
QFrame[role="notice"] { background: $surface; border: 1px solid $accent; border-radius: 8px; }
QFrame[role="notice"][tone="error"] { border-color: $error; }
QFrame[role="notice"][tone="premalignant"] { border-color: $premalignant; }
QFrame[role="notice"][tone="done"] { border-color: $done; }

QPushButton { background: $surface; border: 1px solid $border; border-radius: 8px; padding: 0px 14px;
  min-height: 34px; font-weight: 500; }
QPushButton:hover { background: $raised; }
QPushButton:pressed { background: $hairline; }
QPushButton:focus { border: 2px solid $accent; padding: 0px 13px; min-height: 32px; }
QPushButton:disabled { color: $border; border-color: $hairline; background: $surface; }
QPushButton[kind="primary"] { background: $accent; color: $on_accent; border: 1px solid $accent; min-height: 38px;
  font-weight: 600; }
QPushButton[kind="primary"]:hover { background: $accent_strong; border-color: $accent_strong; }
QPushButton[kind="primary"]:focus { border: 6px double $on_accent; padding: 0px 9px; min-height: 28px; }
QPushButton[kind="primary"]:disabled { background: $raised; color: $muted; border: 1px solid $hairline; }
QPushButton[kind="quiet"] { background: transparent; border: 1px solid transparent; color: $accent; padding: 0px 10px; }
QPushButton[kind="quiet"]:hover { background: $raised; }
QPushButton[kind="quiet"]:checked { background: $raised; }
QPushButton[kind="quiet"]:focus { border: 2px solid $accent; padding: 0px 9px; }
QPushButton[kind="quiet"]:disabled { color: $border; }
QPushButton[kind="chip"] { background: $raised; border: 1px solid $hairline; border-radius: 14px; padding: 0px 10px;
  min-height: 26px; font-size: 12px; }
QPushButton[kind="chip"]:hover { border-color: $border; }
QPushButton[kind="chip"]:focus { border: 2px solid $accent; padding: 0px 9px; min-height: 24px; }
QPushButton[kind="square"] { padding: 0px; min-width: 34px; max-width: 34px; }
QPushButton[kind="square"]:focus { padding: 0px; min-width: 32px; max-width: 32px; }
QPushButton[kind="square"]::menu-indicator { width: 0px; }
QPushButton[active="true"] { border-color: $accent; color: $accent; }
QPushButton[kind="band"] { background: transparent; border: 1px solid transparent; padding: 0px 8px;
  min-height: 26px; }
QPushButton[kind="band"]:hover { background: $raised; }
QPushButton[kind="band"]:focus { border: 2px solid $accent; padding: 0px 7px; min-height: 24px; }
QPushButton[kind="danger"] { color: $error; border-color: $error; }
QPushButton[kind="danger"]:disabled { color: $border; border-color: $hairline; }
QPushButton[kind="danger"]:focus { border: 2px solid $error; }

QPushButton[segment] { border-radius: 0px; padding: 0px 8px; margin: 0px; border-right: none; }
QPushButton[segment="first"] { border-top-left-radius: 8px; border-bottom-left-radius: 8px; }
QPushButton[segment="last"] { border-top-right-radius: 8px; border-bottom-right-radius: 8px;
  border-right: 1px solid $border; }
QPushButton[segment]:checked { background: $accent; color: $on_accent; border-color: $accent; font-weight: 600; }
QPushButton[segment]:disabled { border-color: $hairline; }
QPushButton[segment]:checked:disabled { background: $raised; color: $muted; }
QPushButton[segment]:focus { border: 2px solid $accent; padding: 0px 7px; }
QPushButton[segment]:checked:focus { border: 6px double $on_accent; padding: 0px 3px; min-height: 24px; }

QToolButton { background: transparent; border: 2px solid transparent; border-radius: 8px; padding: 4px; }
QToolButton:hover { background: $raised; }
QToolButton:checked { background: $raised; }
QToolButton:focus { border-color: $accent; }
QToolButton:disabled { color: $border; }
QToolButton[role="rail"] { border-radius: 8px; padding: 6px 0px 4px 0px; font-size: 12px; color: $muted;
  min-width: 58px; max-width: 58px; }
QToolButton[role="rail"]:checked { background: $raised; color: $accent; font-weight: 600; }
QToolButton[role="example"] { padding: 6px; font-size: 12px; }
QToolButton[role="map"] { border-width: 1px; border-radius: 4px; padding: 1px; }
QToolButton[role="body-page"] { padding: 4px 0px 2px 0px; font-size: 12px; color: $muted; }
QToolButton[role="body-page"]:checked { color: $accent; font-weight: 600; }
QToolButton[role="tool"] { padding: 6px 8px; font-weight: 500; }

QLineEdit, QComboBox, QPlainTextEdit, QTextEdit { placeholder-text-color: $muted; }
QLineEdit, QComboBox, QSpinBox, QDoubleSpinBox, QDateEdit { background: $surface; border: 1px solid $border;
  border-radius: 8px; padding: 0px 10px; min-height: 34px; selection-background-color: $accent;
  selection-color: $on_accent; }
QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus, QDateEdit:focus { border: 2px solid $accent;
  padding: 0px 9px; min-height: 32px; }
QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled, QDateEdit:disabled { color: $muted; background: $raised;
  border-color: $hairline; }
QLineEdit[invalid="true"], QComboBox[invalid="true"] { border: 2px solid $error; padding: 0px 9px; min-height: 32px; }
QComboBox QLineEdit, QComboBox QLineEdit:focus { border: none; padding: 0px; min-height: 0px; background: transparent;
  placeholder-text-color: $muted; }
QAbstractSpinBox QLineEdit, QAbstractSpinBox QLineEdit:focus { border: none; padding: 0px 4px; min-height: 0px;
  background: transparent; }
QComboBox::drop-down { border: none; width: 28px; }
QComboBox::down-arrow { image: url("$down"); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $surface; border: 1px solid $border; border-radius: 8px; padding: 4px;
  outline: none; selection-background-color: $raised; selection-color: $text; }
QComboBox QAbstractItemView::item { min-height: 32px; padding: 0px 8px; border-radius: 4px; }
QSpinBox::up-button, QDoubleSpinBox::up-button, QDateEdit::up-button { border: none; width: 24px;
  subcontrol-position: top right; }
QSpinBox::down-button, QDoubleSpinBox::down-button, QDateEdit::down-button { border: none; width: 24px;
  subcontrol-position: bottom right; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow, QDateEdit::up-arrow { image: url("$up"); width: 10px; height: 10px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow, QDateEdit::down-arrow { image: url("$down"); width: 10px;
  height: 10px; }
QPlainTextEdit, QTextEdit, QTextBrowser { background: $surface; border: 1px solid $border; border-radius: 8px;
  padding: 6px; selection-background-color: $accent; selection-color: $on_accent; }
QPlainTextEdit:disabled { color: $muted; background: $raised; border-color: $hairline; }
QPlainTextEdit:focus, QTextEdit:focus, QTextBrowser:focus { border: 2px solid $accent; padding: 5px; }

QCheckBox, QRadioButton { spacing: 8px; min-height: 24px; border: 2px solid transparent; border-radius: 4px;
  padding: 2px; }
QCheckBox:focus, QRadioButton:focus { border-color: $accent; }
QCheckBox::indicator { width: 16px; height: 16px; border: 1px solid $border; border-radius: 4px; background: $surface; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$check"); }
QCheckBox::indicator:disabled { background: $raised; border-color: $hairline; }
QRadioButton::indicator { width: 16px; height: 16px; border: 1px solid $border; border-radius: 9px;
  background: $surface; }
QRadioButton::indicator:checked { width: 8px; height: 8px; border: 5px solid $accent; background: $on_accent; }

QTableView, QListView, QTreeView { background: $surface; alternate-background-color: $surface;
  border: 1px solid $hairline; border-radius: 8px; padding: 1px; outline: none; gridline-color: transparent;
  selection-background-color: $chosen;
  selection-color: $text; }
QTableView:focus, QListView:focus, QTreeView:focus { border: 2px solid $accent; }
QTableView::item { padding: 0px 8px; border-bottom: 1px solid $hairline; }
QTableView::item:selected, QListView::item:selected, QTreeView::item:selected { background: $chosen; color: $text; }
QListView::item { min-height: 36px; padding: 0px 8px; border-radius: 4px; }
QListView::item:hover:!selected, QTableView::item:hover:!selected { background: $raised; }
QHeaderView { background: $surface; border: none; }
QHeaderView::section { background: $surface; color: $muted; font-size: 12px; font-weight: 500; border: none;
  border-bottom: 1px solid $hairline; padding: 8px; }
QTableCornerButton::section { background: $surface; border: none; }

QProgressBar { background: $raised; border: none; border-radius: 4px; min-height: 8px; max-height: 8px;
  text-align: center; color: transparent; }
QProgressBar::chunk { background: $accent; border-radius: 4px; }

QSlider { min-height: 24px; border: 2px solid transparent; border-radius: 8px; }
QSlider:focus { border-color: $accent; }
QSlider::groove:horizontal { background: $border; height: 4px; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; height: 4px; border-radius: 2px; }
QSlider::handle:horizontal { background: $accent; width: 16px; margin: -6px 0px; border-radius: 8px; }
QSlider::handle:horizontal:hover { background: $accent_strong; }

QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget[role="scrolled"] { background: transparent; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0px; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0px; }
QScrollBar::handle { background: $border; border-radius: 3px; margin: 3px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0px; height: 0px; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QSplitter::handle { background: $hairline; }
QToolTip { background: $text; color: $surface; border: none; padding: 6px 8px; }
QMenu { background: $surface; border: 1px solid $border; border-radius: 8px; padding: 4px; }
QMenu::item { padding: 8px 24px 8px 12px; border-radius: 4px; }
QMenu::item:selected { background: $raised; }
QMenu::item:disabled { color: $border; }
QMenu::separator { height: 1px; background: $hairline; margin: 4px 8px; }
QTabBar::tab { background: transparent; border: none; border-bottom: 2px solid transparent; padding: 8px 12px;
  color: $muted; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:focus { border: 2px solid $accent; border-radius: 4px; padding: 6px 10px 8px 10px; }
QTabWidget::pane { border: none; border-top: 1px solid $hairline; }
QCalendarWidget QWidget { background: $surface; }
""")


def stylesheet(tokens: Tokens) -> str:
    """The stylesheet in a theme's colours."""
    return _SHEET.substitute(asdict(tokens), **indicator_urls(tokens))
