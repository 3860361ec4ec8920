"""How a lesion's story runs: from the first visit to a diagnosis, a follow-up that is due, or a result to wait for."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise

from skindesk.domain.case import Confidence, Plan, ReviewDetails
from skindesk.domain.final_diagnosis import ConfirmedBy, FinalDiagnosisDetails
from skindesk.services.demo_clinic.diseases import DISEASES
from skindesk.services.demo_clinic.planned import PlannedVisit

_LONGEST_AGO_DAYS = 3 * 365
_OPENS, _CLOSES = 8, 17
_RIGHT_AT_ONCE = 0.8
"""How often an invented clinician's first impression is right."""


class Course(StrEnum):
    """What becomes of a lesion."""

    SETTLED = "settled at the first visit"
    EXCISED = "excised after the first visit"
    STABLE = "followed without a change and closed"
    CHANGED = "followed until it changed, then excised"
    OVERDUE = "follow-up overdue"
    TODAY = "follow-up today"
    SOON = "follow-up soon"
    LATER = "follow-up later"
    PENDING = "waiting for histology"
    NEW = "seen once"


KINDS: Mapping[Course, Mapping[str, int]] = {
    Course.SETTLED: {"bkl": 40, "nv": 35, "vasc": 15, "df": 10},
    Course.EXCISED: {"mel": 22, "bcc": 25, "akiec": 13, "nv": 22, "bkl": 12, "df": 6},
    Course.STABLE: {"nv": 85, "bkl": 15},
    Course.CHANGED: {"mel": 50, "nv": 35, "bcc": 15},
    Course.OVERDUE: {"nv": 80, "akiec": 20},
    Course.TODAY: {"nv": 70, "akiec": 30},
    Course.SOON: {"nv": 75, "akiec": 10, "bkl": 15},
    Course.LATER: {"nv": 80, "bkl": 10, "df": 10},
    Course.PENDING: {"mel": 30, "bcc": 30, "akiec": 15, "nv": 25},
    Course.NEW: {"nv": 55, "bkl": 30, "vasc": 15},
}
"""Of which kind lesions are that take a course, by weight."""

_DUE_IN_DAYS = {Course.OVERDUE: (-60, -1), Course.TODAY: (0, 0), Course.SOON: (1, 13), Course.LATER: (20, 150)}
_NOTES = {
    Plan.WATCH: ("", "", "Regular network, symmetrical.", "The patient has not noticed a change."),
    Plan.BIOPSY: ("Itches and bleeds at times.", "Ugly duckling.", "Patient explained, consent signed."),
    Plan.EXCISE: ("Larger than in the last picture.", "Has become darker within months."),
    Plan.NONE: ("", "", "Reassured; comes back if it changes."),
}


@dataclass(frozen=True)
class _Story:
    """One lesion's story in the making. Days are counted back from `today`."""

    chance: random.Random
    today: date
    code: str

    def visit(self, day: date, plan: Plan, grown: float = 1.0, again_on: date | None = None) -> PlannedVisit:
        chance = self.chance
        review = ReviewDetails(
            impression=self._impression(),
            confidence=chance.choices(list(Confidence), (25, 45, 30))[0],
            plan=plan,
            notes=chance.choice(_NOTES[plan]),
            revealed_before=chance.random() < 0.1,
            follow_up_on=again_on,
        )
        cameras = tuple(chance.randrange(10**6) for _ in range(1 if chance.random() < 0.85 else 2))
        opened = time(chance.randrange(_OPENS, _CLOSES), chance.randrange(0, 60, 5))
        return PlannedVisit(datetime.combine(day, opened).astimezone(UTC), grown, cameras, review, chance.random())

    def ago(self, least: int, most: int) -> date:
        """A working day so long ago."""
        return _working_day(self.today - timedelta(days=self.chance.randint(least, most)))

    def visits_until(self, last: date, count: int, growth: float) -> list[PlannedVisit]:
        """Visits some months apart, at each of which the next one was agreed; on the last one nothing is yet."""
        days = [last]
        while len(days) < count:
            days.insert(0, _working_day(days[0] - timedelta(days=self.chance.randint(80, 190))))
        earliest = self.today - timedelta(days=_LONGEST_AGO_DAYS)
        days = [day for day in days if day >= earliest]
        watched = [
            self.visit(day, Plan.WATCH, growth**number, again_on)
            for number, (day, again_on) in enumerate(pairwise(days))
        ]
        return [*watched, self.visit(last, Plan.NONE, growth ** (len(days) - 1))]

    def histology(self, taken_on: date) -> FinalDiagnosisDetails:
        """The laboratory's answer, some days later."""
        decided_on = min(self.today, taken_on + timedelta(days=self.chance.randint(6, 16)))
        report = f"Generated report. {self.chance.choice(DISEASES[self.code].reports)}"
        return self.outcome(ConfirmedBy.HISTOPATHOLOGY, decided_on, report)

    def outcome(self, confirmed_by: ConfirmedBy, decided_on: date, text: str = "") -> FinalDiagnosisDetails:
        return FinalDiagnosisDetails(self.code, DISEASES[self.code].group, confirmed_by, decided_on, text)

    def _impression(self) -> str:
        right = self.chance.random() < _RIGHT_AT_ONCE
        return self.code if right else self.chance.choice(DISEASES[self.code].mistaken_for)


