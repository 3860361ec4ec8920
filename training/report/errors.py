"""The errors that the network was surest of, shown as it saw them."""

import base64
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from training.metrics import Integers
from training.report.evidence import Evidence
from training.report.markup import Html, element, join, paragraph, section

COUNT = 24
_THUMBNAIL_PX = 160


def worst_errors(evidence: Evidence) -> Html:
    """The wrong answers with the highest probabilities, with picture, reference and answer."""
    chosen = surest_errors(evidence)
    if not len(chosen):
        return section("errors", "Worst errors", paragraph("Every test picture was answered right."))
    return section(
        "errors",
        "Worst errors",
        paragraph(
            f"The {len(chosen)} wrong answers with the highest probability, as the network got the pictures. They come "
            "from the prepared archive on this machine and are under its licence: do not pass this page on without it."
        ),
        element("div", join(_error(evidence, int(at)) for at in chosen), class_="thumbnails"),
    )


def surest_errors(evidence: Evidence, count: int = COUNT) -> Integers:
    """The places of the wrong answers with the highest probabilities, surest first, at most `count`."""
    answers, sureness = evidence.probabilities.argmax(axis=1), evidence.probabilities.max(axis=1)
    wrong = np.flatnonzero(answers != evidence.targets)
    return wrong[np.argsort(-sureness[wrong], kind="stable")][:count]


def _error(evidence: Evidence, at: int) -> Html:
    answer = int(evidence.probabilities[at].argmax())
    truth = int(evidence.targets[at])
    image_id, codes = evidence.image_ids[at], evidence.codes
    words = join(
        (
            element("strong", f"{codes[answer]} {evidence.probabilities[at, answer]:.1%}"),
            element("span", f"reference: {codes[truth]} {evidence.probabilities[at, truth]:.1%}"),
            element("span", image_id),
        ),
        "<br>",
    )
    picture = Html(f'<img src="{_data_uri(evidence.pictures[at])}" alt="" loading="lazy">')
    return element("figure", join((picture, element("figcaption", words))))


def _data_uri(picture: NDArray[np.uint8]) -> str:
    image = Image.fromarray(np.ascontiguousarray(picture))
    image.thumbnail((_THUMBNAIL_PX, _THUMBNAIL_PX))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=85)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
