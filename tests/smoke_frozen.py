"""Proves a frozen program from outside: `python tests/smoke_frozen.py dist/skindesk`. Standard library only."""

import csv
import json
import os
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

MODELS = Path(__file__).parent.parent / "models"
MAX_BYTES = 640_000_000
"""Of the program and the networks that ship; OpenCV is a quarter of it."""
FORBIDDEN = ("tensorflow", "keras", "tf2onnx", "torch", "jax")


def main(folder: Path) -> None:
    size = sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_symlink())
    strangers = [path for path in folder.rglob("*") if path.name.lower().split("-")[0] in FORBIDDEN]
    check(not strangers, f"holds no training library ({strangers[:3]})")
    check(size < MAX_BYTES, f"{size / 1e6:.0f} MB, limit {MAX_BYTES / 1e6:.0f}")
    with tempfile.TemporaryDirectory() as temporary:
        prove(folder, Path(temporary))
    print("The frozen program passes.")


def prove(folder: Path, scratch: Path) -> None:
    console, window = executable(folder, "skindesk"), executable(folder, "skindesk-window")
    profile = scratch / "profile"
    examples = next(folder.rglob("resources/examples"))
    count = len(list(examples.glob("*.jpg")))

    listed = json.loads(run(console, "--profile", profile, "models", "list", "--json"))
    networks = [network["model_id"] for network in listed if network["shipped"]]
    check(set(networks) == {path.parent.name for path in MODELS.glob("*/model.onnx")}, f"holds {', '.join(networks)}")
    run(console, "--profile", profile, "models", "verify")
    told = run(console, "--profile", profile, "knowledge", "show", "melanoma")
    check("WHEN TO REFER URGENTLY" in told, "the pages of knowledge are there")
    for model_id in networks:
        out = scratch / f"{model_id}.csv"
        run(console, "--profile", profile, "classify", examples, "--model", model_id, "--out", out)
        with out.open(newline="", encoding="utf-8") as file:
            rows = [(row["status"], row["model_id"]) for row in csv.DictReader(file)]
        check(rows == [("classified", model_id)] * count, f"classifies {count} examples by {model_id}")

    out = scratch / "dicom.csv"
    run(console, "--profile", profile, "classify", dicom(scratch / "picture.dcm"), "--out", out)
    check("classified" in out.read_text("utf-8"), "reads DICOM")

    demo = scratch / "demo"
    run(window, "--profile", demo, "--demo", scratch / "pictures")
    pictures = list((scratch / "pictures").glob("*.png"))
    check(len(pictures) >= 10, f"opens its window offscreen and draws {len(pictures)} pictures")
    cases = run(console, "--profile", demo, "cases", "list", "--json").splitlines()
    check(len(cases) > 1, "finds the generated clinic again, and the case that the window saved")
    shown = json.loads(run(console, "--profile", demo, "cases", "show", json.loads(cases[0])["case_id"], "--json"))
    check(len(shown["visits"][0]["pictures"][0]["predictions"]) == 1, "with its picture and prediction")
    print(run(console, "--profile", demo, "doctor", "--full"))


def dicom(path: Path) -> Path:
    """A grey VL photograph of 256 x 256 pixels, as bare as a reader accepts."""
    photograph, side = b"1.2.840.10008.5.1.4.1.1.77.1.4", 256
    meta = element(0x0002, 0x0010, b"UI", b"1.2.840.10008.1.2.1")
    elements = (
        (0x0008, 0x0016, b"UI", photograph),
        (0x0028, 0x0002, b"US", struct.pack("<H", 3)),
        (0x0028, 0x0004, b"CS", b"RGB"),
        (0x0028, 0x0006, b"US", struct.pack("<H", 0)),
        (0x0028, 0x0010, b"US", struct.pack("<H", side)),
        (0x0028, 0x0011, b"US", struct.pack("<H", side)),
        (0x0028, 0x0100, b"US", struct.pack("<H", 8)),
        (0x0028, 0x0101, b"US", struct.pack("<H", 8)),
        (0x0028, 0x0102, b"US", struct.pack("<H", 7)),
        (0x0028, 0x0103, b"US", struct.pack("<H", 0)),
        (0x7FE0, 0x0010, b"OB", bytes([128]) * (3 * side * side)),
    )
    head = element(0x0002, 0x0000, b"UL", struct.pack("<I", len(meta)))
    path.write_bytes(bytes(128) + b"DICM" + head + meta + b"".join(element(*each) for each in elements))
    return path


def element(group: int, number: int, kind: bytes, value: bytes) -> bytes:
    """One element in explicit little-endian."""
    value += (b"\0" if kind in (b"UI", b"OB") else b" ") * (len(value) % 2)
    length = struct.pack("<HI", 0, len(value)) if kind == b"OB" else struct.pack("<H", len(value))
    return struct.pack("<HH", group, number) + kind + length + value


def run(*command: object) -> str:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, env=environment, timeout=300)
    if done.returncode:
        sys.exit(f"{command} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def executable(folder: Path, name: str) -> Path:
    return next(path for path in (folder / name, folder / f"{name}.exe") if path.is_file())


def check(holds: bool, what: str) -> None:
    if not holds:
        sys.exit(f"FAILED: {what}")
    print(f"ok: {what}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
