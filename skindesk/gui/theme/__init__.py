"""How the program looks: colour tokens, type, icons and the one application stylesheet.

Widgets state what they are through dynamic properties (`role`, `kind`) and the stylesheet does the rest:

- QLabel[role]: page-title, section, body, secondary, number, error, done
- QFrame[role]: card, hairline, rail, panel, toolbar, popup
- QPushButton[kind]: primary, quiet, danger, band, chip, square; without a kind it is a normal secondary button
- QPushButton[segment]: first, middle, last, one part of a row of choices
"""

from skindesk.gui.theme.apply import apply_theme as apply_theme
from skindesk.gui.theme.apply import notifier as notifier
from skindesk.gui.theme.fonts import body_font as body_font
from skindesk.gui.theme.fonts import tabular as tabular
from skindesk.gui.theme.icons import icon as icon
from skindesk.gui.theme.icons import set_icon as set_icon
from skindesk.gui.theme.motion import is_motion_reduced as is_motion_reduced
from skindesk.gui.theme.motion import reduce_motion as reduce_motion
from skindesk.gui.theme.tokens import Tokens as Tokens
from skindesk.gui.theme.tokens import current as current
