"""Looks over a window as somebody would who has a keyboard and no mouse, a screen reader, or poor sight."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QImage, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QScrollBar,
    QTabBar,
    QToolButton,
    QWidget,
)

from skindesk.gui.insights.plot import Plot
from tests.support.contrast import contrast

Pixels = NDArray[np.uint8]

USED_BY_HAND = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
)
ANOTHER_WAY = {
    "StripThumb": "the arrow keys lead to the pictures beside the chosen one",
    "_Cross": "Delete on the picture does the same",
}
"""What the mouse uses and Tab does not reach, by class, with what the keyboard has instead."""

READABLE = 4.5
SEEN = 3.0
_LEAST_LETTERS = 2
_MOST_STOPS_WITHIN = 60
"""So often Tab may go on within one control, as from link to link of a text."""
_DRAWN = 24
"""Less than this, added up over red, green and blue, is no drawing."""
_RING_SHARE = 0.5
"""At least so much of a control's outline changes with the focus."""
_MARKED_SHARE = 0.03
"""Where the focus marks one link, tab or point among several."""


def described(widget: QWidget) -> str:
    """Which widget it is, for the message of a failed test."""
    parent = widget.parentWidget()
    around = type(parent).__name__ if parent is not None else "nothing"
    words = widget.text() if isinstance(widget, QAbstractButton | QLabel) else ""
    return f"{type(widget).__name__} {widget.accessibleName() or words!r} in {around}"


def controls(window: QWidget) -> list[QWidget]:
    """All that can be seen in a window and used, but for the inside of other controls."""
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisible() and widget.window() is window and _is_used(widget) and not _is_inside_a_control(widget)
    ]


def _is_used(widget: QWidget) -> bool:
    if isinstance(widget, QScrollBar | QHeaderView) or widget.metaObject().className() == "QTableCornerButton":
        return False  # the keyboard scrolls the area itself, and walks and marks in the table
    if widget.focusProxy() is not None:
        return False  # it hands the keyboard on
    takes_keys = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return isinstance(widget, USED_BY_HAND) or (takes_keys and not isinstance(widget, QMenu))


def _is_inside_a_control(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QAbstractSpinBox | QComboBox | QLineEdit):
            return True
        if isinstance(parent, QAbstractItemView) and not isinstance(widget, QAbstractButton):
            return True
        parent = parent.parentWidget()
    return False


# Names


def nameless(window: QWidget) -> list[str]:
    """The controls that a screen reader could not name in words."""
    return [described(control) for control in controls(window) if not _has_words(_spoken(control))]


