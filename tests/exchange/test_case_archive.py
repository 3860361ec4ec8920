"""A file of cases: what is in it, and that nothing is taken from one that is not sound."""

import hashlib
import json
import random
import stat
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from skindesk.domain.capture import NOTHING_KNOWN
from skindesk.domain.case import Case, Plan
from skindesk.domain.errors import OutputUnavailableError
from skindesk.domain.final_diagnosis import Attachment
from skindesk.domain.lesion_state import LesionState
from skindesk.domain.transfer import CaseArchiveError, Counts
from skindesk.exchange.case_archive import members as members_module
from skindesk.exchange.case_archive import reading, writing
from skindesk.exchange.case_archive.layout import FORMAT_VERSION, files_of
from skindesk.exchange.case_archive.reading import CaseArchive
from skindesk.exchange.case_archive.writing import CaseArchiveWriter
from skindesk.imaging.decode import PictureFile, read_picture_file
from tests.support.bad_inputs import write_bad_inputs
from tests.support.case_files import (
    MADE_AT,
    members_of,
    with_cases,
    with_manifest,
    write_case_file,
    write_first_version,
    write_members,
)
from tests.support.whole_cases import contents_of, picture_of, whole_case

CASES = (whole_case(1, 1), whole_case(1, 2), whole_case(2, 1))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_case_file(tmp_path / "cases.zip", *CASES)


def read(path: Path) -> list[tuple[Case, ...]]:
    """Everything in a file, once it was checked."""
    with CaseArchive(path) as archive:
        archive.check()
        patients = list(archive.patients())
        files = {file.sha256 for cases in patients for case in cases for file, _ in files_of(case)}
        assert {sha256: archive.content(sha256) for sha256 in files} == contents_of(*CASES)
    return patients


def refusal(path: Path) -> str:
    with pytest.raises(CaseArchiveError) as refused, CaseArchive(path) as archive:
        archive.check()
    assert refused.value.advice
    return str(refused.value)


def test_what_was_written_is_read(file: Path) -> None:
    assert read(file) == [CASES[:2], CASES[2:]]


def test_the_file_says_what_it_holds(file: Path) -> None:
    with CaseArchive(file) as archive:
        assert archive.manifest.counts == Counts(
            patients=2, cases=3, visits=6, pictures=12, predictions=24, reviews=12, final_diagnoses=6
        )
        assert archive.manifest.program_version == "0.1.0"
        assert archive.manifest.made_at == MADE_AT
    members = members_of(file)
    manifest = json.loads(members["manifest.json"])
    assert (manifest["format"], manifest["format_version"]) == ("skindesk-cases", FORMAT_VERSION)
    assert set(manifest["digests"]) == set(members) - {"manifest.json"}
    assert len(members["cases.jsonl"].splitlines()) == 3
    pictures = {f"pictures/{kept.details.sha256}.png" for case in CASES for kept in _pictures(case)}
    letters = {f"attachments/{letter.sha256}.pdf" for case in CASES for letter in _letters(case)}
    assert (len(pictures), len(letters)) == (12, 3)
    assert members.keys() == {"manifest.json", "cases.jsonl", *pictures, *letters}


def test_a_picture_that_several_cases_have_is_there_once(tmp_path: Path) -> None:
    cases = (whole_case(1, 1, first_picture=5), whole_case(2, 1, first_picture=5))
    path = write_case_file(tmp_path / "cases.zip", *cases)
    members = members_of(path)
    assert sum(name.startswith("pictures/") for name in members) == 4
    assert sum(name.startswith("attachments/") for name in members) == 1
    with CaseArchive(path) as archive:
        archive.check()


def test_a_file_repacked_by_another_program_is_read(file: Path) -> None:
    members = members_of(file)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as repacked:
        for name in sorted(members):
            repacked.writestr(name, members[name])
    assert read(file) == [CASES[:2], CASES[2:]]


