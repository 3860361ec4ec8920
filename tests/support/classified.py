"""One file, classified as a batch does it."""

from pathlib import Path

from skindesk.domain.class_mix import ClassMix
from skindesk.domain.outcome import Outcome
from skindesk.inference.classifier import Classifier
from skindesk.services.batch import Item, classify_item


def classify_file(path: Path, classifier: Classifier, mix: ClassMix | None = None) -> Outcome:
    return classify_item(Item(path), classifier, mix).outcome