def _spoken(control: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(control)
    return interface.text(QAccessible.Text.Name) if interface is not None else ""


def _has_words(text: str) -> bool:
    return sum(character.isalpha() for character in text) >= _LEAST_LETTERS or text.strip().isdigit()


def tips_without_words(window: QWidget) -> list[str]:
    """The controls that show an icon alone, with neither words nor a tool tip that says what it is."""
    return [
        described(button)
        for button in window.findChildren(QAbstractButton)
        if button.isVisible()
        and not _is_inside_a_control(button)
        and not button.icon().isNull()
        and not _shows_words(button)
        and not button.toolTip()
    ]


def _shows_words(button: QAbstractButton) -> bool:
    if isinstance(button, QToolButton) and button.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly:
        return False
    return bool(button.text())


# The keyboard


def out_of_reach(window: QWidget) -> list[str]:
    """The controls that the mouse can use and Tab does not lead to."""
    return [
        described(control)
        for control in controls(window)
        if control.isEnabled()
        and not control.focusPolicy() & Qt.FocusPolicy.TabFocus
        and type(control).__name__ not in ANOTHER_WAY
        and not _is_reached_by_arrows(control)
    ]


def _is_reached_by_arrows(control: QWidget) -> bool:
    """Of several choices Tab leads to one, and the arrow keys to the others."""
    return any(choice is not control and _can_take(choice) for choice in _choices(control))


def _choices(control: QWidget) -> list[QWidget]:
    """The buttons of which at most one is taken, itself among them."""
    if not isinstance(control, QAbstractButton) or not control.isCheckable():
        return []
    group, parent = control.group(), control.parentWidget()
    if group is not None:
        return [*group.buttons()] if group.exclusive() else []
    siblings = [] if parent is None else parent.findChildren(QRadioButton)
    return [*siblings] if isinstance(control, QRadioButton) else []


def astray(window: QWidget) -> list[str]:
    """Choices of which Tab leads to another one than that which is taken."""
    return [
        described(control)
        for control in controls(window)
        if isinstance(control, QAbstractButton)
        and _choices(control)
        and control.isChecked()
        and control.isEnabled()
        and not _can_take(control)
    ]


def round_trip(window: QWidget, key: Qt.Key = Qt.Key.Key_Tab) -> list[QWidget]:
    """Where Tab leads until it is back where it began; the last one comes twice where it never gets there."""
    QTest.keyClick(window.focusWidget() or window, key)
    now = window.focusWidget()
    way: list[QWidget] = []
    stayed = 0
    while now is not None and now not in way:
        way.append(now)
        stayed = 0
        while window.focusWidget() is now and stayed < _MOST_STOPS_WITHIN:
            QTest.keyClick(now, key)
            stayed += 1
        now = window.focusWidget()
    if now is not None and (stayed == _MOST_STOPS_WITHIN or now is not way[0]):
        way.append(now)
    return way


def traps(window: QWidget) -> list[str]:
    """What Tab and Shift+Tab do not lead to, or do not lead away from."""
    found = []
    wanted = [control for control in controls(window) if _can_take(control)]
    for words, key in (("Tab", Qt.Key.Key_Tab), ("Shift+Tab", Qt.Key.Key_Backtab)):
        way = round_trip(window, key)
        if way and way[-1] in way[:-1] and len(wanted) > 1:
            found.append(f"{words} is caught by {described(way[-1])}")
        reached = {*way, *(each.focusProxy() for each in way)}
        found += [
            f"{words} never comes to {described(control)}" for control in wanted if not _is_there(control, reached)
        ]
    return found


def _is_there(control: QWidget, reached: "set[QWidget | None]") -> bool:
    proxy = control.focusProxy()
    return control in reached or (proxy is not None and proxy in reached)


def leaps(window: QWidget) -> list[str]:
    """Where Tab leads up, or back to the left on one line, though not into another column; once round is not a leap."""
    way = list(dict.fromkeys(round_trip(window)))
    pairs = zip(way, way[1:] + way[:1], strict=True)
    found = [
        (_place(before, window).top() - _place(after, window).top(), f"from {described(before)} to {described(after)}")
        for before, after in pairs
        if _is_a_leap(_place(before, window), _place(after, window)) and _area_of(before) is _area_of(after)
    ]
    found.sort(reverse=True)
    return [words for _, words in found[1:]]


def _place(widget: QWidget, window: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint()), widget.size())


def _is_a_leap(before: QRect, after: QRect) -> bool:
    is_above = after.bottom() <= before.top()
    shares_line = (
        after.top() < before.center().y() < after.bottom() or before.top() < after.center().y() < before.bottom()
    )
    if is_above:
        return after.left() < before.right()
    return shares_line and after.right() <= before.left()


def _area_of(widget: QWidget) -> QWidget | None:
    parent = widget.parentWidget()
    while parent is not None and not isinstance(parent, QScrollArea):
        parent = parent.parentWidget()
    return parent


# Sight


def style_of(control: QWidget) -> str:
    """What decides how a control shows the focus: one of each kind is looked at."""
    marks = [type(control).__name__, *(str(control.property(name)) for name in ("kind", "role", "segment", "invalid"))]
    if isinstance(control, QAbstractButton):
        marks += [str(control.isChecked()), str(control.isEnabled())]
    return " ".join(marks)


