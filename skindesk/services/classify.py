"""Classifies one picture; whole folders are the batch's."""

from dataclasses import dataclass

from skindesk.domain.class_mix import ClassMix
from skindesk.domain.region import Region
from skindesk.imaging.decode import DecodedImage, PictureFile
from skindesk.imaging.preprocess import decode_for_input, input_of
from skindesk.inference.classifier import Answer, Classifier


@dataclass(frozen=True)
class Answered:
    """A network's answer with the flags found while decoding for it."""

    answer: Answer
    quality_flags: tuple[str, ...]


def answer_for(
    picture: PictureFile, classifier: Classifier, mix: ClassMix | None = None, region: Region | None = None
) -> Answered:
    """The one way from a file's bytes to an answer; `mix` None is the archive's, `region` None the whole picture.

    Raises ImageRejectedError.
    """
    decoded = decode_for_input(picture, classifier.contract.preprocessing, region)
    return Answered(classifier.classify(decoded, mix, region), tuple(str(flag) for flag in decoded.warnings))


def answer_to(
    whole: DecodedImage, classifier: Classifier, mix: ClassMix | None = None, region: Region | None = None
) -> Answered:
    """The same answer for a picture that is decoded whole, in a format for which `input_of` is the same."""
    decoded = input_of(whole, classifier.contract.preprocessing, region)
    return Answered(classifier.classify(decoded, mix, region), tuple(str(flag) for flag in decoded.warnings))
