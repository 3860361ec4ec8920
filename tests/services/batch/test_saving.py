"""Pictures of a batch in the case log: one case each, under the patient who is named, and nothing by mistake."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from skindesk.domain.case import PatientDetails
from skindesk.domain.contract import Modality
from skindesk.domain.errors import AccessRefusedError
from skindesk.domain.people import Permission
from skindesk.inference.classifier import Classifier
from skindesk.services.batch import Job, Options, Result, Search, classify_items, find_items
from skindesk.services.batch.saving import NotSaved, SavedPicture, save_selected
from skindesk.services.casework import Casework
from skindesk.storage.case_log import open_case_log
from skindesk.system.paths import Profile
from tests.support.pictures import BLUE, GREEN, RED, write_picture


@pytest.fixture
def casework(tmp_path: Path) -> Iterator[Casework]:
    log = open_case_log(Profile(tmp_path / "profile").log, None)
    yield Casework(log, lambda _: None)
    log.close()


@pytest.fixture
def results(tiny_classifier: Classifier, tmp_path: Path) -> list[Result]:
    """Two pictures of one patient, one of another, one of nobody, and a damaged one."""
    for name, colour in (("a", RED), ("b", GREEN), ("c", BLUE), ("d", (90, 10, 10))):
        write_picture(tmp_path / f"{name}.png", colour)
    (tmp_path / "bad.png").write_bytes(b"\x89PNG")
    lines = ("file,patient,lesion", "a.png,P-1,L7", "b.png,p-1,", "c.png,P-2,", "d.png,,", "bad.png,P-1,")
    (tmp_path / "list.csv").write_text("\n".join(lines), "utf-8")
    search = Search((str(tmp_path / "list.csv"),))
    return list(classify_items(find_items(search), tiny_classifier, options=Options(embedding=True)))


def save(results: list[Result], casework: Casework) -> list[SavedPicture | NotSaved]:
    return list(save_selected(results, casework, Modality.DERMOSCOPIC))


def test_each_picture_becomes_a_case_of_the_patient_in_the_list(results: list[Result], casework: Casework) -> None:
    saved = save(results, casework)
    assert [type(each) for each in saved] == [SavedPicture, SavedPicture, SavedPicture, NotSaved, NotSaved]
    cases = [casework.log.case(each.case.case_id) for each in saved if isinstance(each, SavedPicture)]
    assert [case.patient.details.identifier for case in cases] == ["P-1", "P-1", "P-2"]
    assert cases[0].lesion.details.description == "L7"
    (picture,) = cases[0].visits[0].pictures
    assert (picture.details.file_name, picture.details.width_px, picture.details.height_px) == ("a.png", 80, 60)
    assert [entry.top.label.code for entry in picture.predictions] == ["red"]
    assert casework.log.picture(picture.details.sha256) == results[0].item.path.read_bytes()
    assert all(case.visits[0].reviews == () for case in cases)


def test_reasons_say_what_is_wrong_with_each(results: list[Result], casework: Casework) -> None:
    refused = [each.message for each in save(results, casework) if isinstance(each, NotSaved)]
    assert refused[0] == "No patient is named for d.png. Enter the patient's identifier."
    assert refused[1].startswith("bad.png is not a picture")


def test_identifier_can_be_typed(results: list[Result], casework: Casework) -> None:
    (saved,) = save_selected(results[3:4], casework, Modality.DERMOSCOPIC, lambda _: " P-9 ")
    assert isinstance(saved, SavedPicture)
    assert casework.log.patients("P-9")[0].details == PatientDetails("P-9")


def test_same_picture_is_not_saved_twice_for_one_patient(results: list[Result], casework: Casework) -> None:
    save(results[:1], casework)
    (again,) = save(results[:1], casework)
    assert isinstance(again, NotSaved)
    assert "already" in again.message
    assert casework.log.count() == 1


def test_picture_that_has_changed_since_is_not_saved_with_the_old_answer(
    results: list[Result], casework: Casework
) -> None:
    write_picture(results[0].item.path, BLUE)
    results[1].item.path.unlink()
    changed, gone = save(results[:2], casework)
    assert isinstance(changed, NotSaved)
    assert "has changed since it was classified" in changed.message
    assert isinstance(gone, NotSaved)
    assert "does not exist" in gone.message
    assert casework.log.count() == 0


def test_result_of_a_continued_job_can_be_saved(
    tiny_classifier: Classifier, results: list[Result], casework: Casework, tmp_path: Path
) -> None:
    mix = results[0].outcome.prediction.class_mix  # type: ignore[union-attr]
    with Job(tmp_path / "out.csv", Search((str(tmp_path / "list.csv"),)), tiny_classifier, mix) as job:
        list(job.results())
        saved = save(list(job.all_results()), casework)
    assert [type(each) for each in saved[:3]] == [SavedPicture] * 3


def test_whoever_may_not_record_saves_nothing(results: list[Result], casework: Casework) -> None:
    def refuse(permission: Permission) -> None:
        raise AccessRefusedError(f"You may not {permission}.")

    with pytest.raises(AccessRefusedError):
        save(results, Casework(casework.log, refuse))
    assert casework.log.count() == 0


def test_quality_flags_go_with_the_picture(results: list[Result], casework: Casework) -> None:
    flagged = replace(results[0], outcome=replace(results[0].outcome, quality_flags=("low_resolution", "remark_hair")))
    (saved,) = save([flagged], casework)
    assert isinstance(saved, SavedPicture)
    (picture,) = casework.log.case(saved.case.case_id).visits[0].pictures
    assert [issue.value for issue in picture.details.quality] == ["hair"]
