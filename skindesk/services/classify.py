"""Classifies one picture or whole folders; one bad file is one rejected row and never ends a run."""

import errno
import logging
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from skindesk.domain.class_mix import ClassMix
from skindesk.domain.errors import ImageRejectedError, RejectionReason
from skindesk.domain.outcome import Classified, Outcome, Rejected
from skindesk.domain.region import Region
from skindesk.imaging.decode import EXTENSIONS, DecodedImage, PictureFile, is_unnamed_dicom, read_picture_file
from skindesk.imaging.preprocess import decode_for_input, input_of
from skindesk.inference.classifier import Answer, Classifier

_log = logging.getLogger(__name__)

OTHER_PICTURE_EXTENSIONS = frozenset({".gif", ".avif", ".jp2", ".ico", ".tga", ".ppm", ".svg", ".psd", ".raw", ".dng"})
"""Endings of pictures that this program does not read; in a folder each gets a row that says so."""

_WINDOW_PER_WORKER = 4


@dataclass(frozen=True)
class Answered:
    """A network's answer with the flags found while decoding for it."""

    answer: Answer
    quality_flags: tuple[str, ...]


def answer_for(
    picture: PictureFile, classifier: Classifier, mix: ClassMix | None = None, region: Region | None = None
) -> Answered:
    """The one way from a file's bytes to an answer; `mix` None is the archive's, `region` None the whole picture.

    Raises ImageRejectedError.
    """
    decoded = decode_for_input(picture, classifier.contract.preprocessing, region)
    return Answered(classifier.classify(decoded, mix, region), tuple(str(flag) for flag in decoded.warnings))


def answer_to(
    whole: DecodedImage, classifier: Classifier, mix: ClassMix | None = None, region: Region | None = None
) -> Answered:
    """The same answer for a picture that is decoded whole, in a format for which `input_of` is the same."""
    decoded = input_of(whole, classifier.contract.preprocessing, region)
    return Answered(classifier.classify(decoded, mix, region), tuple(str(flag) for flag in decoded.warnings))


def classify_file(path: Path, classifier: Classifier, mix: ClassMix | None = None) -> Outcome:
    """Classify one file; whatever is wrong with it becomes a rejection."""
    digest = ""
    try:
        picture = read_picture_file(path)
        digest = picture.sha256
        answered = answer_for(picture, classifier, mix)
    except ImageRejectedError as error:
        return Rejected(path, error.reason, str(error), digest)
    except Exception:
        # A bug in a decoder must not cost a night's run; the log holds it whole, the row says that it happened.
        _log.exception("unexpected failure on image %s", digest or "that could not be read")
        return Rejected(path, RejectionReason.INTERNAL, f"{path.name} could not be processed; see the log.", digest)
    return Classified(path, answered.answer.prediction, answered.quality_flags)


def classify_files(
    paths: Iterable[Path],
    classifier: Classifier,
    workers: int = 0,
    stop: Event | None = None,
    mix: ClassMix | None = None,
) -> Iterator[Outcome]:
    """Classify files in their order with bounded memory, each worker decoding and classifying its own picture.

    `workers` 0 means one per processor core, `mix` None the archive's class mix. Setting `stop`, an error in `paths`
    or closing the iterator ends the run after the pictures already begun; after `stop` their outcomes still come.
    """
    count = workers or os.cpu_count() or 1
    pending: deque[Future[Outcome]] = deque()
    with ThreadPoolExecutor(count, thread_name_prefix="classify") as pool:
        try:
            for path in paths:
                if stop is not None and stop.is_set():
                    break
                pending.append(pool.submit(classify_file, path, classifier, mix))
                if len(pending) >= count * _WINDOW_PER_WORKER:
                    yield pending.popleft().result()
            while pending:
                if stop is not None and stop.is_set():
                    _cancel(pending)
                future = pending.popleft()
                if not future.cancelled():
                    yield future.result()
        finally:
            _cancel(pending)


def _cancel(pending: Iterable[Future[Outcome]]) -> None:
    """Take back what has not begun."""
    for future in pending:
        future.cancel()


def find_pictures(
    paths: Iterable[Path], recursive: bool = False, on_problem: Callable[[Rejected], None] | None = None
) -> Iterator[Path]:
    """Every file that is named, and every file within a named folder that looks like a picture, sorted.

    Links to folders are followed once. A folder that cannot be read is reported to `on_problem`.
    """
    seen: set[tuple[int, int]] = set()
    for path in paths:
        if _is_folder(path):
            yield from _within(path, recursive, seen, on_problem)
        else:
            yield path


def _within(
    folder: Path, recursive: bool, seen: set[tuple[int, int]], on_problem: Callable[[Rejected], None] | None
) -> Iterator[Path]:
    opened = [_entries(folder, seen, on_problem)]
    while opened:
        entry = next(opened[-1], None)
        if entry is None:
            opened.pop()
        elif _is_folder(entry):
            if recursive:
                opened.append(_entries(entry, seen, on_problem))
        elif entry.suffix.lower() in EXTENSIONS | OTHER_PICTURE_EXTENSIONS or is_unnamed_dicom(entry):
            yield entry


def _entries(folder: Path, seen: set[tuple[int, int]], on_problem: Callable[[Rejected], None] | None) -> Iterator[Path]:
    """What lies in a folder, sorted; nothing where it was seen before or cannot be read."""
    try:
        status = folder.stat()
        if (status.st_dev, status.st_ino) in seen:
            return iter(())
        seen.add((status.st_dev, status.st_ino))
        return iter(sorted(folder.iterdir()))
    except OSError as error:
        if on_problem is not None:
            on_problem(_unreadable_folder(folder, error))
        return iter(())


def _is_folder(entry: Path) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a name too long, no permission: reading it will say what it is
        return False


def _unreadable_folder(folder: Path, error: OSError) -> Rejected:
    why = "permission denied" if error.errno in (errno.EACCES, errno.EPERM) else str(error.strerror or error)
    message = f"The folder {folder.name} cannot be read: {why}. Check its permissions."
    return Rejected(folder, RejectionReason.NOT_READABLE, message)
