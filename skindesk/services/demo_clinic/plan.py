"""Who comes to the invented clinic: its patients, what is seen on them, and what its clinicians look for."""

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from skindesk.domain.body import figure_for
from skindesk.domain.case import PatientDetails, Sex, Site, SkinType
from skindesk.domain.case_filter import CaseFilter, SavedFilter
from skindesk.domain.lesion_state import LesionState
from skindesk.services.demo_clinic.courses import KINDS, Course, tell_course
from skindesk.services.demo_clinic.diseases import places_of
from skindesk.services.demo_clinic.names import draw_name
from skindesk.services.demo_clinic.places import draw_place
from skindesk.services.demo_clinic.planned import PlannedLesion, PlannedPatient

SEED = 7

_ADULTS: Mapping[Course, int] = {
    Course.SETTLED: 20,
    Course.EXCISED: 36,
    Course.STABLE: 11,
    Course.CHANGED: 15,
    Course.OVERDUE: 6,
    Course.TODAY: 3,
    Course.SOON: 7,
    Course.LATER: 14,
    Course.PENDING: 9,
    Course.NEW: 17,
}
"""How many lesions of adults take each course; 138 in all."""
_CHILDREN: Mapping[Course, int] = {Course.SETTLED: 4, Course.STABLE: 2, Course.SOON: 1, Course.LATER: 2, Course.NEW: 3}
_LESIONS_OF_ADULTS = (1,) * 6 + (2,) * 18 + (3,) * 18 + (4,) * 8 + (5,) * 2
_LESIONS_OF_CHILDREN = (1, 2) * 4
_KINDS_OF_CHILDREN = {"nv": 75, "vasc": 25}
_SKIN_TYPES = {SkinType.I: 8, SkinType.II: 26, SkinType.III: 28, SkinType.IV: 18, SkinType.V: 11, SkinType.VI: 9}
_HISTORIES = (
    *("", "", "", ""),
    "Melanoma in the mother at 61.",
    "Many sunburns as a child.",
    "More than 50 naevi.",
    "Basal cell carcinoma excised in 2017.",
    "Kidney transplant in 2019, immunosuppressed.",
    "Works outdoors.",
)
_REMARKS = ("Comes with a daughter who interprets.", "Prefers appointments in the afternoon.", "Takes apixaban.")
_REMARK_EVERY = 9


def plan_clinic(today: date, seed: int = SEED) -> tuple[PlannedPatient, ...]:
    """Sixty patients with 150 lesions over three years up to `today`; the same for the same seed and day."""
    chance = random.Random(seed)
    adults, children = _dealt(chance, _ADULTS), _dealt(chance, _CHILDREN)
    households = [(False, count) for count in _LESIONS_OF_ADULTS] + [(True, count) for count in _LESIONS_OF_CHILDREN]
    chance.shuffle(households)
    return tuple(
        _patient(number, is_child, [next(children if is_child else adults) for _ in range(count)], chance, today)
        for number, (is_child, count) in enumerate(households, start=1)
    )


def saved_filters(today: date) -> tuple[SavedFilter, ...]:
    """What the invented clinicians look for again and again."""
    return (
        SavedFilter("Due by today", CaseFilter(states=frozenset({LesionState.WATCHED}), due_by=today)),
        SavedFilter("Back, malignant sum 50 % and more", _on_the_back(0.5)),
    )


def _on_the_back(malignant_sum_from: float) -> CaseFilter:
    return CaseFilter(sites=frozenset({Site.POSTERIOR_TORSO}), malignant_sum_from=malignant_sum_from)


def _dealt(chance: random.Random, counts: Mapping[Course, int]) -> Iterator[Course]:
    courses = [course for course, count in counts.items() for _ in range(count)]
    chance.shuffle(courses)
    return iter(courses)


def _patient(number: int, is_child: bool, courses: list[Course], chance: random.Random, today: date) -> PlannedPatient:
    sex = chance.choices((Sex.FEMALE, Sex.MALE, Sex.OTHER), (51, 47, 2))[0]
    family, given = draw_name(chance, sex)
    age_years = chance.randint(6, 13) if is_child else min(93, max(19, round(chance.gauss(55, 18))))
    details = PatientDetails(
        identifier=f"DEMO-{number:03}",
        family_name=family,
        given_name=given,
        birth_date=today - timedelta(days=age_years * 365 + chance.randrange(366)),
        sex=sex,
        skin_type=chance.choices(list(_SKIN_TYPES), list(_SKIN_TYPES.values()))[0],
        history="" if is_child else chance.choice(_HISTORIES),
    )
    kinds = _KINDS_OF_CHILDREN if is_child else None
    lesions = tuple(_lesion(details, course, kinds or KINDS[course], chance, today) for course in courses)
    remark = chance.choice(_REMARKS) if number % _REMARK_EVERY == 0 else ""
    return PlannedPatient(details, lesions, remark)


def _lesion(
    patient: PatientDetails, course: Course, kinds: Mapping[str, int], chance: random.Random, today: date
) -> PlannedLesion:
    is_dark_skin = patient.skin_type in (SkinType.V, SkinType.VI)
    code = chance.choices(list(kinds), list(kinds.values()))[0]
    if is_dark_skin and code == "akiec":
        code = "bkl"
    figure = figure_for(patient.sex, patient.birth_date, today)
    place = draw_place(chance, figure, places_of(code, is_dark_skin))
    seed = chance.randrange(10**6)
    visits, outcome = tell_course(course, chance, today, code)
    return PlannedLesion(place, code, seed, visits, outcome)