def test_only_the_own_account_may_read_the_file(file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_an_existing_file_is_overwritten_by_force_alone(file: Path) -> None:
    before = file.read_bytes()
    with pytest.raises(OutputUnavailableError, match="exists already"):
        CaseArchiveWriter(file, "0.1.0", MADE_AT)
    assert file.read_bytes() == before
    with CaseArchiveWriter(file, "0.1.0", MADE_AT, force=True) as writer:
        writer.add(CASES[0], contents_of(CASES[0]).__getitem__)
    with CaseArchive(file) as archive:
        assert archive.manifest.counts.cases == 1


def test_an_export_that_fails_leaves_what_was_there(file: Path) -> None:
    before = sorted(file.parent.iterdir()), file.read_bytes()
    contents = contents_of(CASES[0])
    contents.popitem()
    with pytest.raises(KeyError), CaseArchiveWriter(file, "0.1.0", MADE_AT, force=True) as writer:
        writer.add(CASES[0], contents.__getitem__)
    assert (sorted(file.parent.iterdir()), file.read_bytes()) == before


def test_a_part_that_a_kill_has_left_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "cases.zip.part").write_bytes(b"begun")
    write_case_file(tmp_path / "cases.zip", *CASES)
    assert [path.name for path in tmp_path.iterdir()] == ["cases.zip"]


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(OutputUnavailableError, match="cannot be written"):
        CaseArchiveWriter(tmp_path / "nowhere" / "cases.zip", "0.1.0", MADE_AT)
    with pytest.raises(OutputUnavailableError, match="is a folder"):
        CaseArchiveWriter(tmp_path, "0.1.0", MADE_AT, force=True)


FIRST_SHAPE = {
    "Case": "patient lesion visits",
    "Patient": "patient_id details",
    "PatientDetails": "identifier family_name given_name birth_date sex skin_type",
    "Lesion": "case_id patient_id number details",
    "LesionDetails": "site description",
    "Visit": "visit_id visited_at pictures reviews",
    "StoredPicture": "image_id details predictions",
    "PictureDetails": "sha256 file_name media_type width_px height_px modality",
    "Review": "review_id details created_at",
    "ReviewDetails": "impression confidence plan notes revealed_before",
    "Prediction": "model image_digest labels probabilities decision abstention_reason novelty class_mix created_at",
    "ModelRef": "model_id version digest",
    "Label": "code name group icd10 icd11",
    "ClassMix": "name shares",
}
"""What a case held in format version 1."""
SECOND_SHAPE = FIRST_SHAPE | {
    "Case": "patient lesion visits final_diagnoses",
    "PatientDetails": "identifier family_name given_name birth_date sex skin_type history notes",
    "Lesion": "case_id patient_id number details state follow_up_on",
    "LesionDetails": "site description position",
    "BodyPosition": "view x y",
    "PictureDetails": "sha256 file_name media_type width_px height_px modality capture",
    "Capture": "kind dermoscopic_type taken_at device mm_per_px",
    "ReviewDetails": "impression confidence plan notes revealed_before second_impression second_confidence"
    " follow_up_on",
    "FinalDiagnosis": "final_diagnosis_id details created_at",
    "FinalDiagnosisDetails": "diagnosis group confirmed_by decided_on text attachment",
    "Attachment": "sha256 file_name media_type",
}
"""What a case held in format version 2."""
SHAPE = SECOND_SHAPE | {
    "PictureDetails": "sha256 file_name media_type width_px height_px modality capture quality measurement",
    "Measurement": "outline by_hand diameter_px area_px perimeter_px abcd scale",
    "Abcd": "asymmetry border_segments colours",
    "Scale": "mm_per_px source",
    "ReviewDetails": f"{SECOND_SHAPE['ReviewDetails']} asked_first",
    "Prediction": f"{FIRST_SHAPE['Prediction']} region",
    "Region": "left top width height",
}
"""What a case holds in format version 3."""


def test_what_a_case_holds_changes_with_the_format_version_alone() -> None:
    """Whoever adds a field gives it a default, raises FORMAT_VERSION, and notes the new shape here."""
    assert FORMAT_VERSION == 3
    assert _shape(Case) == SHAPE


def test_a_file_of_a_newer_format_is_refused(file: Path) -> None:
    words = refusal(with_manifest(file, format_version=FORMAT_VERSION + 1, yet="unknown"))
    assert f"the format version {FORMAT_VERSION + 1}" in words
    assert "Update SkinDesk" in words


def test_a_file_of_the_first_version_is_read(file: Path) -> None:
    """What it does not know takes its default, and lesions stand as their reviews ask for."""
    write_first_version(file, *CASES)
    with CaseArchive(file) as archive:
        archive.check()
        (case, _), _ = archive.patients()
    details = case.visits[0].reviews[1].details
    assert (details.second_impression, details.second_confidence, details.follow_up_on) == ("", None, None)
    assert case.visits[0].pictures[0].details.capture == NOTHING_KNOWN
    assert case.patient.details == replace(CASES[0].patient.details, history="", notes="")
    assert case.lesion.details == replace(CASES[0].lesion.details, position=None)
    assert case.final_diagnoses == ()
    assert case.visits[-1].reviews[-1].details.plan is Plan.REFER
    assert (case.lesion.state, case.lesion.follow_up_on) == (LesionState.WATCHED, None)