Told = tuple[Sequence[PlannedVisit], FinalDiagnosisDetails | None]


def tell_course(
    course: Course, chance: random.Random, today: date, code: str
) -> tuple[tuple[PlannedVisit, ...], FinalDiagnosisDetails | None]:
    """The visits of a lesion that takes this course, oldest first, and its final diagnosis where there is one."""
    story = _Story(chance, today, code)
    tellers: dict[Course, Callable[[_Story], Told]] = {
        Course.SETTLED: _settled,
        Course.EXCISED: _excised,
        Course.STABLE: _stable,
        Course.CHANGED: _changed,
        Course.PENDING: _pending,
        Course.NEW: _new,
    }
    visits, outcome = tellers[course](story) if course in tellers else _watched(story, *_DUE_IN_DAYS[course])
    return tuple(visits), outcome


def _settled(story: _Story) -> Told:
    day = story.ago(20, _LONGEST_AGO_DAYS)
    by = story.chance.choice((ConfirmedBy.CLINICAL_ASSESSMENT, ConfirmedBy.EXPERT_CONSENSUS))
    return [story.visit(day, Plan.NONE)], story.outcome(by, day)


def _excised(story: _Story) -> Told:
    day = story.ago(25, _LONGEST_AGO_DAYS)
    return [story.visit(day, story.chance.choice((Plan.BIOPSY, Plan.EXCISE)))], story.histology(day)


def _stable(story: _Story) -> Told:
    last = story.ago(15, 400)
    visits = story.visits_until(last, story.chance.randint(3, 4), growth=1.0)
    return visits, story.outcome(ConfirmedBy.SERIAL_IMAGING, last, "No change over the visits.")


def _changed(story: _Story) -> Told:
    last = story.ago(25, 500)
    growth = story.chance.uniform(1.10, 1.18)
    *watched, found = story.visits_until(last, story.chance.randint(2, 4), growth)
    return [*watched, story.visit(last, Plan.EXCISE, found.grown)], story.histology(last)


def _watched(story: _Story, least: int, most: int) -> Told:
    due = story.today + timedelta(days=story.chance.randint(least, most))
    last = _working_day(min(due - timedelta(days=story.chance.randint(90, 180)), story.today - timedelta(days=1)))
    *earlier, latest = story.visits_until(last, story.chance.randint(1, 3), story.chance.choice((1.0, 1.0, 1.05)))
    return [*earlier, story.visit(last, Plan.WATCH, latest.grown, due)], None


def _pending(story: _Story) -> Told:
    plan = story.chance.choice((Plan.BIOPSY, Plan.EXCISE))
    return [story.visit(story.ago(2, 20), plan)], None


def _new(story: _Story) -> Told:
    return [story.visit(story.ago(1, 60), Plan.NONE)], None


def _working_day(day: date) -> date:
    """The day, or the Friday before it."""
    return day - timedelta(days=max(0, day.weekday() - 4))
