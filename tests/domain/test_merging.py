"""Which lesions of two records are the same, and what one adds to the other."""

import math
from dataclasses import replace
from datetime import date, timedelta

from skindesk.domain.body_position import BodyPosition, BodyView
from skindesk.domain.capture import NOTHING_KNOWN, Capture
from skindesk.domain.case import Case, LesionDetails, PatientDetails, Sex, Site, SkinType, Visit
from skindesk.domain.merging import (
    News,
    completed,
    count_all,
    count_new,
    joined,
    otherwise,
    same_lesions,
    taken_otherwise,
    what_is_new,
    withdrawn_here,
)
from skindesk.domain.transfer import Counts
from tests.support.whole_cases import visit_of, whole_case

FIRST, SECOND = whole_case(1, 1), whole_case(1, 2)
OVERVIEW = 7
"""The first number of the pictures that several lesions share."""


def elsewhere(case: Case, number: int = 9, details: LesionDetails | None = None) -> Case:
    """The same lesion as another log has it, under a number of its own."""
    kept = replace(case.lesion, case_id=77, number=number, details=details or case.lesion.details)
    return replace(case, lesion=kept)


def case_of(number: int, *visits: Visit, place: str = "") -> Case:
    case = whole_case(1, number)
    lesion = replace(case.lesion, details=LesionDetails(Site.UNKNOWN, place))
    return replace(case, lesion=lesion, visits=visits, final_diagnoses=())


def test_lesions_that_share_their_pictures_are_the_same_whatever_their_numbers() -> None:
    known = (elsewhere(SECOND, 1), elsewhere(FIRST, 2))
    assert same_lesions((FIRST, SECOND), known) == (known[1], known[0])


def test_a_corrected_lesion_is_the_same() -> None:
    corrected = elsewhere(FIRST, details=LesionDetails(Site.ORAL_GENITAL, "corrected"))
    assert same_lesions((FIRST,), (corrected,)) == (corrected,)


def test_lesions_of_one_number_that_share_nothing_are_two() -> None:
    stranger = elsewhere(SECOND, number=1)
    assert same_lesions((FIRST,), (stranger,)) == (None,)


def test_a_lesion_known_by_its_review_alone_is_the_same() -> None:
    visits = tuple(replace(visit, pictures=()) for visit in FIRST.visits)
    seen = replace(FIRST, visits=visits, final_diagnoses=())
    assert same_lesions((seen,), (FIRST,)) == (FIRST,)


def test_an_overview_picture_makes_no_two_lesions_one() -> None:
    """Each has the overview; only the second has a close-up."""
    arm = case_of(1, visit_without_reviews(OVERVIEW, 0), place="arm")
    back = case_of(2, visit_without_reviews(OVERVIEW, 0), visit_of(50, 3), place="back")
    assert same_lesions((arm, back), (back,)) == (None, back)
    assert same_lesions((arm, back), (arm,)) == (arm, None)
    assert same_lesions((arm, back), (back, arm)) == (arm, back)


def test_lesions_with_nothing_but_the_same_overview_are_told_by_number() -> None:
    lesions = tuple(case_of(number, visit_without_reviews(OVERVIEW, 0)) for number in (1, 2, 3))
    assert same_lesions(lesions, (lesions[2], lesions[0])) == (lesions[0], None, lesions[2])


def test_no_known_lesion_is_taken_for_two() -> None:
    twin = replace(FIRST, lesion=replace(FIRST.lesion, number=2))
    assert same_lesions((FIRST, twin), (FIRST,)) == (FIRST, None)


def test_nothing_is_new_to_an_equal_case() -> None:
    assert not what_is_new(FIRST, FIRST)
    assert count_new(News(), FIRST) == Counts()


def test_nothing_is_new_where_more_is_known() -> None:
    older = replace(FIRST, visits=FIRST.visits[:1], final_diagnoses=FIRST.final_diagnoses[:1])
    assert not what_is_new(older, FIRST)


def test_everything_of_an_unknown_case_is_new() -> None:
    assert what_is_new(FIRST, None) == News(FIRST.visits, FIRST.final_diagnoses)
    assert count_all(FIRST) == Counts(cases=1, visits=2, pictures=4, predictions=8, reviews=4, final_diagnoses=2)


def test_only_what_was_added_to_a_known_case_is_new() -> None:
    first, second = FIRST.visits
    seen, other = first.pictures
    known = replace(
        FIRST,
        visits=(
            replace(first, pictures=(replace(seen, predictions=seen.predictions[:1]),), reviews=first.reviews[:1]),
        ),
        final_diagnoses=FIRST.final_diagnoses[1:],
    )
    news = what_is_new(FIRST, known)
    assert news.visits == (
        replace(first, pictures=(replace(seen, predictions=seen.predictions[1:]), other), reviews=first.reviews[1:]),
        second,
    )
    assert news.final_diagnoses == FIRST.final_diagnoses[:1]
    assert count_new(news, known) == Counts(visits=1, pictures=3, predictions=7, reviews=3, final_diagnoses=1)