def without_ring(window: QWidget, done: set[str]) -> list[str]:
    """The controls that do not show that they have the keyboard; what is in `done` was looked at before."""
    found = []
    for control in round_trip(window):
        style = style_of(control)
        if style not in done:
            done.add(style)
            least = _MARKED_SHARE if isinstance(control, QTabBar | Plot) else _RING_SHARE
            found += [f"{described(control)}: {share:.2f}" for share in [_ring(control, window)] if share < least]
    return found


def _ring(control: QWidget, window: QWidget) -> float:
    """How many pixels change clearly with the focus, for each pixel of the outline."""
    other = next((each for each in controls(window) if each is not control and _can_take(each)), None)
    control.setFocus(Qt.FocusReason.TabFocusReason)
    having = pixels(control.grab().toImage())
    if other is None:
        control.clearFocus()
    else:
        other.setFocus(Qt.FocusReason.TabFocusReason)
    lacking = pixels(control.grab().toImage())
    if having.shape != lacking.shape:
        return 1.0
    light, dark = (_luminances(each) for each in (having, lacking))
    changed = (np.maximum(light, dark) + 0.05) / (np.minimum(light, dark) + 0.05) >= SEEN
    height, width = changed.shape
    return float(changed.sum()) / (2 * (height + width))


def _luminances(image: Pixels) -> NDArray[np.float64]:
    channels = image / 255
    linear = np.where(channels <= 0.03928, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))


def _can_take(control: QWidget) -> bool:
    return control.isEnabled() and bool(control.focusPolicy() & Qt.FocusPolicy.TabFocus)


def pixels(image: QImage) -> Pixels:
    """A picture's red, green and blue, uint8 (height, width, 3)."""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : plain.width() * 4].reshape(plain.height(), plain.width(), 4)[:, :, 2::-1].copy()


def faint_words(window: QWidget) -> list[str]:
    """Words whose pixels stand out less than they should from what is behind them; what is disabled may be faint."""
    seen = pixels(window.grab().toImage())
    ratio = window.devicePixelRatioF()
    found = []
    for widget in _worded(window):
        room = _shown_part(widget, window)
        if room.width() < 8 or room.height() < 8:
            continue
        top, left = round(room.top() * ratio), round(room.left() * ratio)
        part = seen[top : top + round(room.height() * ratio), left : left + round(room.width() * ratio)]
        measured = _contrast_within(part)
        if measured is not None and measured < READABLE - 0.3:  # thin strokes are never drawn in the full colour
            found.append(f"{described(widget)}: {measured:.1f}")
    return found


def _worded(window: QWidget) -> Iterator[QWidget]:
    for widget in window.findChildren(QWidget):
        if widget.isVisible() and widget.isEnabled() and widget.window() is window and _words_on(widget):
            yield widget


def _words_on(widget: QWidget) -> str:
    if isinstance(widget, QLabel | QPushButton | QCheckBox | QRadioButton | QToolButton):
        shows_words = not isinstance(widget, QAbstractButton) or _shows_words(widget)
        return widget.text().strip() if shows_words else ""
    return ""


def _shown_part(widget: QWidget, window: QWidget) -> QRect:
    """The part that can be seen: not what is scrolled out of sight, nor a button's border."""
    margin = 4 if isinstance(widget, QAbstractButton) else 0
    inner = widget.rect().adjusted(margin, margin, -margin, -margin)
    shown = widget.visibleRegion().boundingRect().intersected(inner)
    return shown.translated(widget.mapTo(window, QPoint()))


def _contrast_within(part: Pixels) -> float | None:
    """Of the most usual colour, the ground, and that which differs most from it; None where nothing is drawn."""
    packed = part[..., 0].astype(np.uint32) << 16 | part[..., 1].astype(np.uint32) << 8 | part[..., 2]
    colours, counts = np.unique(packed, return_counts=True)
    ground = int(colours[counts.argmax()])
    apart = sum(np.abs((colours >> shift & 255).astype(int) - (ground >> shift & 255)) for shift in (16, 8, 0))
    farthest = int(apart.argmax())
    if apart[farthest] < _DRAWN:
        return None
    return contrast(f"#{ground:06X}", f"#{int(colours[farthest]):06X}")