def test_a_file_of_the_present_version_lacks_nothing(file: Path) -> None:
    write_first_version(file, *CASES)
    assert "is missing" in refusal(with_manifest(file, format_version=FORMAT_VERSION))


Edit = Callable[[list[Any]], None]


def put(value: object, *place: str | int) -> Edit:
    """Set what lies at a place of the second case."""

    def edit(cases: list[Any]) -> None:
        inner = cases[1]
        for step in place[:-1]:
            inner = inner[step]
        inner[place[-1]] = value

    return edit


PICTURE = ("visits", 1, "pictures", 0)
DIAGNOSIS = ("final_diagnoses", 1)
LETTER = (*DIAGNOSIS, "details", "attachment")
PREDICTION = (*PICTURE, "predictions", 1)
BAD_CASES: dict[str, Edit] = {
    "patient.details.sex is none of": put("unsaid", "patient", "details", "sex"),
    "patient.details.birth_date is no date": put("1961-02-30", "patient", "details", "birth_date"),
    "patient.details cannot be used": put(" ", "patient", "details", "identifier"),
    "the patient is told otherwise": put("Schmidt", "patient", "details", "family_name"),
    "lesion.patient_id is another patient's": put(7, "lesion", "patient_id"),
    "lesion.number is less than 1": put(0, "lesion", "number"),
    "lesion.details.description is no text": put(None, "lesion", "details", "description"),
    "does not follow the case before it": put(1, "lesion", "number"),
    "lesion.follow_up_on is set, and its case is closed": lambda cases: cases[1]["lesion"].update(
        state="closed", follow_up_on="2026-05-01"
    ),
    "lesion.state is none of new, watched": put("gone", "lesion", "state"),
    "lesion.details.position cannot be used": put(1.5, "lesion", "details", "position", "x"),
    "capture.mm_per_px is no length": put(0, *PICTURE, "details", "capture", "mm_per_px"),
    "final_diagnoses[1].details cannot be used": put(" ", *DIAGNOSIS, "details", "diagnosis"),
    "final_diagnoses[1].details.confirmed_by is none of": put("a hunch", *DIAGNOSIS, "details", "confirmed_by"),
    "final_diagnoses[1].created_at is no time": put("noon", *DIAGNOSIS, "created_at"),
    "attachment.sha256 is no SHA-256": put("../../etc/passwd", *LETTER, "sha256"),
    "attachment.file_name is no name of a file": put("../letter.pdf", *LETTER, "file_name"),
    "final_diagnoses[1].details.attachment.file_name is": put("..", *LETTER, "file_name"),
    "attachment.media_type is no media type": put("text/html; charset=x", *LETTER, "media_type"),
    "visits has two of the same day": put("2026-03-14T23:59:59+00:00", "visits", 1, "visited_at"),
    "visits[1].visited_at is a time without a zone": put("2026-03-21T12:00:00", "visits", 1, "visited_at"),
    "visits[1].reviews[0].details.plan is none of": put("pray", "visits", 1, "reviews", 0, "details", "plan"),
    "visits[1].reviews[0].created_at is no time": put("noon", "visits", 1, "reviews", 0, "created_at"),
    "visits[1].pictures[0].details.sha256 is no SHA-256": put("../../etc/passwd", *PICTURE, "details", "sha256"),
    "picture without pixels": put(0, *PICTURE, "details", "width_px"),
    "details.height_px is no whole number": put(1e300, *PICTURE, "details", "height_px"),
    "details.modality is none of dermoscopic, clinical": put("x-ray", *PICTURE, "details", "modality"),
    "image_digest is another picture's": put("0" * 64, *PREDICTION, "image_digest"),
    "labels is empty or has one label twice": lambda cases: cases[1]["visits"][1]["pictures"][0]["predictions"][
        1
    ].update(labels=cases[1]["visits"][1]["pictures"][0]["predictions"][1]["labels"][:1] * 2),
    "probabilities has 3 values for 2 labels": put([0.2, 0.3, 0.5], *PREDICTION, "probabilities"),
    "probabilities are not each from 0 to 1": put([-0.1, 1.1], *PREDICTION, "probabilities"),
    "and 1 in sum": put([0.5, 0.6], *PREDICTION, "probabilities"),
    "probabilities[0] is no number": put(["much", 0.5], *PREDICTION, "probabilities"),
    "class_mix.shares are not": put([0.5, 1.5], *PREDICTION, "class_mix", "shares"),
    "novelty is no number": put("nan", *PREDICTION, "novelty"),
    "decision is none of supported, abstained": put("certain", *PREDICTION, "decision"),
    "abstention_reason is none of": put("tired", *PREDICTION, "abstention_reason"),
    "line 2: comment is unknown": put("hello", "comment"),
    "line 2: lesion is missing": lambda cases: cases[1].pop("lesion"),
    "line 2: it is no object": lambda cases: cases.__setitem__(1, ["a list"]),
}


