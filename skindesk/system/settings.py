"""What the user has chosen, kept in the profile as JSON."""

import json
import logging
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any

from skindesk.domain.class_mix import ARCHIVE
from skindesk.domain.contract import Modality
from skindesk.domain.paper import Paper
from skindesk.system.files import write_durably
from skindesk.system.paths import Profile

LONGEST_LOCK_AFTER_MIN = 240
MOST_FORMER_MODELS = 20
SIZES_PERCENT = (100, 125, 150, 200)

_log = logging.getLogger(__name__)


class Theme(StrEnum):
    """Which colours the windows use."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True)
class FormerModel:
    """A network that answered a kind of picture, as the settings named it; None is the default of that time."""

    modality: Modality
    model_id: str | None


@dataclass(frozen=True)
class Settings:
    """The user's choices, with the defaults of a first start.

    `size_percent`, one of SIZES_PERCENT, is how large text and controls are besides the screen's own scaling. With
    `reduce_motion` nothing moves or blinks by itself. `model_id` and `class_mix` are for dermoscopic pictures,
    their clinical fellows for clinical ones. A model's id, which may name a version as in `dermoscopy-7@2.1.0`, None
    means the default for that kind of picture; the `former_models` answered before, the latest last. A class mix is
    `archive`, `balanced`, or the path of a file.
    `batch_workers` 0 means one per processor core, `lock_after_min` 0 that a protected log locks only when asked.
    Of a `watched_folder` the new pictures are told in Examine, and `camera` is the name of the camera last used there.
    Without a `backup_folder` no backups are made by themselves, whatever `backup_daily` says. The clinic's name and
    address stand at the head of its reports; the address may have several lines. `database` and `log_folder` name a
    case log that several workstations share, in place of the profile's own: see `shared_log`.
    """

    theme: Theme = Theme.SYSTEM
    size_percent: int = 100
    reduce_motion: bool = False
    impression_first: bool = True
    model_id: str | None = None
    clinical_model_id: str | None = None
    former_models: tuple[FormerModel, ...] = ()
    class_mix: str = ARCHIVE
    clinical_class_mix: str = ARCHIVE
    batch_workers: int = 0
    notice_accepted: bool = False
    lock_after_min: int = 10
    backup_folder: str | None = None
    backup_daily: bool = True
    clinic_name: str = ""
    clinic_address: str = ""
    report_paper: Paper = Paper.A4
    watched_folder: str | None = None
    database: str | None = None
    log_folder: str | None = None
    camera: str = ""

    def model_for(self, modality: Modality) -> str | None:
        """The id of the network that answers a kind of picture; None for the default."""
        return self.clinical_model_id if modality is Modality.CLINICAL else self.model_id

    def mix_for(self, modality: Modality) -> str:
        """The class mix under which a kind of picture is answered."""
        return self.clinical_class_mix if modality is Modality.CLINICAL else self.class_mix

    def with_model(self, modality: Modality, model_id: str | None) -> "Settings":
        """The same choices, with another network for a kind of picture."""
        clinical = modality is Modality.CLINICAL
        return replace(self, clinical_model_id=model_id) if clinical else replace(self, model_id=model_id)

    def with_next_model(self, modality: Modality, model_id: str) -> "Settings":
        """The same choices, with another network for a kind of picture, to be taken back by `with_former_model`."""
        former = (*self.former_models, FormerModel(modality, self.model_for(modality)))
        return replace(self.with_model(modality, model_id), former_models=former[-MOST_FORMER_MODELS:])

    def former_model(self, modality: Modality) -> FormerModel | None:
        """What answered a kind of picture before the present network; None where nothing is known of it."""
        found = [former for former in self.former_models if former.modality is modality]
        return found[-1] if found else None

    def with_former_model(self, modality: Modality) -> "Settings":
        """The same choices, with the network that answered a kind of picture before; the same where none is known."""
        former = self.former_model(modality)
        if former is None:
            return self
        at = len(self.former_models) - 1 - self.former_models[::-1].index(former)
        left = self.former_models[:at] + self.former_models[at + 1 :]
        return replace(self.with_model(modality, former.model_id), former_models=left)

    def with_mix(self, modality: Modality, mix: str) -> "Settings":
        """The same choices, with another class mix for a kind of picture."""
        clinical = modality is Modality.CLINICAL
        return replace(self, clinical_class_mix=mix) if clinical else replace(self, class_mix=mix)


def load_settings(profile: Profile) -> Settings:
    """Read the settings; unknown, missing or damaged values fall back to the defaults and are logged."""
    try:
        raw = json.loads(profile.settings.read_text("utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError):
        _log.warning("settings could not be read; using the defaults", exc_info=True)
        return Settings()
    values = raw if isinstance(raw, dict) else {}
    return Settings(**{entry.name: _parse(entry.name, values) for entry in fields(Settings)})


def save_settings(profile: Profile, settings: Settings) -> None:
    """Write the settings durably. Raises OSError where the profile cannot be written."""
    write_durably(profile.settings, json.dumps(asdict(settings), indent=2).encode())


def _parse(name: str, raw: dict[str, Any]) -> Any:
    """One setting's value from outside data, or its default."""
    default = getattr(Settings(), name)
    value = raw.get(name, default)
    try:
        if name == "theme":
            return Theme(value)
        if name == "report_paper":
            return Paper(value)
        if name in ("clinic_name", "clinic_address", "camera"):
            return value if isinstance(value, str) else default
        if name in ("model_id", "clinical_model_id", "backup_folder", "watched_folder", "database", "log_folder"):
            return value if isinstance(value, str) else None
        if name == "former_models":
            return tuple(_parse_former(entry) for entry in value)[-MOST_FORMER_MODELS:]
        if name in ("class_mix", "clinical_class_mix"):
            return value if isinstance(value, str) and value else default
        if name == "size_percent":
            return value if value in SIZES_PERCENT else default
        if name == "batch_workers":
            return min(64, max(0, int(value)))
        if name == "lock_after_min":
            return min(LONGEST_LOCK_AFTER_MIN, max(0, int(value)))
        return value if isinstance(value, bool) else default
    except (TypeError, ValueError, KeyError, OverflowError):
        _log.warning("setting %s has an unusable value; using the default", name)
        return default


def _parse_former(entry: Any) -> FormerModel:
    if isinstance(entry, FormerModel):
        return entry
    model_id = entry["model_id"]
    if not isinstance(model_id, str | None):
        raise ValueError("a model's id is no text")
    return FormerModel(Modality(entry["modality"]), model_id)