def wordless_icons(window: QWidget) -> list[str]:
    """Icons in a colour that means something, without a word beside them."""
    return [
        f"{icon.property('_name') or type(icon).__name__} in {type(icon.parentWidget()).__name__}"
        for icon in window.findChildren(QWidget)
        if type(icon).__name__ == "IconLabel" and icon.isVisible() and not _has_word_beside(icon)
    ]


def _has_word_beside(icon: QWidget) -> bool:
    parent = icon.parentWidget()
    beside: Iterable[QLabel] = () if parent is None else parent.findChildren(QLabel)
    return any(label.isVisible() and label.text().strip() for label in beside)


# Room


def clipped(window: QWidget) -> list[str]:
    """Words that do not fit where they stand, and widgets that stick out of what holds them."""
    found = []
    for widget in window.findChildren(QWidget):
        if widget.isVisible() and widget.window() is window and not _is_inside_a_control(widget):
            if _words_on(widget) and _is_cut(widget):
                found.append(f"cut: {described(widget)} {widget.width()}x{widget.height()}")
            if _sticks_out(widget):
                found.append(f"sticks out: {described(widget)} {widget.geometry()}")
    return found


def _is_cut(widget: QWidget) -> bool:
    if type(widget).__name__ == "ElidedLabel":
        return False  # what does not fit is whole in the tool tip
    if isinstance(widget, QLabel) and widget.wordWrap():
        return widget.heightForWidth(widget.width()) > widget.height() + 1
    metrics = widget.fontMetrics()
    return metrics.horizontalAdvance(_longest_line(widget)) > widget.width() or metrics.height() > widget.height()


def _longest_line(widget: QWidget) -> str:
    return max(_words_on(widget).splitlines(), key=len)


def _sticks_out(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    if parent is None or isinstance(parent, QAbstractScrollArea | QAbstractItemView):
        return False
    holder = parent.parentWidget()
    if isinstance(holder, QAbstractScrollArea) and parent is holder.viewport():
        return False
    return not parent.rect().adjusted(-1, -1, 1, 1).contains(widget.geometry()) and not widget.size().isEmpty()


def settle() -> None:
    """Let what was asked for be drawn."""
    for _ in range(3):
        QApplication.processEvents()


# Keys


@dataclass(frozen=True)
class Bound:
    """A key that Qt listens for: what it is, on which widget, and how far around that it holds."""

    key: str
    widget: QWidget
    reach: Qt.ShortcutContext


def bound_keys(window: QWidget) -> list[Bound]:
    """The shortcuts of all that a window shows now."""
    found = [
        Bound(_portable(each.key()), each.parent(), each.context())
        for each in window.findChildren(QShortcut)
        if each.isEnabled() and isinstance(each.parent(), QWidget)
    ]
    for widget in (window, *window.findChildren(QWidget)):
        for action in widget.actions():
            if action.isEnabled() and not action.shortcut().isEmpty():
                found.append(Bound(_portable(action.shortcut()), widget, action.shortcutContext()))
    return [each for each in found if each.key and each.widget.isVisible() and each.widget.window() is window]


def clashes(window: QWidget) -> list[str]:
    """Keys of which Qt could not tell what they are for, so that they would do nothing."""
    found = []
    for one, other in combinations(bound_keys(window), 2):
        if one.key == other.key and (_holds_with(one, other) or _holds_with(other, one)):
            found.append(f"{one.key} in {type(one.widget).__name__} and in {type(other.widget).__name__}")
    return found


def _holds_with(one: Bound, other: Bound) -> bool:
    """Whether one holds wherever the keyboard is when the other does."""
    if one.reach == Qt.ShortcutContext.WindowShortcut:
        return True
    if one.widget is other.widget:
        return True
    within = one.reach == Qt.ShortcutContext.WidgetWithChildrenShortcut
    return within and one.widget.isAncestorOf(other.widget)


def _portable(key: QKeySequence) -> str:
    return key.toString(QKeySequence.SequenceFormat.PortableText)
