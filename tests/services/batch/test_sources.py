"""What a batch can be over: each kind of source, its order, and what is wrong with it as an item of its own."""

import csv
import inspect
import io
import os
import pickle
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from skindesk.domain.errors import ImageRejectedError, RejectionReason
from skindesk.services.batch import Item, Search, find_items
from skindesk.services.batch.lists import listed_paths
from tests.support.pictures import encoded, plain, write_picture

PICTURE = encoded(plain((200, 30, 30)), "PNG")
PACKINGS = ("", "gz", "bz2", "xz")


def found(*sources: Path | str, recursive: bool = False, **how: bool) -> list[Item]:
    return list(find_items(Search(tuple(str(source) for source in sources), recursive, **how)))


def shown(*sources: Path | str, recursive: bool = False) -> list[Path]:
    return [item.shown for item in found(*sources, recursive=recursive)]


def problems(*sources: Path | str) -> list[RejectionReason]:
    return [item.problem.reason for item in found(*sources) if item.problem]


def write_zip(path: Path, members: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def write_tar(path: Path, members: dict[str, bytes], packing: str = "") -> Path:
    with tarfile.open(path, f"w:{packing}") as archive:  # type: ignore[call-overload]
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def test_sub_folders_are_entered_only_when_asked(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    outer, inner = write_picture(tmp_path / "a.png"), write_picture(tmp_path / "inner" / "b.png")
    assert shown(tmp_path) == [outer]
    assert shown(tmp_path, recursive=True) == [outer, inner]


def test_entries_come_sorted_with_folders_in_their_places(tmp_path: Path) -> None:
    for name in ("b/2.png", "b/1.png", "a.png", "c.png", "b.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write_picture(tmp_path / name)
    names = [str(path.relative_to(tmp_path)) for path in shown(tmp_path, recursive=True)]
    assert names == ["a.png", "b.png", "b/1.png", "b/2.png", "c.png"]
    assert sorted(item.shown.name for item in found(tmp_path, recursive=True, in_order=False)) == [
        "1.png", "2.png", "a.png", "b.png", "c.png",
    ]  # fmt: skip


def test_folders_may_lie_as_deep_as_they_like(tmp_path: Path) -> None:
    deepest = tmp_path.joinpath(*"d" * 150)
    deepest.mkdir(parents=True)
    only = write_picture(deepest / "a.png")
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 100)
    try:
        assert shown(tmp_path, recursive=True) == [only]
    finally:
        sys.setrecursionlimit(limit)


def test_link_to_a_folder_above_ends_the_search(tmp_path: Path) -> None:
    only = write_picture(tmp_path / "a.png")
    (tmp_path / "up").symlink_to(tmp_path, target_is_directory=True)
    assert shown(tmp_path, recursive=True) == [only]


def test_unreadable_folder_is_an_item_and_the_rest_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed, opened = tmp_path / "closed", tmp_path / "open"
    closed.mkdir()
    opened.mkdir()
    write_picture(opened / "a.png")
    original = os.scandir

    def refuse(path: Path) -> object:
        if path == closed:
            raise PermissionError(13, "Permission denied")
        return original(path)

    monkeypatch.setattr(os, "scandir", refuse)
    first, second = found(closed, opened)
    assert first.problem is not None
    assert first.problem.reason is RejectionReason.NOT_READABLE
    assert "permission denied" in first.problem.message
    assert second.shown == opened / "a.png"


def test_named_file_that_does_not_exist_is_an_item_that_cannot_be_read(tmp_path: Path) -> None:
    (item,) = found(tmp_path / "gone.jpg")
    with pytest.raises(ImageRejectedError) as caught:
        item.read()
    assert caught.value.reason is RejectionReason.MISSING
    assert item.look() is None


def test_pattern_is_matched_and_one_that_matches_nothing_is_said(tmp_path: Path) -> None:
    for name in ("b.png", "a.png", "c.txt"):
        write_picture(tmp_path / name) if name.endswith("png") else (tmp_path / name).write_text("no picture")
    assert [path.name for path in shown(tmp_path / "*.png")] == ["a.png", "b.png"]
    assert problems(tmp_path / "*.tif") == [RejectionReason.MISSING]


def test_file_whose_name_looks_like_a_pattern_is_meant_itself(tmp_path: Path) -> None:
    odd = write_picture(tmp_path / "a[1].png")
    assert shown(odd) == [odd]


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_members_of_a_zip_file_are_read_where_they_lie(tmp_path: Path, packing: int) -> None:
    members = {"b/2.png": PICTURE, "a.png": PICTURE[:-12] + b"\0" * 12, "letter.txt": b"none", "__MACOSX/a.png": b"no"}
    archive = write_zip(tmp_path / "all.zip", members, packing)
    items = found(archive)
    assert [item.shown for item in items] == [archive / "b/2.png", archive / "a.png"]
    assert [item.read().content for item in items] == [members["b/2.png"], members["a.png"]]
    assert {path.name for path in tmp_path.iterdir()} == {"all.zip"}


@pytest.mark.parametrize("packing", PACKINGS)
def test_members_of_a_tar_file_are_read_where_they_lie(tmp_path: Path, packing: str) -> None:
    members = {"b/2.png": PICTURE, "a.png": PICTURE * 2, "letter.txt": b"none", "long/" * 30 + "é.png": PICTURE}
    archive = write_tar(tmp_path / f"all.tar{'.' if packing else ''}{packing}", members, packing)
    items = found(archive)
    assert [item.member for item in items] == [name for name in members if name.endswith("png")]
    assert [item.read().content for item in items] == [PICTURE, PICTURE * 2, PICTURE]
    later = Item(archive, "a.png", items[1].span)
    assert later.read().content == PICTURE * 2


@pytest.mark.parametrize("name", ["../../up.png", "/etc/root.png", "C:\\windows.png", "a/../../up.png"])
def test_name_that_leads_out_of_an_archive_is_refused_and_the_rest_is_found(tmp_path: Path, name: str) -> None:
    members = {name: PICTURE, "a.png": PICTURE}
    for archive in (write_zip(tmp_path / "a.zip", members), write_tar(tmp_path / "a.tar", members)):
        first, second = found(archive)
        assert first.problem is not None
        assert "leads out of" in first.problem.message
        assert second.read().content == PICTURE


def test_bombs_are_refused_by_what_they_claim_and_by_what_they_are(tmp_path: Path) -> None:
    honest = write_zip(tmp_path / "honest.zip", {"bomb.bmp": bytes(80_000_000), "a.png": PICTURE})
    assert problems(honest) == [RejectionReason.TOO_LARGE]
    content = bytearray(write_zip(tmp_path / "b.zip", {"liar.png": bytes(50_000)}).read_bytes())
    claimed = (50_000).to_bytes(4, "little")
    for _ in range(content.count(claimed)):
        at = content.index(claimed)
        content[at : at + 4] = (1000).to_bytes(4, "little")
    liar = tmp_path / "liar.zip"
    liar.write_bytes(content)
    (item,) = found(liar)
    with pytest.raises(ImageRejectedError) as caught:
        item.read()
    assert caught.value.reason is RejectionReason.DAMAGED


def test_packed_tar_that_unpacks_without_end_is_given_up(tmp_path: Path) -> None:
    archive = write_tar(tmp_path / "a.tar.gz", {"a.txt": bytes(90_000_000), "late.png": PICTURE}, "gz")
    assert problems(archive) == [RejectionReason.TOO_LARGE]


def test_encrypted_and_oddly_packed_members_are_refused(tmp_path: Path) -> None:
    content = bytearray(write_zip(tmp_path / "a.zip", {"a.png": PICTURE}).read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(content)
    odd = write_zip(tmp_path / "b.zip", {"b.png": PICTURE}, zipfile.ZIP_LZMA)
    assert problems(tmp_path / "a.zip", odd) == [RejectionReason.NOT_READABLE] * 2


def test_links_in_a_tar_file_are_not_followed(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        link = tarfile.TarInfo("a.png")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    assert problems(tmp_path / "a.tar") == [RejectionReason.NOT_AN_IMAGE]


@pytest.mark.parametrize("name", ["a.zip", "a.tar", *(f"a.tar.{packing}" for packing in PACKINGS[1:])])
@pytest.mark.parametrize("content", [b"", b"no archive at all" * 100, bytes(300)])
def test_archive_that_is_none_is_one_item(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    (reason,) = problems(tmp_path / name)
    assert reason in (RejectionReason.DAMAGED, RejectionReason.NOT_READABLE, RejectionReason.NOT_AN_IMAGE)


@pytest.mark.parametrize("packing", PACKINGS)
def test_archive_that_is_cut_off_gives_what_comes_first(tmp_path: Path, packing: str) -> None:
    noise = {f"{at}.png": os.urandom(40_000) for at in range(9)}
    archive = write_tar(tmp_path / f"a.tar{'.' if packing else ''}{packing}", noise, packing)
    archive.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
    items = found(archive)
    whole = [item for item in items if not item.problem]
    # bzip2 decodes blocks of 900 kB, of which the first is torn here
    assert len(whole) >= (0 if packing == "bz2" else 2)
    assert items[-1].problem is not None or packing == ""
    for item in whole[:2]:
        assert item.read().content == noise[item.member]


def test_missing_archive_is_said(tmp_path: Path) -> None:
    assert problems(tmp_path / "gone.zip", tmp_path / "gone.tgz") == [RejectionReason.MISSING] * 2


def test_member_that_was_damaged_since_is_refused(tmp_path: Path) -> None:
    archive = write_zip(tmp_path / "a.zip", {"a.png": PICTURE}, zipfile.ZIP_STORED)
    (item,) = found(archive)
    content = bytearray(archive.read_bytes())
    content[60] ^= 1
    archive.write_bytes(content)
    with pytest.raises(ImageRejectedError) as caught:
        item.read()
    assert caught.value.reason is RejectionReason.DAMAGED


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_list_names_pictures_labels_patients_and_lesions(tmp_path: Path, separator: str) -> None:
    rows = [("Patient_ID", "File", "dx", "lesion"), ("P1", "a, b;c.png", "mel", "L1"), ("P2", "", "nv", "")]
    with (tmp_path / "list.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=separator).writerows(rows)
    (item,) = found(tmp_path / "list.csv")
    assert item == Item(tmp_path / "a, b;c.png", label="mel", patient="P1", lesion="L1")


def test_list_without_names_of_columns_is_paths_and_labels(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("a.png,mel\n/b.png\n\n", "utf-8")
    assert [(item.path, item.label) for item in found(tmp_path / "list.csv")] == [
        (tmp_path / "a.png", "mel"), (Path("/b.png"), ""),
    ]  # fmt: skip


def test_list_that_is_none_is_one_item(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_bytes(b"path\n" + b'"' + b"x" * 2_000_000)
    assert problems(tmp_path / "list.csv", tmp_path / "gone.csv") == [
        RejectionReason.NOT_AN_IMAGE,
        RejectionReason.MISSING,
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"a.png\nb c.png\r\n\n", ["a.png", "b c.png"]), (b"a\nb.png\0c.png\0", ["a\nb.png", "c.png"]), (b"", [])],
)
def test_paths_from_elsewhere_stand_on_lines_or_between_zeros(content: bytes, expected: list[str]) -> None:
    search = Search(("-",), listed=listed_paths(content))
    assert [str(item.path) for item in find_items(search)] == expected


def write_dicomdir(folder: Path, *files: str) -> Path:
    def record(kind: str, **values: object) -> Dataset:
        made = Dataset()
        made.OffsetOfTheNextDirectoryRecord = made.OffsetOfReferencedLowerLevelDirectoryEntity = 0
        made.RecordInUseFlag, made.DirectoryRecordType = 0xFFFF, kind
        for keyword, value in values.items():
            setattr(made, keyword, value)
        return made

    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = "1.2.840.10008.1.3.10", "1.2.3"
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made = FileDataset("", Dataset(), file_meta=meta, preamble=bytes(128))
    patient = record("PATIENT", PatientID="P7", PatientName="Invented")
    images = [record("IMAGE", ReferencedFileID=name.split("/")) for name in files]
    made.DirectoryRecordSequence = [patient, record("STUDY"), record("SERIES"), *images]
    made.save_as(folder / "DICOMDIR", enforce_file_format=False, implicit_vr=False, little_endian=True)
    return folder / "DICOMDIR"


@pytest.mark.filterwarnings("ignore:.*")
def test_dicomdir_lists_its_images_whether_it_or_its_folder_is_named(tmp_path: Path) -> None:
    listed = write_dicomdir(tmp_path, "IMAGES/IM1", "IMAGES/GONE", "../OUT")
    (tmp_path / "IMAGES").mkdir()
    write_picture(tmp_path / "IMAGES" / "im1.png").rename(tmp_path / "IMAGES" / "IM1")
    for source in (listed, tmp_path):
        first, second, third = found(source)
        assert (first.shown, first.patient) == (tmp_path / "IMAGES" / "IM1", "P7")
        assert second.look() is None
        assert third.problem is not None
        assert "leads out of its folder" in third.problem.message


def test_damaged_dicomdir_is_one_item_and_hides_no_picture(tmp_path: Path) -> None:
    (tmp_path / "DICOMDIR").write_bytes(bytes(128) + b"DICM" + b"\xff" * 50)
    only = write_picture(tmp_path / "a.png")
    first, second = found(tmp_path)
    assert first.problem is not None
    assert first.problem.reason in (RejectionReason.DAMAGED, RejectionReason.NOT_AN_IMAGE)
    assert second.shown == only


def test_folder_may_name_the_class_of_its_pictures(tmp_path: Path) -> None:
    (tmp_path / "mel").mkdir()
    write_picture(tmp_path / "mel" / "a.png")
    search = Search((str(tmp_path),), recursive=True, label_by_folder=True)
    assert [item.label for item in find_items(search)] == ["mel"]


def test_item_can_be_sent_to_another_process(tmp_path: Path) -> None:
    archive = write_zip(tmp_path / "a.zip", {"a.png": PICTURE})
    (item,) = found(archive)
    assert pickle.loads(pickle.dumps(item)).read().content == PICTURE


def test_name_too_long_for_the_disk_is_an_item_that_cannot_be_read(tmp_path: Path) -> None:
    (item,) = found(tmp_path / ("a" * 300))
    with pytest.raises(ImageRejectedError) as caught:
        item.read()
    assert caught.value.reason is RejectionReason.NOT_READABLE
