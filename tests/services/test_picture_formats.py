"""A HEIC or DICOM original lives in the case log as a JPEG does: kept, shown, reported, exported and imported whole."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from skindesk.bootstrap import Workspace
from skindesk.domain.case import (
    CaseDraft,
    DraftPicture,
    LesionDetails,
    PatientDetails,
    PictureDetails,
    ReviewDetails,
)
from skindesk.domain.contract import Modality
from skindesk.domain.paper import Paper
from skindesk.domain.transfer import ImportOutcome
from skindesk.imaging.decode import decode, picture_from_bytes
from skindesk.services.access import Access
from skindesk.services.transfer import Transfer
from skindesk.storage.image_store import ImageStore
from skindesk.storage.keyring import Cost
from skindesk.system.paths import Profile
from tests.support.dicom_files import jpeg_dicom
from tests.support.pictures import exif, gradient, heic

PHOTO = Image.fromarray(gradient(640, 480))
ORIGINALS = {
    "IMG_1.HEIC": heic(PHOTO, quality=80, exif=exif(6).tobytes(), thumbnails=[160]),
    "IM000001": jpeg_dicom(PHOTO, PatientName="Secret^Name", AcquisitionDateTime="20240506123005"),
}


def opened_log(folder: Path) -> Workspace:
    workspace = Workspace(Profile(folder), log_file=None)
    workspace._access = Access(workspace.profile, Cost(memory_kib=64, passes=1, lanes=1))
    workspace.access.set_up_open()
    return workspace


def saved(workspace: Workspace, name: str) -> int:
    content = ORIGINALS[name]
    image = decode(picture_from_bytes(name, content))
    details = PictureDetails(
        image.sha256, name, image.media_type, image.original_width_px, image.original_height_px,
        Modality.DERMOSCOPIC, image.capture,
    )  # fmt: skip
    draft = CaseDraft(
        patient=PatientDetails("P-1"),
        lesion=LesionDetails(),
        pictures=(DraftPicture(details, content, None),),
        review=ReviewDetails("nv"),
        visited_at=datetime(2024, 5, 6, 13, tzinfo=UTC),
    )
    return workspace.casework.save_case(draft).case_id


@pytest.mark.parametrize("name", ORIGINALS)
def test_an_original_is_kept_shown_reported_and_taken_to_another_log(name: str, tmp_path: Path) -> None:
    here, there = opened_log(tmp_path / "here"), opened_log(tmp_path / "there")
    case_id = saved(here, name)
    (kept,) = here.casework.log.case(case_id).visits[0].pictures
    content = here.casework.log.picture(kept.details.sha256)
    assert content == ORIGINALS[name]
    shown = decode(picture_from_bytes(kept.details.file_name, content))
    assert (shown.original_width_px, shown.original_height_px) == (kept.details.width_px, kept.details.height_px)

    report = here.reports.make(case_id, Paper.A4).report
    assert report.cautions == ()
    assert photographs_in(report.pdf) == 1

    file = tmp_path / "cases.zip"
    Transfer(here.casework, here.access.require).export_matching(file, "")
    (imported,) = Transfer(there.casework, there.access.require).import_cases(file)
    assert imported.outcome is ImportOutcome.IMPORTED
    (arrived,) = there.casework.log.case(imported.case_id).visits[0].pictures
    assert arrived.details == kept.details
    assert there.casework.log.picture(arrived.details.sha256) == content


@pytest.mark.parametrize(("media_type", "ending"), [("image/heic", ".heic"), ("application/dicom", ".dcm")])
def test_an_original_that_lies_open_has_the_ending_that_other_programs_know(
    media_type: str, ending: str, tmp_path: Path
) -> None:
    store = ImageStore(tmp_path)
    digest = store.add(b"content", media_type)
    found = store.find(digest)
    assert found is not None
    assert found.suffix == ending


def photographs_in(pdf: bytes) -> int:
    """How many pictures with the original's shades a document shows."""
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    try:
        return sum(
            item.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE
            for at in range(len(document))
            for item in document[at].get_objects()
        )
    finally:
        document.close()
