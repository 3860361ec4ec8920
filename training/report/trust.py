"""Whether the probabilities can be believed, and what abstaining is worth."""

from typing import Any

from training import plots
from training.formatting import format_share
from training.report.evidence import Evidence
from training.report.markup import Html, beside, interval, paragraph, plot, section, table


def calibration(figures: dict[str, Any], evidence: Evidence) -> Html:
    """Calibration error and log loss before and after, with the reliability diagram."""
    measured = figures["calibration"]
    rows = [
        (title, interval(measured["before"][name]), interval(measured["after"][name]))
        for name, title in (
            ("expected_calibration_error", "Expected calibration error"),
            ("negative_log_likelihood", "Log loss (nats)"),
        )
    ]
    return section(
        "calibration",
        "Calibration",
        paragraph(
            f"The temperature {measured['temperature']:.3f} was set on the validation part; before means temperature "
            "1. Archive mix; the error is over 15 bins of the top answer's probability."
        ),
        beside(
            table(("", "Before", "After"), rows),
            plot(
                plots.reliability(evidence.uncalibrated, evidence.probabilities, evidence.targets),
                "Reliability",
                "How often the top answer is right by the probability it was given. On the dotted line the two are "
                "equal. Bars: pictures after calibration.",
            ),
        ),
    )


def selection(figures: dict[str, Any], evidence: Evidence) -> Html:
    """Risk by coverage, the figures at 80 % and those of the rule that ships."""
    at_80, rule = figures["selective_80"], figures["selective"]
    rows = [
        (f"Accuracy at {at_80['coverage']:.0%} coverage", interval(at_80["accuracy"])),
        ("Gain over all pictures, points", interval(at_80["gain_points"], 1)),
        ("Margin that leaves this coverage", f"{at_80['min_margin']:.3f}"),
        ("Decision rule that ships: smallest margin", f"{rule['min_margin']:.3f}"),
        ("Decision rule: answered", format_share(rule["coverage"])),
        ("Decision rule: right among the answered", format_share(rule["accuracy_answered"])),
        ("Decision rule: would have been right among the rest", format_share(rule["accuracy_abstained"])),
    ]
    return section(
        "abstention",
        "Abstention",
        paragraph(
            "The closest calls, by the margin between the two leading probabilities, are left unanswered first. At "
            f"{at_80['coverage']:.0%} coverage the margin follows from the test part's own order; the rule that ships "
            "has its margin from the validation part."
        ),
        beside(
            table(("", ""), rows),
            plot(
                plots.risk(evidence.probabilities, evidence.targets, at_80["coverage"]),
                "Risk by coverage",
                "The share of wrong answers among the pictures answered. Dotted: 80 % coverage.",
            ),
        ),
    )
