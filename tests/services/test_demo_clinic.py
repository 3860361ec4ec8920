"""The generated clinic: planned the same each time, drawn as planned, and saved through the program's own services."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from PIL import Image

from skindesk.bootstrap import Workspace
from skindesk.domain.audit import AuditAction
from skindesk.domain.body import REGIONS, BodyFigure, figure_for
from skindesk.domain.case import SkinType
from skindesk.domain.class_mix import ClassMix
from skindesk.domain.errors import ProfileUnavailableError
from skindesk.domain.lesion_state import LesionState
from skindesk.domain.worklist import Due
from skindesk.imaging.body_map import centre_of, region_at
from skindesk.imaging.phantoms import KINDS, NOTICE
from skindesk.inference.classifier import Classifier
from skindesk.services.access import Access
from skindesk.services.demo_clinic import pictures
from skindesk.services.demo_clinic.courses import Course, tell_course
from skindesk.services.demo_clinic.diseases import DISEASES, places_of
from skindesk.services.demo_clinic.furnish import Network, furnish
from skindesk.services.demo_clinic.mark import is_demo, mark_as_demo
from skindesk.services.demo_clinic.pictures import draw_pictures
from skindesk.services.demo_clinic.plan import plan_clinic
from skindesk.services.demo_clinic.planned import PlannedLesion
from skindesk.storage.keyring import Cost
from skindesk.system.paths import Profile

TODAY = date(2026, 7, 15)
CLINIC = plan_clinic(TODAY)
LESIONS = [lesion for patient in CLINIC for lesion in patient.lesions]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace(Profile(tmp_path / "profile"), log_file=None)
    opened._access = Access(opened.profile, Cost(memory_kib=64, passes=1, lanes=1))
    opened.access.set_up_open()
    yield opened
    opened.close_case_log()


@pytest.fixture
def network(tiny_classifier: Classifier) -> Network:
    return Network(tiny_classifier, ClassMix("archive", tiny_classifier.contract.class_mix))


@pytest.fixture
def small_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fifth as wide, so that a whole clinic is drawn in seconds."""
    monkeypatch.setattr(pictures, "WIDTH_PX", 88)
    monkeypatch.setattr(pictures, "HEIGHT_PX", 66)
    monkeypatch.setattr(pictures, "_SKIN", (108, 81))


def keep_quiet(_there: int, _count: int) -> None:
    pass


def test_it_has_sixty_patients_of_every_skin_type_with_150_lesions_and_the_same_each_time() -> None:
    assert plan_clinic(TODAY) == CLINIC
    assert plan_clinic(TODAY, seed=8) != CLINIC
    assert len(CLINIC) == 60
    assert len(LESIONS) == 150
    assert {patient.details.skin_type for patient in CLINIC} == set(SkinType) - {SkinType.UNKNOWN}
    figures = Counter(figure_for(patient.details.sex, patient.details.birth_date, TODAY) for patient in CLINIC)
    assert figures[BodyFigure.CHILD] >= 4
    assert {lesion.code for lesion in LESIONS} == set(DISEASES) == set(KINDS)


def test_every_lesion_lies_in_the_region_that_its_record_names() -> None:
    for patient in CLINIC:
        figure = figure_for(patient.details.sex, patient.details.birth_date, TODAY)
        for lesion in patient.lesions:
            assert lesion.details.position is not None
            region = region_at(figure, lesion.details.position)
            assert region is not None
            assert (region.name, region.site) == (lesion.details.description, lesion.details.site)


@pytest.mark.parametrize("code", DISEASES)
@pytest.mark.parametrize("is_dark_skin", [False, True])
def test_places_are_on_the_views_that_they_are_named_with(code: str, is_dark_skin: bool) -> None:
    for view, keys in places_of(code, is_dark_skin).items():
        for key in keys:
            assert region_at(BodyFigure.NEUTRAL, centre_of(view, key)) == REGIONS[key]


@pytest.mark.parametrize("course", Course)
@pytest.mark.parametrize("seed", range(30))
def test_visits_are_on_working_days_of_three_years_and_before_the_diagnosis(course: Course, seed: int) -> None:
    visits, outcome = tell_course(course, random.Random(seed), TODAY, "nv")

    days = [visit.visited_at.astimezone().date() for visit in visits]
    assert days == sorted(set(days))
    assert TODAY - timedelta(days=3 * 365 + 2) <= days[0]
    assert days[-1] < TODAY
    assert all(day.weekday() < 5 for day in days)
    assert all(before.grown <= after.grown for before, after in pairwise(visits))
    if outcome is not None:
        assert days[-1] <= outcome.decided_on <= TODAY


def lesion_of(course: Course, code: str, seed: int = 3) -> PlannedLesion:
    visits, outcome = tell_course(course, random.Random(seed), TODAY, code)
    return PlannedLesion(LESIONS[0].details, code, seed, visits, outcome)


