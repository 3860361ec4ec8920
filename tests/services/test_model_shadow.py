"""Two networks on the same past pictures: what would change, and who was right."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from skindesk.domain.case import CaseDraft, DraftPicture
from skindesk.domain.class_mix import BALANCED
from skindesk.domain.contract import Modality, ModelContract
from skindesk.domain.insights import Share
from skindesk.domain.labels import Label, MalignancyGroup
from skindesk.domain.shadow import Comparison, Effect
from skindesk.inference.classifier import Classifier
from skindesk.services.casework import Casework
from skindesk.services.model_shadow import Shadow, contestants
from skindesk.services.statistics import mean_of_shares, wilson
from skindesk.storage.case_log import open_case_log
from skindesk.system.paths import Profile
from tests.support.colour_log import SEEN, close_as, picture_of, save_picture, swapped_contract
from tests.support.tiny_bundle import tiny_contract, write_tiny_bundle

MALIGNANT, BENIGN, PREMALIGNANT = MalignancyGroup.MALIGNANT, MalignancyGroup.BENIGN, MalignancyGroup.PREMALIGNANT


@pytest.fixture
def casework(tmp_path: Path) -> Iterator[Casework]:
    log = open_case_log(Profile(tmp_path / "profile").log, None)
    yield Casework(log, lambda _: None)
    log.close()


def network(folder: Path, contract: ModelContract) -> Classifier:
    return Classifier.load(write_tiny_bundle(folder, contract))


@pytest.fixture
def colours(tmp_path: Path) -> Classifier:
    return network(tmp_path / "networks", tiny_contract())


@pytest.fixture
def swapped(tmp_path: Path) -> Classifier:
    return network(tmp_path / "networks", swapped_contract())


def compare(
    casework: Casework, before: Classifier, after: Classifier, limit: int | None = None, choice: str = "archive"
) -> Comparison:
    return Shadow(*contestants(before, after, choice), casework.log).run(limit, lambda *_: None, Event())


def test_network_compared_with_itself_changes_nothing(casework: Casework, colours: Classifier) -> None:
    for number, colour in enumerate(("red", "green", "blue")):
        save_picture(casework, number, picture_of(colour))
    found = compare(casework, colours, colours)
    assert (found.answered, found.skipped, found.changes) == (3, (), ())
    assert found.same_leading == found.same_decision == found.same_side
    assert (found.same_leading.count, found.same_leading.total) == (3, 3)
    assert found.same_leading.interval == wilson(3, 3)


def test_changes_are_listed_the_weightiest_first(casework: Casework, colours: Classifier, swapped: Classifier) -> None:
    cases = {
        colour: save_picture(casework, at, picture_of(colour)) for at, colour in enumerate(("green", "blue", "red"))
    }
    close_as(casework, cases["red"], "red", MALIGNANT)

    found = compare(casework, colours, swapped)

    lost, new = found.changes
    assert lost.answers.picture.case_id == cases["red"]
    assert lost.effects == (Effect.NO_LONGER_MALIGNANT, Effect.OTHER_LEADING)
    assert (lost.answers.before.top.label.code, lost.answers.after.top.label.code) == ("red", "green")
    assert lost.answers.shift < -0.8
    assert (lost.diagnosis, new.diagnosis) == ("red", "")
    assert new.answers.picture.case_id == cases["green"]
    assert new.effects == (Effect.NEWLY_MALIGNANT, Effect.OTHER_LEADING)
    assert (found.same_side.count, found.same_decision.count, found.same_leading.count) == (1, 3, 1)


def test_other_decision_is_a_change(tmp_path: Path, casework: Casework, colours: Classifier) -> None:
    save_picture(casework, 1, picture_of("blue"))
    strict = network(tmp_path / "networks", tiny_contract("strict-3", min_margin=1.0))
    found = compare(casework, colours, strict)
    assert [change.effects for change in found.changes] == [(Effect.OTHER_DECISION,)]
    assert (found.same_leading.count, found.same_decision.count) == (1, 0)


def test_closed_cases_say_who_was_right(casework: Casework, colours: Classifier, swapped: Classifier) -> None:
    truth = [("red", "red", MALIGNANT)] * 6 + [("green", "green", BENIGN)] * 4 + [("green", "red", MALIGNANT)] * 1
    cases = []
    for number, (colour, diagnosis, group) in enumerate(truth):
        cases.append(save_picture(casework, number, picture_of(colour, number)))
        close_as(casework, cases[-1], diagnosis, group)
    close_as(casework, save_picture(casework, 90, picture_of("blue", 90)), "Spitz naevus", BENIGN)
    save_picture(casework, 91, picture_of("red", 91))  # still open

    found = compare(casework, colours, swapped)

    before, after = found.records
    assert (before.model.model_id, after.model.model_id) == ("colours-3", "swapped-3")
    assert (before.accuracy.count, before.accuracy.total) == (10, 11)
    assert (after.accuracy.count, after.accuracy.total) == (1, 11)
    assert before.balanced_accuracy is not None
    assert before.balanced_accuracy.value == pytest.approx((6 / 7 + 1) / 2)
    assert before.sensitivity == Share(tuple(cases[:6]), (cases[10],), wilson(6, 7))
    assert (before.specificity.count, before.specificity.total) == (4, 5)  # the Spitz naevus was called blue
    assert (after.sensitivity.count, after.specificity.count) == (1, 0)
    assert found.mended == (cases[10],)
    assert found.spoilt == tuple(cases[:10])
    assert found.p == pytest.approx(2 * 12 / 2**11)


def test_case_is_judged_by_its_most_suspicious_picture_of_the_last_day(
    casework: Casework, colours: Classifier, swapped: Classifier
) -> None:
    case_id = save_picture(casework, 1, picture_of("red", 1))
    case = casework.log.case(case_id)
    details = case.visits[0].pictures[0].details
    for day, colour, number in ((3, "green", 2), (3, "blue", 3), (40, "red", 4)):
        content = picture_of(colour, number)
        picture = replace(details, sha256=hashlib.sha256(content).hexdigest())
        seen, pictures = SEEN + timedelta(days=day), (DraftPicture(picture, content),)
        casework.save_case(CaseDraft(case.patient.patient_id, case_id, pictures, None, seen))
    close_as(casework, case_id, "blue", PREMALIGNANT)

    before, _ = compare(casework, colours, swapped).records

    assert before.accuracy == Share((case_id,), (), wilson(1, 1))


def test_different_classes_are_compared_by_what_both_know(
    tmp_path: Path, casework: Casework, colours: Classifier
) -> None:
    contract = tiny_contract("violet-3")
    red, green, _ = contract.labels
    other = network(tmp_path / "networks", replace(contract, labels=(red, green, Label("violet", "Violet", MALIGNANT))))
    for number, colour in enumerate(("red", "blue")):
        close_as(casework, save_picture(casework, number, picture_of(colour)), colour, MALIGNANT)

    found = compare(casework, colours, other)

    assert found.shared == ("red", "green")
    assert found.same_leading.total == found.same_side.count == 2
    assert found.changes == ()
    assert [record.accuracy.total for record in found.records] == [1, 1]  # blue is known to one of them only
    assert [record.sensitivity.total for record in found.records] == [2, 2]


def test_networks_without_a_common_class_are_compared_by_the_malignant_sum(
    tmp_path: Path, casework: Casework, colours: Classifier
) -> None:
    contract = tiny_contract("others-3")
    labels = tuple(replace(label, code=f"{label.code}_2", name=f"{label.name} 2") for label in contract.labels)
    save_picture(casework, 1, picture_of("red"))
    found = compare(casework, colours, network(tmp_path / "networks", replace(contract, labels=labels)))
    assert (found.shared, found.same_leading.total, found.same_leading.interval) == ((), 0, None)
    assert (found.same_side.count, found.changes) == (1, ())


def test_picture_that_cannot_be_read_is_skipped_with_the_reason(
    casework: Casework, colours: Classifier, swapped: Classifier
) -> None:
    bad = save_picture(casework, 1, b"no picture")
    gone = save_picture(casework, 2, picture_of("red"))
    for file in casework.log._images.files():
        if b"PNG" in file.read_bytes():
            file.unlink()
    save_picture(casework, 3, picture_of("blue"))

    found = compare(casework, colours, swapped)

    assert found.answered == 1
    assert [each.picture.case_id for each in found.skipped] == [gone, bad]
    assert "is missing from the case log" in found.skipped[0].why
    assert found.skipped[1].why.startswith("1.png")


def test_only_pictures_of_the_networks_kind_are_asked_about_and_withdrawn_ones_are_not(
    casework: Casework, colours: Classifier
) -> None:
    save_picture(casework, 1, picture_of("red", 1), modality=Modality.CLINICAL)
    kept = save_picture(casework, 2, picture_of("red", 2))
    assert [picture.case_id for picture in casework.log.record.past_pictures(Modality.DERMOSCOPIC)] == [kept]
    assert compare(casework, colours, colours).answered == 1


def test_newest_pictures_come_first_and_a_limit_holds(casework: Casework, colours: Classifier) -> None:
    cases = [save_picture(casework, number, picture_of("red", number)) for number in range(5)]
    pictures = casework.log.record.past_pictures(Modality.DERMOSCOPIC, 2)
    assert [picture.case_id for picture in pictures] == cases[:2:-1]
    assert compare(casework, colours, colours, limit=2).answered == 2


def test_stopped_run_tells_what_it_has_and_goes_on_where_it_stopped(
    casework: Casework, colours: Classifier, swapped: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        save_picture(casework, number, picture_of("red", number))
    shadow, stop, told = Shadow(*contestants(colours, swapped, "archive"), casework.log), Event(), []

    def stop_after_four(done: int, total: int) -> None:
        told.append((done, total))
        if done == 4:
            stop.set()

    assert shadow.run(None, stop_after_four, stop).answered == 4
    assert told == [(1, 6), (2, 6), (3, 6), (4, 6)]
    read = []
    picture = casework.log.picture
    monkeypatch.setattr(casework.log, "picture", lambda sha256: read.append(sha256) or picture(sha256))
    assert shadow.run(None, lambda *_: None, Event()).answered == 6
    assert len(read) == 2


def test_class_mix_that_fits_only_one_network_is_used_for_neither(tmp_path: Path, colours: Classifier) -> None:
    contract = tiny_contract("violet-3")
    labels = (*contract.labels[:2], Label("violet", "Violet", MALIGNANT))
    other = network(tmp_path / "networks", replace(contract, labels=labels))
    file = tmp_path / "spring.toml"
    file.write_text("red = 1\ngreen = 8\nblue = 1")
    assert [each.mix.name for each in contestants(colours, colours, str(file))] == ["spring", "spring"]
    assert [each.mix.name for each in contestants(colours, other, str(file))] == ["archive", "archive"]
    assert [each.mix.name for each in contestants(colours, other, BALANCED)] == [BALANCED, BALANCED]


def test_nothing_is_written_to_the_case_record(casework: Casework, colours: Classifier, swapped: Classifier) -> None:
    case_id = save_picture(casework, 1, picture_of("red"))
    before = casework.log.case(case_id)
    compare(casework, colours, swapped)
    assert casework.log.case(case_id) == before


def test_empty_log_is_compared_too(casework: Casework, colours: Classifier, swapped: Classifier) -> None:
    found = compare(casework, colours, swapped)
    assert (found.answered, found.same_leading.interval, found.p) == (0, None, None)
    assert [record.balanced_accuracy for record in found.records] == [None, None]


def test_mean_of_shares_has_the_interval_of_its_parts() -> None:
    alone, both = wilson(6, 7), mean_of_shares([(6, 7), (6, 7)])
    assert alone is not None
    assert both is not None
    assert mean_of_shares([(6, 7)]) == alone
    assert both.value == alone.value
    assert both.value - both.low == pytest.approx((alone.value - alone.low) / 2**0.5)
    assert both.high - both.value == pytest.approx((alone.high - alone.value) / 2**0.5)
    assert mean_of_shares([(6, 7), (0, 0)]) is None
    assert mean_of_shares([]) is None
