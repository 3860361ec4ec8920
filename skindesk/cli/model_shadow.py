"""`skindesk models shadow`: what another network would have said of the log's pictures."""

import argparse
import json
import sys
from threading import Event
from typing import TYPE_CHECKING, Any

from skindesk.cli.context import Context
from skindesk.cli.plain_json import to_json
from skindesk.cli.table import format_table

if TYPE_CHECKING:
    from skindesk.domain.insights import Interval, Share
    from skindesk.domain.prediction import Prediction
    from skindesk.domain.shadow import Change, Comparison, Rate

_MOST_SHOWN = 20
"""So many changes are printed; `--json` has them all."""


def register(actions: Any) -> None:
    """Add the action's parser."""
    parser = actions.add_parser("shadow", help="compare a network with the one that answers, on past pictures")
    parser.add_argument("model", metavar="ID")
    parser.add_argument("--limit", type=_count, metavar="N", help="the newest pictures only (default: 500; 0 for all)")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace, context: Context) -> int:
    """Compare and print; returns 1 where pictures were skipped."""
    from skindesk.services.model_shadow import MOST_PICTURES

    casework = context.casework
    shadow = context.workspace.model_administration.shadow(chosen.model, casework.log)
    limit = MOST_PICTURES if chosen.limit is None else chosen.limit or None
    found = shadow.run(limit, _tell, Event())
    print(json.dumps(_row(found), ensure_ascii=False) if chosen.json else "\n".join(_lines(found)))
    return 1 if found.skipped else 0


def _tell(done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} of {total} pictures", end="\n" if done == total else "", file=sys.stderr, flush=True)


def _count(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise argparse.ArgumentTypeError("must be a number of pictures")
    return int(text)


def _lines(found: "Comparison") -> list[str]:
    names = [f"{model.model_id} {model.version}" for model in (found.before, found.after)]
    mixes = " and ".join(dict.fromkeys(found.class_mixes))
    lines = [
        f"{names[0]} answers now; {names[1]} in its shadow. {found.answered} pictures, class mix {mixes}.",
        f"Same leading class, of {len(found.shared)} that both know: {_rate(found.same_leading)}",
        f"Same decision: {_rate(found.same_decision)}",
        f"Same side of {found.threshold:.0%} malignant in sum: {_rate(found.same_side)}",
        "",
        *_record_lines(found, names),
    ]
    if found.changes:
        lines += ["", f"{len(found.changes)} pictures would change, the weightiest first:", _change_table(found)]
    if found.skipped:
        lines += ["", f"{len(found.skipped)} pictures were skipped:"]
        lines += [f"  case {each.picture.case_id}: {each.why}" for each in found.skipped[:_MOST_SHOWN]]
    return lines


def _record_lines(found: "Comparison", names: list[str]) -> list[str]:
    cases = found.records[0].sensitivity.total + found.records[0].specificity.total
    if not cases:
        return ["None of them is of a closed case, so nobody knows which network was right."]
    rows = [
        (
            name,
            _share(record.accuracy),
            _interval(record.balanced_accuracy),
            _share(record.sensitivity),
            _share(record.specificity),
        )
        for name, record in zip(names, found.records, strict=True)
    ]
    header = ("NETWORK", "LEADING CLASS RIGHT", "BALANCED", "SENSITIVITY", "SPECIFICITY")
    p = "" if found.p is None else f" (McNemar's p {found.p:.3g})"
    return [
        f"{cases} closed cases, with 95 % intervals; malignant from {found.threshold:.0%} in sum on:",
        format_table(header, rows),
        f"Only {names[1]} is right in {len(found.mended)}, only {names[0]} in {len(found.spoilt)}{p}.",
    ]


def _change_table(found: "Comparison") -> str:
    return format_table(
        ("CASE", "CHANGE", "BEFORE", "AFTER", "MALIGNANT", "FINAL DIAGNOSIS"),
        [
            (
                change.answers.picture.case_id,
                change.effects[0],
                _said(change.answers.before),
                _said(change.answers.after),
                f"{change.answers.before.malignant_sum:.0%} -> {change.answers.after.malignant_sum:.0%}",
                change.diagnosis,
            )
            for change in found.changes[:_MOST_SHOWN]
        ],
    )


def _said(prediction: "Prediction") -> str:
    return f"{prediction.top.label.code} {prediction.top.probability:.0%} {prediction.decision}"


def _rate(rate: "Rate") -> str:
    return f"{rate.count} of {rate.total}, {_interval(rate.interval)}"


def _share(share: "Share") -> str:
    return f"{share.count} of {share.total}, {_interval(share.interval)}"


def _interval(interval: "Interval | None") -> str:
    if interval is None or interval.low is None or interval.high is None:
        return "not known"
    return f"{interval.value:.0%} ({interval.low:.0%} to {interval.high:.0%})"


def _row(found: "Comparison") -> dict[str, Any]:
    """The comparison as JSON; each change with what both networks led with."""
    plain = json.loads(to_json(found))
    plain["changes"] = [_change_row(change) for change in found.changes]
    return dict(plain)


def _change_row(change: "Change") -> dict[str, Any]:
    picture = change.answers.picture
    return {
        "case_id": picture.case_id,
        "image_id": picture.image_id,
        "effects": change.effects,
        "diagnosis": change.diagnosis,
        "before": _answer_row(change.answers.before),
        "after": _answer_row(change.answers.after),
    }


def _answer_row(prediction: "Prediction") -> dict[str, Any]:
    return {
        "leading": prediction.top.label.code,
        "probability": prediction.top.probability,
        "malignant_sum": prediction.malignant_sum,
        "decision": prediction.decision,
        "reason": prediction.abstention_reason,
    }
