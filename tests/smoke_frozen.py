"""Proves a frozen program from outside: `python tests/smoke_frozen.py dist/skindesk`. Standard library only."""

import csv
import json
import os
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

    demo = scratch / "demo"
    run(window, "--profile", demo, "--demo", scratch / "pictures")
    pictures = list((scratch / "pictures").glob("*.png"))
    check(len(pictures) >= 10, f"opens its window offscreen and draws {len(pictures)} pictures")
    cases = run(console, "--profile", demo, "cases", "list", "--json").splitlines()
    check(len(cases) > 1, "finds the generated clinic again, and the case that the window saved")
    shown = json.loads(run(console, "--profile", demo, "cases", "show", json.loads(cases[0])["case_id"], "--json"))
    check(len(shown["visits"][0]["pictures"][0]["predictions"]) == 1, "with its picture and prediction")
    print(run(console, "--profile", demo, "doctor", "--full"))


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
