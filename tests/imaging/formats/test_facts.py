"""What is taken over from a file's own words: cleaned, plausible, and never where it was taken."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2
from pydicom.sr._cid_dict import cid_concepts
from pydicom.sr._concepts_dict import concepts

from skindesk.domain.capture import NOTHING_KNOWN, Capture, DermoscopicType, PictureKind
from skindesk.domain.case import Sex, Site
from skindesk.domain.offered import NOTHING_OFFERED, OfferedFacts
from skindesk.imaging.decode import decode, decode_for_screen, picture_from_bytes
from skindesk.imaging.formats.body_sites import site_of
from skindesk.imaging.formats.cleaning import plain_text
from tests.support.dicom_files import PHOTOGRAPH, code, jpeg_dicom, native_dicom
from tests.support.pictures import RED, encoded, gradient, heic, plain

PHOTO = Image.fromarray(gradient(96, 64))
BERLIN = {"lat": (52.0, 31.0, 12.0), "long": (13.0, 24.0, 36.0)}


def camera_exif(
    taken: object = "2024:05:06 12:30:05",
    offset: object = None,
    maker: object = "Canon",
    model: object = "Canon EOS 5D",
) -> Image.Exif:
    """What a camera writes, its place included."""
    tags = Image.Exif()
    tags[ExifTags.Base.Make], tags[ExifTags.Base.Model] = maker, model
    details: dict[int, object] = {ExifTags.Base.DateTimeOriginal: taken}
    if offset is not None:
        details[ExifTags.Base.OffsetTimeOriginal] = offset
    tags._ifds[ExifTags.IFD.Exif] = details
    tags._ifds[ExifTags.IFD.GPSInfo] = {1: "N", 2: BERLIN["lat"], 3: "E", 4: BERLIN["long"]}
    return tags


def capture_in(content: bytes) -> Capture:
    return decode(picture_from_bytes("a", content)).capture


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF", "HEIC"])
def test_camera_and_time_are_read_and_the_place_is_not(file_format: str) -> None:
    exif = camera_exif()
    if file_format == "TIFF":
        tags = ImageFileDirectory_v2()
        tags[ExifTags.Base.Make], tags[ExifTags.Base.Model] = "Canon", "Canon EOS 5D"
        tags[ExifTags.IFD.Exif] = exif.get_ifd(ExifTags.IFD.Exif)
        content = encoded(PHOTO, "TIFF", tiffinfo=tags)
    else:
        content = heic(PHOTO, exif=exif.tobytes()) if file_format == "HEIC" else encoded(PHOTO, file_format, exif=exif)
    decoded = decode(picture_from_bytes("a", content))
    assert decoded.capture == Capture(taken_at="2024-05-06T12:30:05", device="Canon EOS 5D")
    assert decoded.offered == NOTHING_OFFERED
    assert "52" not in repr(decoded.capture)
    assert decode_for_screen(picture_from_bytes("a", content), 40).capture == decoded.capture


@pytest.mark.parametrize(
    ("taken", "offset", "wanted"),
    [
        ("2024:05:06 12:30:05", "+02:00", "2024-05-06T12:30:05+02:00"),
        ("2024:05:06 12:30:05", "-09:30", "2024-05-06T12:30:05-09:30"),
        ("2024:05:06 12:30:05", "nonsense", "2024-05-06T12:30:05"),
        ("2024:05:06 12:30:05\0", "\0", "2024-05-06T12:30:05"),
        ("2024:02:31 12:30:05", None, ""),
        ("0000:00:00 00:00:00", None, ""),
        ("1970:01:01 00:00:00", None, ""),
        ("2999:01:01 00:00:00", None, ""),
        ("    :  :     :  :  ", None, ""),
        ("last summer", None, ""),
    ],
)
def test_only_a_time_that_can_be_is_read(taken: str, offset: str | None, wanted: str) -> None:
    assert capture_in(encoded(PHOTO, "JPEG", exif=camera_exif(taken, offset))).taken_at == wanted


def test_a_clock_ahead_by_a_time_zone_is_believed() -> None:
    ahead = datetime.now(UTC) + timedelta(hours=14)
    assert capture_in(encoded(PHOTO, "JPEG", exif=camera_exif(f"{ahead:%Y:%m:%d %H:%M:%S}"))).taken_at


@pytest.mark.parametrize(
    ("maker", "model", "wanted"),
    [
        ("Apple", "iPhone 15 Pro", "Apple iPhone 15 Pro"),
        ("NIKON CORPORATION", "NIKON D750", "NIKON D750"),
        ("", "FotoFinder", "FotoFinder"),
        ("HEINE", "", "HEINE"),
        ("A\r\nB\t\x1b[31m", "C\x7fD", "A B [31m C D"),
        ("x" * 500, "y" * 500, "x" * 64 + " " + "y" * 64),
    ],
)
def test_the_device_is_one_clean_line(maker: str, model: str, wanted: str) -> None:
    assert capture_in(encoded(PHOTO, "JPEG", exif=camera_exif(maker=maker, model=model))).device == wanted


@pytest.mark.filterwarnings("ignore:::PIL")  # as the module does, and pytest undoes
def test_damaged_exif_tells_nothing_and_costs_nothing() -> None:
    whole = camera_exif().tobytes()
    rng = np.random.default_rng(1)
    for _ in range(300):
        odd = bytearray(whole)
        for at in rng.integers(8, len(odd), 4):
            odd[at] = rng.integers(256)
        decoded = decode(picture_from_bytes("a", encoded(PHOTO, "JPEG", exif=bytes(odd))))
        assert min(decoded.rgb.shape[:2]) == 64
        assert len(decoded.capture.device) <= 129
        assert decoded.capture.taken_at == plain_text(decoded.capture.taken_at, 40)


def test_a_picture_without_exif_tells_nothing() -> None:
    assert capture_in(encoded(PHOTO, "PNG")) == NOTHING_KNOWN


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("  two   words ", "two words"),
        ("a\u202eb\u2066c\u200bd\ufeffe", "a b c d e"),
        (
            "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),
        ("Žofie Müller-Łukas", "Žofie Müller-Łukas"),
        ("\0\0", ""),
        (None, ""),
        (7, "7"),
        ("é" * 99, "é" * 20),
    ],
)
def test_text_is_plain(text: object, wanted: str) -> None:
    assert plain_text(text, 20) == wanted


def dicom(**values: Any) -> Any:
    return decode(picture_from_bytes("a", native_dicom(gradient(96, 64), **values)))


def test_a_dermatoscope_tells_how_and_whom() -> None:
    region = code("14975008", "Skin of forearm")
    region.AnatomicRegionModifierSequence = [code("7771000", "Left")]
    decoded = dicom(
        AcquisitionDateTime="20240506123005.250000+0200",
        Manufacturer="FotoFinder", ManufacturerModelName="medicam 1000",
        PixelSpacing=[0.012, 0.012], LightSourcePolarization="POLARIZED", ContactMethod="CONTACT",
        PatientID=" P-17 ", PatientName="Müller^Žofie^Anna^Dr.", PatientBirthDate="19800229", PatientSex="F",
        SpecificCharacterSet="ISO_IR 192", AnatomicRegionSequence=[region],
    )  # fmt: skip
    assert decoded.capture == Capture(
        PictureKind.DERMOSCOPIC, DermoscopicType.CONTACT_POLARIZED, "2024-05-06T12:30:05+02:00",
        "FotoFinder medicam 1000", 0.012,
    )  # fmt: skip
    assert decoded.offered == OfferedFacts(
        "P-17", "Müller", "Žofie Anna", date(1980, 2, 29), Sex.FEMALE, Site.UPPER_EXTREMITY, "left forearm"
    )


def test_a_file_that_tells_nothing_offers_nothing() -> None:
    decoded = dicom(SOPClassUID=PHOTOGRAPH)
    assert (decoded.capture, decoded.offered) == (NOTHING_KNOWN, NOTHING_OFFERED)


@pytest.mark.parametrize(
    ("light", "contact", "wanted"),
    [
        ("POLARIZED", "NON_CONTACT", DermoscopicType.NON_CONTACT_POLARIZED),
        ("NON_POLARIZED", "CONTACT", DermoscopicType.CONTACT_NON_POLARIZED),
        ("NON_POLARIZED", "NON_CONTACT", None),
        ("POLARIZED", "", None),
    ],
)
def test_light_and_contact_give_the_type(light: str, contact: str, wanted: DermoscopicType | None) -> None:
    assert dicom(LightSourcePolarization=light, ContactMethod=contact).capture.dermoscopic_type is wanted


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({"AcquisitionDate": "20240506", "AcquisitionTime": "123005.5"}, "2024-05-06T12:30:05"),
        ({"AcquisitionDate": "20240506", "AcquisitionTime": "1230", "TimezoneOffsetFromUTC": "-0500"},
         "2024-05-06T12:30:00-05:00"),
        ({"AcquisitionDateTime": "20240506123005+0100", "TimezoneOffsetFromUTC": "-0500"}, "2024-05-06T12:30:05+01:00"),
        ({"AcquisitionDate": "20241231"}, "2024-12-31"),
        ({"ContentDate": "20240506", "ContentTime": "123005"}, "2024-05-06T12:30:05"),
        ({"AcquisitionDate": "20240231", "ContentDate": "20240506"}, "2024-05-06"),
        ({"AcquisitionDate": "20240506", "AcquisitionTime": "256199"}, ""),
        ({"AcquisitionDate": "18991230"}, ""),
        ({"AcquisitionDate": "29990101"}, ""),
        ({"StudyDate": "20240506"}, ""),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:.*Invalid value for VR")  # from pydicom, while it writes the file
def test_the_moment_is_that_of_acquisition(values: dict[str, str], wanted: str) -> None:
    assert dicom(**values).capture.taken_at == wanted


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({"PixelSpacing": [0.0123, 0.0123]}, 0.0123),
        ({"PixelSpacing": [0.0123, 0.0200]}, None),
        ({"PixelSpacing": [0, 0]}, None),
        ({"PixelSpacing": [-0.01, -0.01]}, None),
        ({"PixelSpacing": [40, 40]}, None),
        ({"PixelSpacing": []}, None),
        ({"ImagerPixelSpacing": [0.0034, 0.0034]}, None),
        ({"ImagerPixelSpacing": [0.0034, 0.0034], "OpticalMagnificationFactor": 0.2}, 0.017),
        ({"ImagerPixelSpacing": [0.0034, 0.0034], "OpticalMagnificationFactor": 0}, None),
        ({"PixelSpacing": [0.01, 0.01], "ImagerPixelSpacing": [0.5, 0.5], "OpticalMagnificationFactor": 1}, 0.01),
    ],
)
def test_a_scale_is_that_on_the_lesion(values: dict[str, Any], wanted: float | None) -> None:
    found = dicom(**values).capture.mm_per_px
    assert found == (wanted if wanted is None else pytest.approx(wanted))


def test_a_frame_of_another_size_than_declared_has_no_scale() -> None:
    content = jpeg_dicom(plain(RED, 96, 64), PixelSpacing=[0.01, 0.01])
    assert capture_in(content).mm_per_px == 0.01
    assert capture_in(jpeg_dicom(plain(RED, 96, 64), PixelSpacing=[0.01, 0.01], Rows=128)).mm_per_px is None


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Yamada^Tarou=山田^太郎=やまだ^たろう", ("Yamada", "Tarou")),
        ("=山田^太郎", ("山田", "太郎")),
        ("Only", ("Only", "")),
        ("^Given", ("", "Given")),
        ("F" * 200 + "^" + "G" * 200, ("F" * 64, "G" * 64)),
        ("A\x08B^C\x7fD", ("A B", "C D")),
    ],
)
@pytest.mark.filterwarnings("ignore:.*(exceeds the maximum length|Invalid value for VR)")  # from pydicom's writer
def test_names_come_apart(name: str, wanted: tuple[str, str]) -> None:
    offered = dicom(PatientName=name, SpecificCharacterSet="ISO_IR 192").offered
    assert (offered.family_name, offered.given_name) == wanted


@pytest.mark.parametrize(
    ("words", "wanted"),
    [("19800101", date(1980, 1, 1)), ("1980.01.01", date(1980, 1, 1)), ("19800231", None), ("17000101", None),
     ("29990101", None), ("1980", None), ("", None)],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:.*Invalid value for VR")  # from pydicom, while it writes the file
def test_only_a_birthday_that_can_be_is_offered(words: str, wanted: date | None) -> None:
    assert dicom(PatientBirthDate=words).offered.birth_date == wanted


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({"BodyPartExamined": "BACK"}, (Site.POSTERIOR_TORSO, "back")),
        ({"BodyPartExamined": "HAND", "ImageLaterality": "R"}, (Site.UPPER_EXTREMITY, "right hand")),
        ({"BodyPartExamined": "LEG", "Laterality": "L"}, (Site.LOWER_EXTREMITY, "left leg")),
        ({"BodyPartExamined": "NOWHERE"}, (Site.UNKNOWN, "nowhere")),
        ({"ImageLaterality": "L"}, (Site.UNKNOWN, "")),
        ({"AnatomicRegionSequence": []}, (Site.UNKNOWN, "")),
        ({"AnatomicRegionSequence": [code("1", "Skin of upper outer quadrant of left breast")], "ImageLaterality": "L"},
         (Site.ANTERIOR_TORSO, "upper outer quadrant of left breast")),
    ],
)  # fmt: skip
def test_the_place_on_the_body_is_offered_in_words(values: dict[str, Any], wanted: tuple[Site, str]) -> None:
    offered = dicom(**values).offered
    assert (offered.site, offered.description) == wanted


@pytest.mark.parametrize(
    ("words", "site"),
    [
        ("Skin of palmar area of wrist", Site.UPPER_EXTREMITY),
        ("Skin of palm of hand", Site.PALMS_SOLES),
        ("Skin of plantar part of great toe", Site.PALMS_SOLES),
        ("Skin of dorsum of nose", Site.HEAD_NECK),
        ("Skin of paraspinal area of the neck", Site.HEAD_NECK),
        ("Skin of back of trunk", Site.POSTERIOR_TORSO),
        ("Skin of lower chest wall", Site.ANTERIOR_TORSO),
        ("Skin of posterior surface of thorax", Site.POSTERIOR_TORSO),
        ("Mucosa of upper lip", Site.ORAL_GENITAL),
        ("Skin of perioral region of face", Site.HEAD_NECK),
        ("Skin of temporal region", Site.HEAD_NECK),
        ("Nail unit of toe", Site.LOWER_EXTREMITY),
        ("Flank", Site.LATERAL_TORSO),
        ("Skin", Site.UNKNOWN),
        ("", Site.UNKNOWN),
    ],
)
def test_parts_of_the_body_belong_to_sites(words: str, site: Site) -> None:
    assert site_of(words) is site


def test_every_skin_site_of_the_standards_list_but_skin_itself_has_a_site() -> None:
    dermatology = cid_concepts[4029]
    meanings = [
        meaning
        for scheme, names in dermatology.items()
        for name in names
        for meaning, *_ in concepts[scheme][name].values()
    ]
    assert len(meanings) > 150
    assert {meaning for meaning in meanings if site_of(meaning) is Site.UNKNOWN} == {"Skin"}


def test_places_in_a_file_are_read_nowhere() -> None:
    decoded = dicom(SOPClassUID=PHOTOGRAPH, GPSLatitude="52", GPSLongitude="13", GPSLatitudeRef="N")
    assert (decoded.capture, decoded.offered) == (NOTHING_KNOWN, NOTHING_OFFERED)