@pytest.mark.parametrize("words", BAD_CASES)
def test_a_case_that_no_log_would_hold_is_refused_with_its_line(file: Path, words: str) -> None:
    said = refusal(with_cases(file, BAD_CASES[words]))
    assert words in said
    assert "cases.zip: cases.jsonl, line 2: " in said


BAD_LINES = {
    "nothing": b"\n",
    "half a line": b'{"patient":',
    "no UTF-8": b'"\xff\xfe\xff"\n',
    "nested without end": b"[" * 100_000 + b"\n",
    "a number of ten thousand digits": b"9" * 10_000 + b"\n",
    "a name twice": b'{"patient": 1, "patient": 2}\n',
}


@pytest.mark.parametrize("line", BAD_LINES)
def test_a_line_that_is_no_json_is_refused(file: Path, line: str) -> None:
    members = members_of(file)
    members["cases.jsonl"] += BAD_LINES[line]
    assert "cases.jsonl, line 4: it is no JSON" in refusal(write_members(file, members))


def test_a_line_without_end_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_LINE_BYTES", 50_000)
    members = members_of(file)
    members["cases.jsonl"] += b" " * 60_000
    assert "line 4: it is longer than a case can be" in refusal(write_members(file, members))


BAD_MANIFESTS: dict[str, dict[str, Any]] = {
    "it is no file of SkinDesk's cases": {"format": "something else"},
    "format_version is no version": {"format_version": "1"},
    "made_at is no time": {"made_at": "today"},
    "counts.cases is missing": {"counts": {"patients": 2}},
    "comment is unknown": {"comment": "hello"},
    "cases.jsonl does not hold as much as manifest.json says": {
        "counts": {
            "patients": 2,
            "cases": 4,
            "visits": 6,
            "pictures": 12,
            "predictions": 24,
            "reviews": 12,
            "final_diagnoses": 6,
        }
    },
    "manifest.json does not list the members that are there": {"digests": {}},
}


@pytest.mark.parametrize("words", BAD_MANIFESTS)
def test_a_manifest_that_is_not_as_it_should_be_is_refused(file: Path, words: str) -> None:
    assert words in refusal(with_manifest(file, **BAD_MANIFESTS[words]))


def test_what_was_changed_after_the_export_is_refused(file: Path) -> None:
    members = members_of(file)
    sha256 = next(iter(contents_of(*CASES)))
    other = picture_of(99_000).content
    changed_cases = {**members, "cases.jsonl": members["cases.jsonl"].replace(b"Gr\xc3\xb6\xc3\x9fe", b"Groesse", 1)}
    assert "cases.jsonl is not the one it should be" in refusal(write_members(file, changed_cases, vouched=False))
    changed_picture = {**members, f"pictures/{sha256}.png": other}
    assert "has another digest" in refusal(write_members(file, changed_picture))
    assert f"its picture {sha256[:12]} is not the one" in refusal(write_members(file, changed_picture, vouched=False))


def test_an_attachment_that_was_changed_or_is_missing_or_unknown_is_refused(file: Path) -> None:
    members = members_of(file)
    name = next(name for name in members if name.startswith("attachments/"))
    short = name[len("attachments/") :][:12]
    changed = {**members, name: b"another letter"}
    assert "has another digest" in refusal(write_members(file, changed))
    assert f"its attachment {short} is not the one it should be" in refusal(write_members(file, changed, vouched=False))
    left = {kept: content for kept, content in members.items() if kept != name}
    assert f"the attachment {short} is missing from it" in refusal(write_members(file, left))
    stranger = hashlib.sha256(b"stranger").hexdigest()
    more = {**members, f"attachments/{stranger}.txt": b"stranger"}
    assert f"no case has its attachment {stranger[:12]}" in refusal(write_members(file, more))


