"""Fills a case log with any number of generated cases, past the program's own saving, which would take hours."""

import json
import random
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any

from skindesk.domain.case import Plan, Sex, Site, SkinType
from skindesk.domain.lesion_state import LesionState
from skindesk.storage.case_log import open_case_log
from skindesk.storage.engine import DatabaseFile
from skindesk.storage.recency import recency_of
from skindesk.storage.sealing import DataKey
from skindesk.storage.search import fold, identifier_key, searchable_words
from skindesk.system.paths import LogFolder

LESIONS_OF_EACH = 5
_AT_ONCE = 20_000
_FIRST = datetime(2016, 1, 4, 8, tzinfo=UTC)
_SPAN = timedelta(days=10 * 365)
_SYLLABLES = (
    "ba",
    "den",
    "fel",
    "gro",
    "han",
    "jo",
    "kre",
    "lin",
    "mar",
    "nor",
    "pe",
    "qui",
    "ros",
    "sta",
    "tur",
    "wei",
)
_NOTES = ("itches since spring", "bled once", "stable", "darker border", "mother worried", "new satellite", "crusted")
_NAMES = {
    "nv": "Melanocytic nevus",
    "mel": "Melanoma",
    "bkl": "Benign keratosis",
    "bcc": "Basal cell carcinoma",
    "akiec": "Actinic keratosis or Bowen's disease",
    "df": "Dermatofibroma",
    "vasc": "Vascular lesion",
}
_GROUPS = {"mel": "malignant", "bcc": "malignant", "akiec": "premalignant"}

Row = tuple[Any, ...]


def fill(folder: LogFolder, key: DataKey, cases: int, seed: int = 1) -> None:
    """Cases with one visit, picture, answer and review each, five for every patient, over ten years."""
    open_case_log(folder, key).close()
    chance = random.Random(seed)
    with closing(DatabaseFile(folder.database, key.database).connect()) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -400000")
        for first in range(0, cases, _AT_ONCE):
            with connection:
                tables: dict[str, list[Row]] = {}
                for number in range(first, min(first + _AT_ONCE, cases)):
                    for table, row in _rows(number + 1, cases, chance):
                        tables.setdefault(table, []).append(row)
                for table, rows in tables.items():
                    connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
        connection.execute("PRAGMA optimize")


def family_name(patient: int) -> str:
    """The name that a generated patient has."""
    chance = random.Random(patient)
    return "".join(chance.choice(_SYLLABLES) for _ in range(3)).capitalize()


def _rows(number: int, cases: int, chance: random.Random) -> Iterator[tuple[str, Row]]:
    patient, place = divmod(number - 1, LESIONS_OF_EACH)
    patient += 1
    identifier, family, given = f"{patient:07}", family_name(patient), family_name(patient * 31 % 5003)
    if place == 0:
        yield from _patient(patient, identifier, family, given, chance)
    seen = _FIRST + _SPAN * (number / cases) + timedelta(seconds=chance.randrange(60 * 86_400))
    at, day = seen.strftime("%Y-%m-%d %H:%M:%S.%f"), seen.date()
    state = chance.choices(list(LesionState), (60, 20, 2, 18))[0]
    code = chance.choices(list(_NAMES), (65, 8, 12, 6, 5, 2, 2))[0]
    site, note = chance.choice(list(Site)), chance.choice(_NOTES)
    plan = {LesionState.WATCHED: Plan.WATCH, LesionState.BIOPSY_PENDING: Plan.BIOPSY}.get(state, Plan.NONE)
    due = (day + timedelta(days=chance.choice((90, 180, 365)))).isoformat() if state is LesionState.WATCHED else None
    answers = _answers(code, chance)
    malignant = sum(answer["probability"] for answer in answers if answer["code"] in _GROUPS)
    recency = recency_of(seen, number)
    pending = day.isoformat() if state is LesionState.BIOPSY_PENDING else None
    yield (
        "lesion",
        (
            *(number, patient, place + 1, site.value, f"spot {place + 1}", at, recency, None, None, None),
            *(state.value, due, pending, malignant, "dermoscopy-7"),
        ),
    )
    digest = f"{number:064x}"
    yield "visit", (number, number, day.isoformat(), at)
    picture = (number, number, digest, f"IMG_{number}.jpg", "image/jpeg", 600, 450, "dermoscopic", at)
    yield "image", (*picture, "dermoscopic", None, "", "", None, None)
    answer = (number, number, "dermoscopy-7", "2.0.0", "d" * 64, digest, json.dumps(answers), "supported", None)
    yield "prediction", (*answer, at, 1.0, "archive", "[]")
    yield "review", (number, number, code, "medium", plan.value, note, 0, at, "", None, due, None)
    told = (family, given, identifier, site.value, f"spot {place + 1}", state.value, day.isoformat(), plan.value, note)
    words = fold(" ".join((*told, code, _NAMES[code], picture[3], "dermoscopy-7", _NAMES[code])))
    yield "case_text (rowid, words)", (recency, f"{words} {day:%Y%m%d}")


def _patient(
    patient: int, identifier: str, family: str, given: str, chance: random.Random
) -> Iterator[tuple[str, Row]]:
    born = date(1930, 1, 1) + timedelta(days=chance.randrange(32_000))
    yield (
        "patient",
        (
            *(patient, identifier, identifier_key(identifier), family, given, fold(f"{family} {given}")),
            *(born.isoformat(), chance.choice(list(Sex)).value, chance.choice(list(SkinType)).value),
            *("2016-01-04 08:00:00.000000", "", ""),
        ),
    )
    for word in searchable_words(identifier, family, given):
        yield "patient_word", (word, patient)


def _answers(code: str, chance: random.Random) -> list[dict[str, Any]]:
    top = chance.uniform(0.4, 0.95)
    rest = (1 - top) / (len(_NAMES) - 1)
    return [
        {
            "code": one,
            "name": name,
            "group": _GROUPS.get(one, "benign"),
            "icd10": "",
            "icd11": "",
            "probability": top if one == code else rest,
        }
        for one, name in _NAMES.items()
    ]