def test_pictures_say_that_they_are_generated_and_are_the_same_each_time() -> None:
    lesion = lesion_of(Course.STABLE, "nv")
    drawn, again = (list(draw_pictures(lesion, SkinType.II)) for _ in range(2))

    assert [picture.content for picture in drawn] == [picture.content for picture in again]
    assert len({picture.details.sha256 for picture in drawn}) == len(drawn)
    with Image.open(BytesIO(drawn[0].content)) as image:
        assert image.size == (drawn[0].details.width_px, drawn[0].details.height_px)
        assert image.info["comment"].decode() == NOTICE


def test_skin_of_type_vi_is_darker_than_of_type_i() -> None:
    lesion = lesion_of(Course.NEW, "nv")
    light, dark = (
        np.median(np.asarray(Image.open(BytesIO(next(draw_pictures(lesion, skin_type)).content))))
        for skin_type in (SkinType.I, SkinType.VI)
    )
    assert light > 1.5 * dark


@pytest.mark.usefixtures("small_pictures")
def test_the_whole_clinic_is_saved_as_work_would_be(workspace: Workspace, network: Network) -> None:
    casework = workspace.casework
    told: list[int] = []

    furnish(casework, CLINIC, network, TODAY, lambda there, _count: told.append(there), Event())

    log = casework.log
    assert told == list(range(61))
    assert log.count() == 150
    assert log.check(full=True) == ()
    counts = log.record.worklist_counts(TODAY)
    assert (counts.overdue, counts.today, counts.pending, counts.soon) == (6, 3, 9, 8)
    pending = [item for item in log.record.worklist(TODAY) if item.due is Due.RESULT_PENDING]
    assert all(TODAY - timedelta(days=25) <= item.since < TODAY for item in pending)
    closed = log.record.closed_cases()
    assert len(closed) >= 60
    assert all(case.answer is not None and case.reading is not None for case in closed)
    assert any(case.reading is not None and case.reading.first != case.reading.standing for case in closed)
    first = log.page().cases[-1]
    case = log.case(first.case_id)
    assert case.visits[0].pictures[0].predictions[0].model.model_id == "colours-3"
    for kept in log.record.filters():
        assert log.count(kept.criteria) > 0
    actions = Counter(entry.action for entry in casework.audit_entries(limit=3000))
    assert actions[AuditAction.PATIENT_ADDED] == 60
    assert actions[AuditAction.FINAL_DIAGNOSIS_ADDED] == len(closed)
    assert actions[AuditAction.PATIENT_CORRECTED] >= 3
    entered = min(datetime.fromisoformat(entry.at) for entry in casework.audit_entries(limit=3000))
    assert datetime.now(UTC) - entered < timedelta(hours=1)


def test_what_was_stopped_goes_on_where_it_was(workspace: Workspace, network: Network) -> None:
    stop = Event()

    def stop_after_two(there: int, _count: int) -> None:
        if there == 2:
            stop.set()

    furnish(workspace.casework, CLINIC[:4], network, TODAY, stop_after_two, stop)
    assert len(workspace.casework.log.patients()) == 2

    told: list[int] = []
    furnish(workspace.casework, CLINIC[:4], network, TODAY, lambda there, _count: told.append(there), Event())

    assert told == [2, 3, 4]
    assert len(workspace.casework.log.patients()) == 4
    assert workspace.casework.log.count() == sum(len(patient.lesions) for patient in CLINIC[:4])


def test_without_a_network_cases_are_saved_without_answers(workspace: Workspace) -> None:
    furnish(workspace.casework, CLINIC[:1], None, TODAY, keep_quiet, Event())

    (summary,) = workspace.casework.log.page(limit=1).cases
    assert summary.top_name is None
    assert summary.impression in {disease.name for disease in DISEASES.values()}


def test_a_watched_lesion_is_due_on_the_planned_day(workspace: Workspace) -> None:
    patient = next(each for each in CLINIC if any(lesion.outcome is None for lesion in each.lesions))
    furnish(workspace.casework, [patient], None, TODAY, keep_quiet, Event())

    planned = {
        (lesion.details.position, None if lesion.outcome else lesion.visits[-1].review.follow_up_on)
        for lesion in patient.lesions
    }
    cases = workspace.casework.log.page().cases
    assert {(case.lesion.details.position, case.lesion.follow_up_on) for case in cases} == planned
    closed = [case for case in cases if case.lesion.state is LesionState.CLOSED]
    assert len(closed) == sum(lesion.outcome is not None for lesion in patient.lesions)


def test_only_a_new_folder_becomes_a_demo_and_stays_one(tmp_path: Path) -> None:
    fresh, used = Profile(tmp_path / "fresh"), Profile(tmp_path / "used")
    used.root.mkdir()
    (used.root / "settings.json").write_text("{}", "utf-8")

    mark_as_demo(fresh)
    mark_as_demo(fresh)

    assert is_demo(fresh)
    with pytest.raises(ProfileUnavailableError, match="not empty"):
        mark_as_demo(used)
    assert not is_demo(used)