def test_an_attachment_that_is_one_of_the_pictures_is_there_as_both(tmp_path: Path) -> None:
    case, kept = CASES[0], _pictures(CASES[0])[0]
    said = case.final_diagnoses[1]
    attached = Attachment(kept.details.sha256, "same.png", "image/png")
    both = replace(case, final_diagnoses=(replace(said, details=replace(said.details, attachment=attached)),))
    path = write_case_file(tmp_path / "cases.zip", both)
    assert {f"{folder}/{kept.details.sha256}.png" for folder in ("pictures", "attachments")} < set(members_of(path))
    with CaseArchive(path) as archive:
        archive.check()


def test_an_attachment_beyond_the_limit_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members_module, "_ATTACHMENT_BYTES", 400)
    words = refusal(file)
    assert "attachments/" in words
    assert "over the limit" in words


def test_a_lesion_without_visits_is_read(tmp_path: Path) -> None:
    case = replace(CASES[0], visits=(), final_diagnoses=())
    with CaseArchive(write_case_file(tmp_path / "cases.zip", case)) as archive:
        archive.check()
        assert list(archive.patients()) == [(case,)]


def test_a_picture_too_few_or_too_many_is_refused(file: Path) -> None:
    members = members_of(file)
    name = next(name for name in members if name.startswith("pictures/"))
    assert "the picture " in refusal(write_members(file, {k: v for k, v in members.items() if k != name}))
    assert "is missing from it" in refusal(write_members(file, {k: v for k, v in members.items() if k != name}))
    stranger = picture_of(99_000)
    more = {**members, f"pictures/{stranger.sha256}.png": stranger.content}
    assert f"no case has its picture {stranger.sha256[:12]}" in refusal(write_members(file, more))


def test_pictures_pass_the_limits_of_any_other_outside_picture(tmp_path: Path) -> None:
    made = write_bad_inputs(tmp_path / "pictures")
    for name, is_picture in made.items():
        path = tmp_path / "pictures" / name
        if not path.is_file() or not path.stat().st_size:
            continue
        outside = read_picture_file(path)
        file = write_case_file(tmp_path / "cases.zip", _case_of(outside), contents={outside.sha256: outside.content})
        if is_picture:
            with CaseArchive(file) as archive:
                archive.check()
        else:
            assert f"pictures/{outside.sha256}.png is refused as a picture" in refusal(file), name


@pytest.mark.parametrize(
    "name", ["../evil.png", "/etc/passwd", "pictures/../../evil.png", "C:\\evil.png", "notes.txt", "pictures/a.png"]
)
def test_a_member_that_does_not_belong_there_is_refused(file: Path, name: str) -> None:
    assert "does not belong into a file of cases" in refusal(write_members(file, {**members_of(file), name: b"x"}))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_is_there_twice_is_refused(file: Path) -> None:
    for name in ("cases.jsonl", next(name for name in members_of(file) if name.startswith("pictures/"))):
        write_case_file(file, *CASES)
        with zipfile.ZipFile(file, "a") as archive:
            archive.writestr(name, b"another")
        assert "is there twice" in refusal(file)
    write_case_file(file, *CASES)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(name.replace(".png", ".jpeg"), b"another")
    assert "is there twice" in refusal(file)


def test_a_file_that_lacks_its_manifest_or_cases_is_refused(file: Path) -> None:
    for name in ("manifest.json", "cases.jsonl"):
        left = {kept: content for kept, content in members_of(write_case_file(file, *CASES)).items() if kept != name}
        assert f"{name} is missing" in refusal(write_members(file, left, vouched=False))


def test_a_bomb_is_refused_before_it_is_unpacked(file: Path) -> None:
    members = members_of(file)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bomb:
        for name, content in members.items():
            bomb.writestr(name, content + b"\n" * 100_000_000 if name == "cases.jsonl" else content)
    tracemalloc.start()
    assert "more than 100 times its size" in refusal(file)
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def test_a_member_that_tells_a_smaller_size_than_it_has_is_not_unpacked_beyond_it(file: Path) -> None:
    members = members_of(file)
    name = next(name for name in members if name.startswith("pictures/"))
    size = len(members[name])
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bomb:
        for kept, content in members.items():
            bomb.writestr(kept, content + bytes(200_000_000) if kept == name else content)
    content = file.read_bytes()
    file.write_bytes(content.replace(struct.pack("<I", size + 200_000_000), struct.pack("<I", size)))
    tracemalloc.start()
    assert "damaged or cut off" in refusal(file)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_members_that_share_their_bytes_are_refused(file: Path) -> None:
    with zipfile.ZipFile(file, "a") as archive:
        first, second = archive.infolist()[:2]
        second.header_offset = first.header_offset + 1
        archive._didModify = True
    assert "overlaps another one" in refusal(file)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("flag_bits", 0x1, "is encrypted"), ("compress_type", zipfile.ZIP_LZMA, "packed in a way that SkinDesk")],
)
def test_a_member_that_is_encrypted_or_packed_otherwise_is_refused(
    file: Path, field: str, value: int, words: str
) -> None:
    with zipfile.ZipFile(file, "a") as archive:
        setattr(archive.infolist()[0], field, value)
        archive._didModify = True
    assert words in refusal(file)


