"""`skindesk models recheck`: whether a case's stored answers can be had again from the networks that gave them."""

import argparse
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from skindesk.cli.arguments import case_number
from skindesk.cli.context import Context
from skindesk.domain.errors import SkinDeskError

if TYPE_CHECKING:
    from skindesk.domain.case import Case
    from skindesk.domain.prediction import Prediction
    from skindesk.services.model_recheck import Recheck
    from skindesk.services.models import ModelLibrary
    from skindesk.storage.case_log import CaseLog

_WORDS = {"same": "the same again", "other": "another answer", "network gone": "cannot be had again"}


def register(actions: Any) -> None:
    """Add the action's parser."""
    parser = actions.add_parser("recheck", help="ask for a case's stored answers again")
    parser.add_argument("case", metavar="CASE", type=case_number)
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace, context: Context) -> int:
    """Ask again and print; returns 1 unless every answer is the same again."""
    log = context.casework.log
    rows = list(_rows(log.case(chosen.case), log, context.workspace.models))
    if chosen.json:
        print(json.dumps(rows, ensure_ascii=False))
    else:
        print("\n".join(map(_line, rows)) or "No network has answered a picture of this case.")
    return 0 if all(row["result"] == "same" for row in rows) else 1


def _rows(case: "Case", log: "CaseLog", models: "ModelLibrary") -> Iterator[dict[str, Any]]:
    from skindesk.services.model_recheck import recheck

    for visit in case.visits:
        for picture in visit.pictures:
            for stored in picture.predictions:
                try:
                    content = log.picture(picture.details.sha256)
                    found = recheck(stored, picture.details.file_name, content, models)
                except SkinDeskError as error:
                    yield _row(picture.image_id, stored, "picture gone", str(error))
                else:
                    yield _row(picture.image_id, stored, found.sameness, found.why, found)


def _row(image_id: int, stored: "Prediction", result: str, why: str, found: "Recheck | None" = None) -> dict[str, Any]:
    return {
        "image_id": image_id,
        "model_id": stored.model.model_id,
        "version": stored.model.version,
        "digest": stored.model.digest,
        "answered_at": stored.created_at.isoformat(),
        "class_mix": stored.class_mix.name,
        "result": str(result),
        "difference": None if found is None else found.difference,
        "why": why,
    }


def _line(row: dict[str, Any]) -> str:
    words = _WORDS.get(row["result"], row["result"])
    difference = "" if row["difference"] is None else f", largest difference {row['difference']:.1g}"
    told = f" {row['why']}" if row["why"] else ""
    return f"Picture {row['image_id']}, {row['model_id']} {row['version']}: {words}{difference}.{told}"
