from pathlib import Path

from skindesk.domain.errors import RejectionReason
from skindesk.domain.outcome import Classified, Rejected
from skindesk.inference.classifier import Classifier
from tests.support.classified import classify_file
from tests.support.pictures import RED, write_picture


def test_file_is_answered(tiny_classifier: Classifier, tmp_path: Path) -> None:
    outcome = classify_file(write_picture(tmp_path / "a.png", RED), tiny_classifier)
    assert isinstance(outcome, Classified)
    assert outcome.prediction.top.label.code == "red"


def test_named_file_that_does_not_exist_is_an_outcome(tiny_classifier: Classifier, tmp_path: Path) -> None:
    outcome = classify_file(tmp_path / "gone.jpg", tiny_classifier)
    assert isinstance(outcome, Rejected)
    assert outcome.reason is RejectionReason.MISSING
