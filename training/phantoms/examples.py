"""Which phantoms the program demonstrates itself with."""

from pathlib import Path

from skindesk.imaging.phantoms.jpeg import save_jpeg
from skindesk.imaging.phantoms.phantom import generate

EXAMPLES = (
    ("generated-akiec.jpg", "akiec", 44),
    ("generated-bcc.jpg", "bcc", 46),
    ("generated-bkl.jpg", "bkl", 43),
    ("generated-df.jpg", "df", 47),
    ("generated-mel.jpg", "mel", 43),
    ("generated-nv.jpg", "nv", 72),
    ("generated-vasc.jpg", "vasc", 40),
    ("generated-mel-2.jpg", "mel", 46),
    ("generated-nv-2.jpg", "nv", 62),
    ("generated-bkl-2.jpg", "bkl", 41),
)


def write_examples(folder: Path) -> tuple[Path, ...]:
    """Write the program's demonstration pictures, 600x450 JPEG, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    return tuple(save_jpeg(generate(kind, seed), folder / name) for name, kind, seed in EXAMPLES)
