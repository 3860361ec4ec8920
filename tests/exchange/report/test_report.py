"""What stands in a report, whatever the case holds."""

import io
import re
from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np
import pypdfium2
import pytest
from numpy.typing import NDArray
from PIL import Image

from skindesk.domain.body_position import BodyPosition, BodyView
from skindesk.domain.case import LesionDetails, PatientDetails, Sex, Site, SkinType
from skindesk.domain.lesion_state import LesionState
from skindesk.domain.paper import Paper
from skindesk.domain.prediction import AbstentionReason, Decision
from skindesk.domain.wording import INTENDED_USE
from skindesk.exchange.report.content import Letterhead, LostPicture, ReportContent
from skindesk.exchange.report.document import render
from skindesk.exchange.report.pictures import printed
from tests.support.pictures import picture
from tests.support.report_cases import (
    CLOSE,
    EXAMPLES,
    FINAL,
    FIRST,
    PATIENT,
    SECOND,
    SUPPORTED,
    VISITS,
    a_case,
    content_of,
    visit,
)


def pages_of(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [document[at].get_textpage().get_text_range().replace("\r\n", "\n") for at in range(len(document))]
    finally:
        document.close()


def text_of(content: ReportContent, paper: Paper = Paper.A4) -> str:
    return "\n".join(pages_of(render(content, paper).pdf))


def joined(text: str) -> str:
    """A text without the line breaks that its column made."""
    return " ".join(text.split())


@pytest.mark.parametrize(("paper", "size_pt"), [(Paper.A4, (595, 842)), (Paper.LETTER, (612, 792))])
def test_a_report_says_everything_on_either_paper(paper: Paper, size_pt: tuple[int, int]) -> None:
    report = render(content_of(a_case()), paper)
    assert report.cautions == ()
    document = pypdfium2.PdfDocument(report.pdf)
    assert tuple(round(side) for side in document[0].get_size()) == size_pt
    document.close()
    text = joined("\n".join(pages_of(report.pdf)))
    for words in (
        "Hautpraxis am Markt", "Marktplatz 1", "Skin lesion report",
        "MÜLLER-ŁUKASIEWICZ, Žofie", "born 1961-04-02 (age 65) · female · ID 10482 · skin type II",
        "Melanoma of the mother.",
        "Lesion L3", "upper extremity", "left forearm", "radial", "biopsy pending, to be seen again by 2026-07-01",
        "Melanoma (malignant)", "2026-06-18, by histopathology", "Breslow 0.4 mm",
        "Melanoma, confidence low; given before the network's answer", "Spitz nevus, confidence high",
        "Picture 2 · 2026-06-20 · dermoscopic", "Picture 1 · 2026-03-14 · dermoscopic",
        "New blue-white area at 4 o'clock.", "Regular at its border.", "excise", "watch",
        "What dermoscopy-7 said of picture 2", "Melanoma malignant 62", "Other (2)",
        "Malignant or premalignant in sum 71",
        "dermoscopy-7, version 2.0.0", "3fa9c2d1" * 8, "as in the training archive (akiec 3",
        "Trained on HAM10000", "The archive shows fair skin almost only.",
        "This patient has skin type II: of 61 test pictures that show it, 66",
        "153 entries", "9c" * 32, "SkinDesk 0.1.0", "2026-06-20 14:05 CEST (UTC+02:00)", "Signature", "Page 1 of ",
    ):  # fmt: skip
        assert words in text.replace("\xa0", " ")
    assert text.count(INTENDED_USE) == 1


def test_the_clinics_own_notes_on_a_patient_stay_in_the_clinic() -> None:
    assert PATIENT.notes == "rude"
    assert "rude" not in text_of(content_of(a_case()))


def test_every_later_page_says_whose_it_is_and_all_are_counted() -> None:
    case = a_case(tuple(visit(n, ("generated-nv", "generated-mel", "generated-bkl"), CLOSE, FIRST) for n in range(9)))
    pages = pages_of(render(content_of(case), Paper.A4).pdf)
    assert len(pages) > 3
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page
        assert "Žofie" in page
        assert "10482" in page


def test_the_same_content_gives_the_same_bytes() -> None:
    content = content_of(a_case())
    assert render(content, Paper.A4).pdf == render(content, Paper.A4).pdf


def test_the_files_properties_tell_nothing_of_the_patient() -> None:
    document = pypdfium2.PdfDocument(render(content_of(a_case()), Paper.A4).pdf)
    told = document.get_metadata_dict()
    document.close()
    assert told["Title"] == "Skin lesion report, case 12"
    assert told["CreationDate"] == "D:20260620140500+02'00'"
    assert told["Author"] == told["Subject"] == told["Keywords"] == ""


def test_what_was_typed_is_no_markup() -> None:
    typed = "<b>5 < 6 & 7 > 2</b></para><font color='red'>&lt;<br/>&#65;"
    patient = replace(PATIENT, identifier=typed, family_name=typed, history=typed)
    reviewed = replace(SECOND, impression=typed, notes=typed, second_impression=typed)
    finals = (replace(FINAL, details=replace(FINAL.details, diagnosis=typed, text=typed)),)
    case = a_case(
        (visit(0, ("generated-nv",), SUPPORTED, reviewed),), patient, finals, details=LesionDetails(description=typed)
    )
    text = joined(text_of(content_of(case, letterhead=Letterhead(typed, typed), made_by=typed)))
    assert text.count(joined(typed)) >= 8


def test_very_long_texts_go_on_over_the_page_and_none_is_lost() -> None:
    """Each word is numbered, so that a missing one would be noticed."""
    long = " ".join(f"word{number}" for number in range(1500))
    unbroken = "Rindfleischetikettierung" * 20
    patient = replace(PATIENT, family_name=unbroken, history=long)
    reviewed = replace(SECOND, impression=unbroken, notes=long, second_impression=long)
    finals = (replace(FINAL, details=replace(FINAL.details, text=long)),)
    place = BodyPosition(BodyView.HEAD_LEFT, 0.5, 0.5)
    case = a_case(
        (visit(0, ("generated-nv",), SUPPORTED, reviewed),),
        patient,
        finals,
        details=LesionDetails(Site.HEAD_NECK, long, place),
    )
    text = text_of(content_of(case, letterhead=Letterhead(unbroken, "\n".join(f"line {n}" for n in range(80)))))
    found = Counter(re.findall(r"word\d+", text))
    assert {found[f"word{number}"] for number in range(1500)} == {6}
    assert "line 79" in text


def test_a_case_of_which_nothing_is_known_is_a_report_all_the_same() -> None:
    bare = a_case((), PatientDetails("7"), (), details=LesionDetails(), state=LesionState.NEW, follow_up_on=None)
    content = content_of(bare, letterhead=Letterhead(), audit_head=None, network=None, made_by="")
    text = text_of(content)
    assert "ID 7" in text
    assert "none yet" in text
    assert "No network was asked" in text
    assert text.count(INTENDED_USE) == 1
    assert "MAC" not in text


def test_a_picture_without_an_answer_claims_none() -> None:
    text = joined(text_of(content_of(a_case((visit(0, ("generated-nv",), None, FIRST),), finals=()))))
    assert "No network was asked" in text
    assert "the network's answer" not in text


def test_an_abstention_is_said_with_its_reason() -> None:
    case = a_case((visit(0, ("generated-nv",), CLOSE),))
    assert "No answer: the lead of the first class (3 points) is under the network's limit (21 points)." in joined(
        text_of(content_of(case))
    )
    strange = case.visits[0].pictures[0].predictions[0]
    strange = replace(
        strange, decision=Decision.ABSTAINED, abstention_reason=AbstentionReason.UNLIKE_TRAINING, novelty=4.1
    )
    kept = replace(case.visits[0].pictures[0], predictions=(strange,))
    unlike = a_case((replace(case.visits[0], pictures=(kept,)),))
    assert "unlike those the network learned from (novelty 4.1, limit 3)." in joined(text_of(content_of(unlike)))
    without = joined(text_of(content_of(unlike, network=None)))
    assert "unlike those the network learned from (novelty 4.1)." in without
    assert "not installed here any more" in without


def test_a_low_sum_never_says_that_a_lesion_is_harmless() -> None:
    case = a_case((visit(0, ("generated-nv",), (0.01, 0.01, 0.07, 0.01, 0.9)),))
    assert "No support for malignancy: malignant or premalignant in sum 3" in joined(text_of(content_of(case)))


def test_of_the_latest_visit_the_most_suspicious_picture_is_shown_whole() -> None:
    seen = visit(2, ("generated-mel", "generated-nv"))
    calm = replace(seen.pictures[1].predictions[0], probabilities=(0.0, 0.0, 0.1, 0.1, 0.8))
    seen = replace(seen, pictures=(seen.pictures[0], replace(seen.pictures[1], predictions=(calm,))))
    text = joined(text_of(content_of(a_case((VISITS[0], seen, visit(3, (), None, FIRST))))))
    assert "said of picture 2, 2026-03-28." in text


def test_what_the_typeface_lacks_is_shown_named_and_never_turned_around() -> None:
    patient = replace(
        PATIENT, family_name="山田", given_name="שלום", history="na\u0308chtlich \u202eevil\u202c Ελένη Юлия"
    )
    report = render(content_of(a_case(patient=patient)), Paper.A4)
    text = joined("\n".join(pages_of(report.pdf)))
    assert "\ufffd\ufffd, \ufffd\ufffd\ufffd\ufffd" in text
    assert "nächtlich evil Ελένη Юлия" in text
    (caution,) = report.cautions
    assert "U+05DD" in caution
    assert "U+5C71" in caution
    assert caution.replace("\ufffd", "") in text.replace("\ufffd", "")


def test_a_lost_or_damaged_picture_is_said_and_the_rest_is_there() -> None:
    whole = content_of(a_case())
    first, second = (each.pictures[0].details.sha256 for each in VISITS)
    lost = replace(
        whole, pictures={first: LostPicture("A picture is missing."), second: EXAMPLES["generated-mel"][:900]}
    )
    report = render(lost, Paper.A4)
    text = joined("\n".join(pages_of(report.pdf)))
    assert "Not shown. A picture is missing." in text
    assert "Not shown. The picture is damaged" in text
    assert "Melanoma (malignant)" in text
    assert len(report.cautions) == 2


def test_a_logo_that_cannot_be_read_is_told_and_left_out() -> None:
    report = render(content_of(a_case(), letterhead=Letterhead("Clinic", logo=b"no picture")), Paper.A4)
    assert report.cautions == ("The clinic's logo cannot be read. Choose it again in Settings.",)
    assert "Clinic" in pages_of(report.pdf)[0]


def test_pictures_are_whole_and_never_enlarged_beyond_their_pixels() -> None:
    tiny = picture(Image.new("RGB", (60, 40), "red"), "PNG").content
    shown = printed(tiny, (400, 300))
    assert (round(shown.width_pt, 1), round(shown.height_pt, 1)) == (57.6, 38.4)
    wide = picture(Image.new("RGB", (4000, 1000), "red"), "PNG").content
    shown = printed(wide, (400, 300))
    assert (shown.width_pt, shown.height_pt) == (400, 100)


def test_colours_stay_true() -> None:
    shown = printed(EXAMPLES["generated-nv"], (300, 225))
    before, after = (
        np.asarray(Image.open(io.BytesIO(content)).convert("RGB").resize((8, 6), Image.Resampling.BOX), int)
        for content in (EXAMPLES["generated-nv"], shown.jpeg)
    )
    assert abs(before - after).max() <= 2


@pytest.mark.parametrize("view", list(BodyView))
def test_every_view_of_the_body_can_be_drawn(view: BodyView) -> None:
    details = LesionDetails(Site.UNKNOWN, "", BodyPosition(view, 0.5, 0.5))
    patient = PatientDetails("7", birth_date=date(2020, 1, 1), sex=Sex.MALE, skin_type=SkinType.UNKNOWN)
    with_map = render(content_of(a_case((), patient, details=details)), Paper.A4).pdf
    without = render(content_of(a_case((), patient, details=LesionDetails())), Paper.A4).pdf
    assert len(with_map) > len(without) + 3000


def test_the_mark_lies_where_the_lesion_does() -> None:
    """The first page is compared with and without a mark: what differs lies around the place."""

    def drawn(x: float) -> NDArray[np.int_]:
        details = LesionDetails(Site.UNKNOWN, "", BodyPosition(BodyView.FRONT, x, 0.3))
        patient = PatientDetails("7", sex=Sex.UNKNOWN)
        document = pypdfium2.PdfDocument(render(content_of(a_case((), patient, details=details)), Paper.A4).pdf)
        page = document[0].render(scale=1).to_numpy()[:, :, 0].astype(int)
        document.close()
        return page

    left, right = drawn(0.45), drawn(0.55)
    columns = np.flatnonzero((left != right).any(axis=0) & (np.arange(left.shape[1]) > 300))
    height_pt = 36 * 4
    width_pt = height_pt * 520 / 1000
    assert columns.max() - columns.min() == pytest.approx(0.1 * width_pt + 9, abs=4)
