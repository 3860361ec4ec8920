"""Pictures that are chosen, dropped or pasted: which files are meant, or which bytes."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from skindesk.gui.incoming.room import MOST_PICTURES
from skindesk.gui.widgets.words import translate
from skindesk.imaging.decode import PictureFile, picture_from_bytes
from skindesk.imaging.extensions import EXTENSIONS

Read = Callable[[], PictureFile]


def first_file(data: QMimeData) -> Path | None:
    """The first local file that was dropped or copied."""
    return next(iter(_local_paths(data)), None)


def files_in(data: QMimeData) -> tuple[Path, ...]:
    """The local files that were dropped or copied, and the pictures directly in folders, sorted as people count.

    A file is taken whatever its name, since a DICOM object often has no ending; opening it tells if it is none.
    """
    found = {file for path in _local_paths(data) for file in (_pictures_of(path) if path.is_dir() else (path,))}
    return tuple(sorted(found, key=_as_people_count))


def choose_files(parent: QWidget) -> tuple[Path, ...]:
    """Ask for picture files; none where the user thinks better of it."""
    endings = " ".join(f"*{ending}" for ending in sorted(EXTENSIONS))
    title = translate("incoming", "Open photographs of a lesion")
    pictures, everything = translate("incoming", "Pictures"), translate("incoming", "All files")
    names, _ = QFileDialog.getOpenFileNames(parent, title, "", f"{pictures} ({endings});;{everything} (*)")
    return tuple(sorted(map(Path, names), key=_as_people_count))


def with_room(paths: Sequence[Path], there: int = 0) -> tuple[tuple[Path, ...], str]:
    """The first of these for which an examination of `there` pictures has room, and a sentence if they are not all."""
    taken = tuple(paths[: max(0, MOST_PICTURES - there)])
    if len(taken) == len(paths):
        return taken, ""
    if not taken:
        words = translate("incoming", "An examination holds {most} pictures. Remove one, or save this case first.")
        return taken, words.format(most=MOST_PICTURES)
    words = translate("incoming", "Opened {n} of {all}: an examination holds {most} pictures. Classify more in Batch.")
    return taken, words.format(n=len(taken), all=f"{len(paths):,}", most=MOST_PICTURES)


def holds_picture(data: QMimeData) -> bool:
    """Whether copied data is meant as a picture; text that also comes as a picture is meant as text."""
    return first_file(data) is not None or (data.hasImage() and not data.hasText())


def reader_of_image(data: QMimeData, name: str) -> Read | None:
    """How to get a copied picture as a file, losslessly; None where there is no picture. Slow when called."""
    image = QImage(data.imageData()) if data.hasImage() else QImage()
    if image.isNull():
        return None
    return lambda: picture_from_bytes(name, _png(image))


def _local_paths(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def _pictures_of(folder: Path) -> list[Path]:
    """The pictures directly in a folder; none where it cannot be read."""
    try:
        return [path for path in folder.iterdir() if path.suffix.lower() in EXTENSIONS and path.name[0] != "."]
    except OSError:
        return []


def _as_people_count(path: Path) -> tuple[list[str | int], str]:
    """IMG_9 before IMG_10, and what lies in one folder together; numbers and words take turns."""
    parts = re.split(r"(\d+)", str(path).casefold())
    return [int(part) if place % 2 else part for place, part in enumerate(parts)], str(path)


def _png(image: QImage) -> bytes:
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(content.data())
