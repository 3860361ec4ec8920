import pytest

from skindesk.domain.quality import QualityFinding, QualityIssue
from skindesk.gui.widgets.quality_words import finding_sentence, issue_word


@pytest.mark.parametrize("issue", QualityIssue)
def test_every_issue_has_its_own_word_and_its_own_sentence(issue: QualityIssue) -> None:
    others = set(QualityIssue) - {issue}
    assert issue_word(issue) not in {issue_word(other) for other in others}
    sentence = finding_sentence(QualityFinding(issue, severe=True))
    assert sentence.endswith(".")
    assert sentence not in {finding_sentence(QualityFinding(other, severe=True)) for other in others}


@pytest.mark.parametrize("issue", QualityIssue)
def test_a_known_share_leaves_no_gap_in_the_sentence(issue: QualityIssue) -> None:
    sentence = finding_sentence(QualityFinding(issue, severe=False, share=0.0412))
    assert "{" not in sentence
    if issue in {QualityIssue.TOO_SMALL, QualityIssue.GLARE, QualityIssue.HAIR, QualityIssue.OVEREXPOSED}:
        assert "4\u00a0%" in sentence


def test_a_small_lesion_is_told_with_its_share() -> None:
    finding = QualityFinding(QualityIssue.TOO_SMALL, severe=True, share=0.04)
    assert finding_sentence(finding) == "Retake closer: the lesion fills 4\u00a0% of the frame."
