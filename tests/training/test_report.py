"""The page that an evaluation writes, from made-up probabilities: what it shows, and that it fetches nothing."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from skindesk.domain.labels import Label, MalignancyGroup
from training.calibrate import Calibration
from training.figures import MIXES, measure, measure_calibration, measure_selection
from training.formatting import format_figures, format_interval
from training.groups import measure_groups
from training.metrics import softmax_with_prior
from training.report import Evidence, render_report
from training.report.errors import surest_errors
from training.robustness import measure_robustness
from training.runs import Run
from training.views import measure_eight_views

LABELS = (
    Label("mel", "Melanoma", MalignancyGroup.MALIGNANT),
    Label("nv", "Melanocytic <nevus> & co", MalignancyGroup.BENIGN),
    Label("vasc", "Vascular lesion", MalignancyGroup.BENIGN),
)
COUNT = 120
CALIBRATION = Calibration(1.5, (0.2, 0.7, 0.1), 0.2, 0.9, 0.85)
INTERVAL = {"value": 0.9876, "low": 0.9321, "high": 0.9954}
NOVELTY = {
    "method": "residual",
    "threshold": 3.25,
    "validation_refused": 0.03,
    "test_refused": INTERVAL,
    "against": {"nonskin": {"pictures": 180, "auroc": INTERVAL, "refused": INTERVAL}},
    "compared": {"residual": {"auroc_nonskin": 0.987}, "mahalanobis": {"auroc_nonskin": 0.95}},
}


class Reader(HTMLParser):
    """Collects a page's text and checks that its elements close in order."""

    VOID = frozenset({"meta", "img", "br", "link", "hr", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for name, value in attrs if name == "id"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    rng = np.random.default_rng(8)
    targets = rng.choice(3, COUNT, p=(0.25, 0.6, 0.15))
    logits = 2 * np.eye(3)[targets] + rng.normal(size=(COUNT, 3))
    return Evidence(
        pictures=rng.integers(0, 256, (COUNT, 32, 32, 3), np.uint8),
        image_ids=tuple(f"ISIC_{at:07}" for at in range(COUNT)),
        targets=targets,
        probabilities=CALIBRATION.probabilities(logits),
        uncalibrated=softmax_with_prior(logits, np.array(CALIBRATION.class_mix), 1.0),
        labels=LABELS,
    )


@pytest.fixture(scope="module")
def figures(evidence: Evidence) -> dict[str, Any]:
    groups = tuple(f"lesion {at // 2}" for at in range(COUNT))
    sites = tuple("<sole>" if at < 10 else "back" for at in range(COUNT))

    def predict(pictures: Any) -> Any:
        return np.log(np.resize(evidence.probabilities, (len(pictures), 3)))

    return {
        "model_id": "phantom-3",
        "architecture": "sequential",
        "dataset": "Phantoms",
        "part": "test",
        "split_digest": "5" * 64,
        "weights_digest": "a" * 64,
        "images": COUNT,
        "grouped_by": "lesions",
        "lesions": COUNT // 2,
        "views": 1,
        "interval": "95 % bootstrap over lesions, 1,000 resamples",
        **{mix: measure(evidence.probabilities, evidence.targets, groups, LABELS) for mix in MIXES},
        "eight_views": measure_eight_views(
            predict, CALIBRATION.probabilities, evidence.pictures, evidence.targets, groups
        ),
        "calibration": measure_calibration(np.log(evidence.probabilities), evidence.targets, groups, CALIBRATION),
        **measure_selection(evidence.probabilities, evidence.targets, groups, CALIBRATION),
        "groups": measure_groups(evidence.probabilities, evidence.targets, groups, LABELS, {"site": sites}),
        "novelty": NOVELTY,
        "robustness": measure_robustness(
            predict, CALIBRATION.probabilities, evidence.pictures, evidence.targets, groups, LABELS, 4 / 3
        ),
    }


@pytest.fixture(scope="module")
def page(figures: dict[str, Any], evidence: Evidence, tmp_path_factory: pytest.TempPathFactory) -> str:
    run = Run(tmp_path_factory.mktemp("run"))
    run.history.write_text(
        "epoch,validation_accuracy,validation_balanced_accuracy,validation_macro_auc,loss,validation_nll\n"
        "1,0.5,0.4,0.7,1.2,1.1\n2,0.6,0.5,0.8,0.9,0.8\n"
    )
    return render_report(run, figures, evidence)


def test_page_fetches_nothing(page: str) -> None:
    assert "http" not in page
    assert "<script" not in page
    assert "<link" not in page
    assert "@import" not in page
    sources = re.findall(r'(?:src|href)="([^"]*)"', page) + re.findall(r"url\(([^)]*)\)", page)
    assert sources
    assert all(source.startswith(("data:image/jpeg;base64,", "#")) for source in sources)


def test_page_is_well_formed_and_every_id_is_there_once(page: str) -> None:
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    assert len(reader.ids) == len(set(reader.ids))
    assert {link[1:] for link in re.findall(r'href="(#[^"]*)"', page)} <= set(reader.ids)


def test_page_shows_every_figure_that_matters(page: str, figures: dict[str, Any]) -> None:
    shown = re.sub(r"<[^>]*>", "", page)
    archive = figures["archive_mix"]
    for interval in (
        archive["accuracy"],
        figures["balanced_mix"]["balanced_accuracy"],
        archive["macro_auc"],
        archive["per_class"]["mel"]["sensitivity_at_90_specificity"],
        archive["malignant"]["auc"],
        figures["calibration"]["before"]["expected_calibration_error"],
        figures["selective_80"]["accuracy"],
        figures["eight_views"]["balanced_mix"]["balanced_accuracy"],
        figures["groups"]["site"]["back"]["malignant_auc"],
        figures["robustness"]["perturbed"]["square_crop"]["accuracy"],
        NOVELTY["against"]["nonskin"]["auroc"],  # type: ignore[index]
    ):
        assert format_interval(interval) in shown
    assert "too small to judge: fewer than 30 pictures" in shown


def test_names_from_the_data_are_escaped(page: str) -> None:
    assert "<nevus>" not in page
    assert "<sole>" not in page
    assert "Melanocytic &lt;nevus&gt; &amp; co" in page


def test_drawings_take_their_colours_from_the_page(page: str) -> None:
    assert page.count("<svg") > 5
    assert not re.search(r"#0[1-5]0\d0\d", page)
    assert "stroke: var(--accent)" in page
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page


def test_worst_errors_are_the_surest_wrong_answers(page: str, evidence: Evidence) -> None:
    at = surest_errors(evidence)
    answers = evidence.probabilities.argmax(axis=1)
    sureness = evidence.probabilities.max(axis=1)
    assert (answers[at] != evidence.targets[at]).all()
    assert (np.diff(sureness[at]) <= 0).all()
    wrong = answers != evidence.targets
    assert sureness[at[0]] == sureness[wrong].max()
    assert evidence.image_ids[at[0]] in page
    assert page.count("<img ") == len(at) == min(24, wrong.sum())


def test_page_without_optional_parts_says_so(figures: dict[str, Any], evidence: Evidence, tmp_path: Path) -> None:
    few = {**figures, "groups": {}}
    for name in ("novelty", "robustness"):
        few.pop(name)
    page = render_report(Run(tmp_path), few, evidence)
    assert "Not measured in this evaluation." in page
    assert "Left out of this evaluation." in page
    assert "states no attributes" in page
    assert '<section id="external">' not in page
    assert '<section id="training">' not in page


def test_terminal_shows_what_the_page_leads_with(figures: dict[str, Any]) -> None:
    text = format_figures(figures)
    melanoma = figures["archive_mix"]["per_class"]["mel"]["sensitivity_at_90_specificity"]
    assert f"sensitivity at 0.90 specificity, mel: {format_interval(melanoma)}" in text
    assert "at 80% coverage: accuracy" in text
    assert "against nonskin (180 pictures): AUROC 0.988 [0.932, 0.995]" in text
    assert "eight views" in text
