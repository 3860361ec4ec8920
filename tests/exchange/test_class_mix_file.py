from pathlib import Path

import pytest

from skindesk.domain.errors import ClassMixError
from skindesk.exchange.class_mix_file import read_weights

WEIGHTS = {"mel": 5.0, "nv": 80.0, "bcc": 15.0}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("mix.toml", "mel = 5\nnv = 80.0 # most\nbcc = 15"),
        ("mix.csv", "mel,5\nnv,80\nbcc,15\n"),
        ("mix.CSV", "\ufeffcode,share\r\n mel , 5\r\n\r\nnv,80\r\nbcc,15\r\n"),
    ],
)
def test_codes_and_weights_are_read(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_bytes(text.encode())
    assert read_weights(tmp_path / name) == WEIGHTS


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("mix.txt", b"mel = 5", "neither .toml nor .csv"),
        ("mix.toml", b"mel = 5\nmel = 6", "cannot be read"),
        ("mix.toml", b"mel = true", "mel is no number"),
        ("mix.toml", b"[mix]\nmel = 5", "mix is no number"),
        ("mix.toml", b"mel: 5", "cannot be read"),
        ("mix.csv", b"mel,5\nmel,6", "mel occurs twice"),
        ("mix.csv", b"mel,5,6", "3 cells instead of two"),
        ("mix.csv", b"mel,five", "five"),
        ("mix.csv", b"mel,\xff", "cannot be read"),
        ("mix.csv", b"mel,\x005", "cannot be read"),
        ("mix.csv", b"mel," + b"5" * 70_000, "longer than 64 kB"),
    ],
)
def test_file_that_is_no_mix_is_refused_with_its_fault(
    tmp_path: Path, name: str, content: bytes, complaint: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ClassMixError, match=complaint):
        read_weights(tmp_path / name)


def test_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ClassMixError, match=r"gone.toml cannot be opened: No such file"):
        read_weights(tmp_path / "gone.toml")
