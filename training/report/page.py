"""Puts a report's parts together into one file that needs nothing else."""

from typing import Any

from skindesk.system.files import write_durably
from training import plots
from training.report.classes import classes
from training.report.errors import worst_errors
from training.report.evidence import Evidence
from training.report.external import external
from training.report.groups import groups
from training.report.markup import Html, element, join, paragraph, plot, section, text
from training.report.novelty import novelty
from training.report.overall import overall, summary
from training.report.robustness import robustness
from training.report.style import STYLE
from training.report.trust import calibration, selection
from training.runs import Run

_CAUTION = "Decision support for research and second opinion. Not a cleared medical device."
_CONTENTS = {
    "summary": "Summary",
    "overall": "All pictures",
    "classes": "Each class",
    "calibration": "Calibration",
    "abstention": "Abstention",
    "novelty": "Novelty",
    "groups": "Groups",
    "robustness": "Robustness",
    "external": "Other archives",
    "errors": "Worst errors",
    "training": "Training",
}


def write_report(run: Run, figures: dict[str, Any], evidence: Evidence) -> None:
    """Write the page into the run's evaluation folder."""
    write_durably(run.report, render_report(run, figures, evidence).encode())


def render_report(run: Run, figures: dict[str, Any], evidence: Evidence) -> str:
    """The whole page. Images and drawings are in it; it fetches nothing."""
    body = join(
        part
        for part in (
            summary(figures),
            overall(figures),
            classes(figures, evidence),
            calibration(figures, evidence),
            selection(figures, evidence),
            novelty(figures),
            groups(figures),
            robustness(figures),
            external(figures),
            worst_errors(evidence),
            _training(run),
        )
        if part
    )
    title = text(f"{figures['model_id']}: evaluation")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{_header(figures, body)}\n"
        f"<main>\n{body}\n</main>\n{_footer(figures)}\n</body>\n</html>\n"
    )


def _header(figures: dict[str, Any], body: Html) -> Html:
    links = (
        Html(f'<a href="#{anchor}">{text(title)}</a>')
        for anchor, title in _CONTENTS.items()
        if f'<section id="{anchor}">' in body
    )
    return element(
        "header",
        join(
            (
                element("h1", f"Evaluation of {figures['model_id']}"),
                paragraph(f"{figures['architecture']} on {figures['dataset']}", "muted"),
                paragraph(_CAUTION, "caution"),
                element("nav", join(links)),
            )
        ),
    )


def _training(run: Run) -> Html:
    if not run.history.exists():
        return Html("")
    drawing = plot(
        plots.training(run.history), "Training", "On the validation part after every epoch, and both losses."
    )
    return section("training", "Training", drawing)


def _footer(figures: dict[str, Any]) -> Html:
    digests = (
        ("Weights, SHA-256", figures["weights_digest"]),
        ("Split digest", figures["split_digest"]),
    )
    lines = (element("p", join((text(name), element("code", value)), " "), class_="muted") for name, value in digests)
    return element("footer", join(lines))
