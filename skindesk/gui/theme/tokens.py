"""The colours of the light and the dark theme, by what they are used for."""

from dataclasses import dataclass

from skindesk.domain.labels import MalignancyGroup


@dataclass(frozen=True)
class Tokens:
    """One theme's colours as #RRGGBB. Text on `bg`, `surface`, `raised` or `chosen` has a contrast of 4.5:1 or more.

    The colours of the groups, `novel` and `muted` among them, differ clearly without any one kind of cone, too.
    """

    name: str
    bg: str
    surface: str
    raised: str
    chosen: str
    text: str
    muted: str
    border: str
    hairline: str
    accent: str
    on_accent: str
    accent_strong: str
    malignant: str
    premalignant: str
    benign: str
    novel: str
    error: str
    done: str
    canvas: str = "#3A3A3A"
    """The surround of every picture, the same neutral grey in both themes, so that colours are judged right."""
    on_canvas: str = "#F2F2F2"


def group_token(group: MalignancyGroup) -> str:
    """The name of a malignancy group's colour; an icon and a word always stand beside it."""
    return {
        MalignancyGroup.MALIGNANT: "malignant",
        MalignancyGroup.PREMALIGNANT: "premalignant",
        MalignancyGroup.BENIGN: "benign",
    }.get(group, "muted")


LIGHT = Tokens(
    name="light",
    bg="#F5F6F8",
    surface="#FFFFFF",
    raised="#EDF0F4",
    chosen="#DCEAF0",
    text="#17202B",
    muted="#4A5666",
    border="#7A8493",
    hairline="#D8DEE6",
    accent="#0B6580",
    on_accent="#FFFFFF",
    accent_strong="#084E63",
    malignant="#8A1A0C",
    premalignant="#80640A",
    benign="#2B67A8",
    novel="#52278A",
    error="#B42318",
    done="#1B643C",
)

DARK = Tokens(
    name="dark",
    bg="#11161C",
    surface="#181E26",
    raised="#212A35",
    chosen="#1C3B48",
    text="#E8EDF3",
    muted="#A9B4C2",
    border="#6B7889",
    hairline="#2C3642",
    accent="#58BFDB",
    on_accent="#06222B",
    accent_strong="#83D3E9",
    malignant="#F5876A",
    premalignant="#FECA52",
    benign="#A8CBFF",
    novel="#B190F2",
    error="#FF8F86",
    done="#74D29C",
)

_active = [LIGHT]


def current() -> Tokens:
    """The tokens that the program shows now; code that paints asks each time it paints."""
    return _active[0]


def set_current(tokens: Tokens) -> None:
    """Change the tokens; `apply_theme` calls this and then repaints everything."""
    _active[0] = tokens