def test_a_visit_that_ended_later_is_new_though_it_holds_nothing() -> None:
    first, second = FIRST.visits
    later = replace(second, visited_at=second.visited_at + timedelta(hours=1))
    assert what_is_new(replace(FIRST, visits=(first, later)), FIRST) == News((replace(later, pictures=(), reviews=()),))
    assert not what_is_new(FIRST, replace(FIRST, visits=(first, later)))


def test_an_answer_without_numbers_is_not_new_again() -> None:
    def unsure(case: Case) -> Case:
        """The answers of a network that found no number, each read anew, so that nothing in them is identical."""
        first = case.visits[0]
        kept = first.pictures[0]
        said = replace(kept.predictions[0], probabilities=(float("nan"), math.nan))
        return replace(case, visits=(replace(first, pictures=(replace(kept, predictions=(said,)),)),))

    assert not what_is_new(unsure(FIRST), unsure(FIRST))


def test_a_diagnosis_with_blanks_around_it_is_not_new_again() -> None:
    said = FIRST.final_diagnoses[0]
    loose = replace(said, details=replace(said.details, diagnosis=f" {said.details.diagnosis}\n"))
    assert not what_is_new(replace(FIRST, final_diagnoses=(loose,)), FIRST)


def test_a_lesion_known_by_its_diagnosis_alone_is_the_same() -> None:
    closed = elsewhere(replace(FIRST, visits=()))
    assert same_lesions((FIRST,), (closed,)) == (closed,)


def test_a_lesion_with_nothing_in_it_is_told_by_its_place_and_number() -> None:
    empty = case_of(1, place="arm")
    assert same_lesions((empty,), (empty,)) == (empty,)
    grown = case_of(1, visit_of(50, 3), place="arm")
    assert same_lesions((empty,), (grown,)) == (grown,)
    assert same_lesions((grown,), (empty,)) == (empty,)
    for other in (case_of(2, place="arm"), case_of(1, place="back")):
        assert same_lesions((empty,), (other,)) == (None,)


def test_a_lesion_at_a_point_of_the_body_is_the_same_under_another_number() -> None:
    place = LesionDetails(Site.UNKNOWN, "", BodyPosition(BodyView.BACK, 0.25, 0.5))
    empty, grown = elsewhere(case_of(1), 1, place), elsewhere(case_of(1, visit_of(50, 3)), 4, place)
    assert same_lesions((grown,), (empty,)) == (empty,)


def test_nothing_is_added_to_a_lesion_of_which_no_place_is_told() -> None:
    assert same_lesions((case_of(1, visit_of(50, 3)),), (case_of(1),)) == (None,)
    assert same_lesions((case_of(1),), (case_of(1, visit_of(50, 3)),)) != (None,)


def test_an_addition_makes_the_whole() -> None:
    first, second = FIRST.visits
    known = replace(
        FIRST,
        visits=(replace(first, pictures=first.pictures[:1], reviews=()),),
        final_diagnoses=FIRST.final_diagnoses[:1],
    )
    assert joined(known, what_is_new(FIRST, known)) == FIRST
    assert joined(FIRST, News()) == FIRST
    assert second in joined(known, what_is_new(FIRST, known)).visits


def test_what_was_withdrawn_here_is_named() -> None:
    first, second = FIRST.visits
    shown = replace(
        FIRST, visits=(replace(first, reviews=first.reviews[:1]), replace(second, pictures=())), final_diagnoses=()
    )
    assert withdrawn_here(FIRST, shown, FIRST) == ("withdrawn picture", "withdrawn review", "withdrawn final diagnosis")
    assert withdrawn_here(shown, shown, FIRST) == ()


def test_a_picture_told_to_be_taken_otherwise_is_found() -> None:
    def taken(capture: Capture) -> Case:
        first, second = FIRST.visits
        kept, other = first.pictures
        changed = replace(kept, details=replace(kept.details, capture=capture))
        return replace(FIRST, visits=(replace(first, pictures=(changed, other)), second))

    assert taken_otherwise(FIRST, taken(NOTHING_KNOWN))
    assert not taken_otherwise(taken(NOTHING_KNOWN), FIRST)
    assert not taken_otherwise(FIRST, FIRST)
    assert not taken_otherwise(FIRST, replace(FIRST, visits=()))


def test_what_was_not_said_yet_is_filled_in_and_what_was_said_stays() -> None:
    kept = PatientDetails("P-1", "Müller", sex=Sex.FEMALE)
    given = PatientDetails("p-1", "Muller ", " Eva", date(1961, 4, 2), Sex.UNKNOWN, SkinType.II)
    filled = completed(kept, given)
    assert filled == PatientDetails("P-1", "Müller", "Eva", date(1961, 4, 2), Sex.FEMALE, SkinType.II)
    assert type(filled.skin_type) is SkinType
    assert otherwise(filled, given) == ("identifier", "family name")
    assert otherwise(kept, given) == ("identifier", "family name", "given name", "birth date", "skin type")
    assert otherwise(given, kept) == ("identifier", "family name", "sex")


def visit_without_reviews(number: int, day: int) -> Visit:
    return replace(visit_of(number, day), reviews=())
