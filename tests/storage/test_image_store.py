"""Picture files are kept under their digest and checked when read."""

from pathlib import Path

import pytest

from skindesk.domain.errors import CaseLogUnavailableError
from skindesk.storage import image_store
from skindesk.storage.image_store import ImageStore, digest_of


@pytest.fixture
def store(tmp_path: Path) -> ImageStore:
    return ImageStore(tmp_path / "profile" / "images")


def test_what_is_read_is_what_was_added(store: ImageStore) -> None:
    sha256 = store.add(b"picture", "image/png")

    assert sha256 == digest_of(b"picture")
    assert store.read(sha256) == b"picture"
    assert store.find(sha256) == store.folder / sha256[:2] / f"{sha256}.png"


def test_the_same_picture_is_written_once(store: ImageStore, monkeypatch: pytest.MonkeyPatch) -> None:
    sha256 = store.add(b"picture", "image/png")

    def refuse(path: Path, content: bytes) -> None:
        raise AssertionError(path)

    monkeypatch.setattr(image_store, "write_durably", refuse)
    assert store.add(b"picture", "image/jpeg") == sha256


def test_a_changed_file_is_not_shown(store: ImageStore) -> None:
    sha256 = store.add(b"picture", "image/png")
    path = store.find(sha256)
    assert path is not None
    path.write_bytes(b"another")

    with pytest.raises(CaseLogUnavailableError, match="changed or damaged"):
        store.read(sha256)


def test_adding_the_original_again_heals_a_damaged_file(store: ImageStore) -> None:
    sha256 = store.add(b"picture", "image/png")
    path = store.find(sha256)
    assert path is not None
    path.write_bytes(b"")

    store.add(b"picture", "image/png")

    assert store.read(sha256) == b"picture"


@pytest.mark.parametrize("sha256", ["0" * 64, "", "*", "../../settings", "A" * 64])
def test_a_missing_picture_is_said_to_be_missing(store: ImageStore, sha256: str) -> None:
    store.add(b"picture", "image/png")

    with pytest.raises(CaseLogUnavailableError, match="missing"):
        store.read(sha256)


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(CaseLogUnavailableError) as refused:
        ImageStore(tmp_path / "file" / "images").add(b"picture", "image/png")

    assert refused.value.advice