def test_a_picture_beyond_the_limit_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members_module, "MAX_FILE_BYTES", 1000)
    assert "over the limit" in refusal(file)


def test_more_pictures_than_there_may_be_are_neither_read_nor_written(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members_module, "MAX_FILES", 14)
    assert "more than 14 pictures and attachments" in refusal(file)
    monkeypatch.setattr(writing, "MAX_FILES", 14)
    with pytest.raises(OutputUnavailableError, match="larger than a file of cases can be"):
        write_case_file(file, *CASES)


def test_a_case_that_could_not_be_read_is_not_written(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MAX_LINE_BYTES", 1000)
    with pytest.raises(OutputUnavailableError, match="Export fewer patients at once"):
        write_case_file(file, *CASES)


def test_what_is_no_zip_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cases.zip"
    assert "there is no such file" in refusal(path)
    assert "there is no such file" in refusal(tmp_path)
    for content in (b"", b"PK", b"This is a letter.", bytes(5000)):
        path.write_bytes(content)
        assert "no ZIP file at all" in refusal(path)


def test_a_file_that_was_cut_off_is_refused(file: Path) -> None:
    content = file.read_bytes()
    for length in range(0, len(content) - 1, len(content) // 60):
        file.write_bytes(content[:length])
        assert refusal(file)


def test_a_changed_byte_is_never_taken_for_data(file: Path) -> None:
    whole, chance = file.read_bytes(), random.Random(1)
    refused = 0
    for _ in range(200):
        at = chance.randrange(len(whole)) if chance.random() < 0.3 else chance.randrange(len(whole) - 6000, len(whole))
        content = bytearray(whole)
        content[at] ^= chance.randrange(1, 256)
        file.write_bytes(content)
        try:
            assert read(file) == [CASES[:2], CASES[2:]], f"byte {at}"
        except CaseArchiveError:
            refused += 1
    assert refused > 100


def test_memory_does_not_grow_with_the_number_of_cases(tmp_path: Path) -> None:
    peaks = []
    for patients in (3, 30):
        cases = [_big_case(number) for number in range(1, patients + 1)]
        tracemalloc.start()
        with CaseArchiveWriter(tmp_path / "cases.zip", "0.1.0", MADE_AT, force=True) as writer:
            for number, case in enumerate(cases, start=1):
                writer.add(case, lambda _, number=number: picture_of(number, 400).content)
        with CaseArchive(tmp_path / "cases.zip") as archive:
            archive.check()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.3 * peaks[0]


def _big_case(number: int) -> Case:
    """A case with one picture of 480 kB."""
    outside = picture_of(number, 400)
    return _case_of(outside, number)


def _case_of(outside: PictureFile, number: int = 1) -> Case:
    """A case whose one picture is this one."""
    case = whole_case(number, days=(0,))
    (visit,) = case.visits
    kept = visit.pictures[0]
    details = replace(kept.details, sha256=outside.sha256)
    only = replace(kept, details=details, predictions=())
    return replace(case, visits=(replace(visit, pictures=(only,)),), final_diagnoses=())


def _pictures(case: Case) -> list[Any]:
    return [picture for visit in case.visits for picture in visit.pictures]


def _letters(case: Case) -> list[Attachment]:
    return [letter for diagnosis in case.final_diagnoses if (letter := diagnosis.details.attachment) is not None]


def _shape(kind: Any) -> dict[str, str]:
    """The fields of a dataclass and of all that it holds."""
    found = {kind.__name__: " ".join(entry.name for entry in fields(kind))}
    for hint in get_type_hints(kind).values():
        for inner in (hint, *get_args(hint)):
            if is_dataclass(inner):
                found |= _shape(inner)
    return found
