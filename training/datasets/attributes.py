"""What is known of a picture besides its diagnosis, in one vocabulary for all archives."""

ATTRIBUTES = ("lesion_id", "age", "sex", "site", "skin_type", "source", "patient_id", "biopsied", "publisher_split")
"""Every archive's optional columns. "" says that the archive tells nothing. `lesion_id` and `patient_id` are the
publisher's, unique over archives; `publisher_split` is train, validation or test; `source` is the collection that a
picture came from; the rest is told by the functions below."""

_SKIN_TYPES = ("I", "II", "III", "IV", "V", "VI")
_ABSENT = ("", "nan", "na", "none", "null")


def age(text: str) -> str:
    """Whole years as text: "45.0" becomes "45"; "" where the archive has none."""
    try:
        return f"{float(text):.0f}" if _known(text) else ""
    except ValueError:
        return ""


def sex(text: str) -> str:
    """ "female", "male" or "unknown"."""
    word = text.strip().lower()
    return word if word in ("female", "male") else "unknown"


def site(text: str) -> str:
    """The publisher's word in small letters; "" where it is unknown."""
    word = text.strip().lower()
    return word if _known(word) and word != "unknown" else ""


def skin_type(text: str) -> str:
    """Fitzpatrick's type (Arch Dermatol 1988; 124: 869-871) as I to VI, from a number such as "2.0"; else ""."""
    try:
        return _SKIN_TYPES[round(float(text)) - 1] if 1 <= float(text) <= len(_SKIN_TYPES) else ""
    except ValueError:
        return ""


def yes_or_no(text: str) -> str:
    """ "yes" or "no" from the words that tables use for true and false; "" for anything else."""
    word = text.strip().lower()
    if word in ("true", "yes", "1", "1.0"):
        return "yes"
    return "no" if word in ("false", "no", "0", "0.0") else ""


def _known(text: str) -> bool:
    return text.strip().lower() not in _ABSENT
