"""What `prepare` does with an archive once it is read: audit it, say what is wrong, build the cache."""

from pathlib import Path
from typing import Any

from skindesk.domain.contract import Preprocessing
from training.cache import build_cache
from training.datasets.archive import Archive
from training.datasets.audit import audit, fault_table, write_faults
from training.datasets.fault import Fault, FaultKind

FAULTS = "faults.json"


def prepare(archive: Archive, spec: Preprocessing, folder: Path) -> dict[str, Any]:
    """Write the faults and the cache into a folder, print what was found, and return the cache's summary.

    Readers of loose folders have audited and cleaned their pictures already. The published archives are audited
    here and used as they are, for their split is the one to compare figures on; an unreadable picture of theirs
    raises TrainingError, after the faults have been written.
    """
    faults = archive.faults if archive.faults is not None else audit(archive.records).faults
    folder.mkdir(parents=True, exist_ok=True)
    write_faults(faults, folder / FAULTS)
    print(f"{archive.title}: {fault_table(faults)}")
    for path in _unreadable(faults):
        print(f"warning: {path} cannot be read as a picture")
    for sentence in archive.facts:
        if sentence.startswith("Left out"):
            print(sentence)
    summary = build_cache(archive, spec, folder)
    print(f"{summary['images']} pictures prepared in {folder}; split {str(summary['split_digest'])[:12]}")
    for part, counts in summary["images_per_part"].items():
        groups = summary["groups_per_part"][part]
        print(f"  {part:<10} {groups} groups: " + "  ".join(f"{code} {count}" for code, count in counts.items()))
    return summary


def _unreadable(faults: tuple[Fault, ...]) -> list[Path]:
    return [fault.pictures[0].path for fault in faults if fault.kind is FaultKind.UNREADABLE]
