"""How figures are written, in the terminal, in cards and in reports."""

from training.metrics import Interval


def format_share(share: float | None) -> str:
    """`81.2%`, or a dash where there is nothing to take a share of."""
    return "–" if share is None else f"{share:.1%}"


def format_interval(interval: Interval) -> str:
    """`0.812 [0.794, 0.829]`, or a dash where the figure is undefined."""
    if interval["value"] is None or interval["low"] is None or interval["high"] is None:
        return "–"
    return f"{interval['value']:.3f} [{interval['low']:.3f}, {interval['high']:.3f}]"
