"""Values of the case log as JSON."""

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Any


def to_json(value: Any) -> str:
    """A dataclass value in one line; days and times as ISO 8601 has them."""
    return json.dumps(asdict(value), ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(f"cannot write {type(value).__name__} as JSON")
