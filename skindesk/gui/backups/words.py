"""How backups read on the screen."""

from PySide6.QtCore import QCoreApplication

from skindesk.gui.widgets.words import local_day
from skindesk.services.backup_entries import BackupEntry

translate = QCoreApplication.translate  # under this name the translation tools find the texts


def size(size_bytes: int) -> str:
    """A size that people can compare."""
    return f"{size_bytes / 1e9:.1f}\u00a0GB" if size_bytes >= 1e9 else f"{size_bytes / 1e6:.1f}\u00a0MB"


def holding(entry: BackupEntry) -> str:
    """What a backup holds, and how large it is."""
    manifest = entry.manifest
    if manifest is None:
        return translate("backups", "What it holds cannot be read: it is damaged.")
    cases = translate("backups", "1 case") if manifest.cases == 1 else translate("backups", "{n} cases")
    pictures = translate("backups", "1 picture") if manifest.pictures == 1 else translate("backups", "{n} pictures")
    parts = [cases.format(n=f"{manifest.cases:,}"), pictures.format(n=f"{manifest.pictures:,}")]
    return ", ".join([*parts, size(manifest.size_bytes)])


def standing(entry: BackupEntry) -> str:
    """How far a backup can be relied on, and whose it is."""
    parts = []
    trust = entry.trust
    if entry.own and trust.proven_at is not None:
        parts.append(translate("backups", "restored for a trial {day}").format(day=local_day(trust.proven_at)))
    elif entry.own and trust.verified_at is not None:
        parts.append(translate("backups", "verified {day}").format(day=local_day(trust.verified_at)))
    elif entry.own:
        parts.append(translate("backups", "not verified"))
    else:
        if not entry.same_log:
            parts.append(translate("backups", "not known to be of this case log"))
        elif not entry.open_to_all:
            parts.append(translate("backups", "under an earlier key of this log"))
        if entry.open_to_all:
            parts.append(translate("backups", "needs no passphrase"))
    if entry.manifest is not None and entry.manifest.lost:
        parts.append(translate("backups", "{n} pictures were lost already").format(n=len(entry.manifest.lost)))
    return " · ".join(parts)
