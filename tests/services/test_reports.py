"""Reports: who may make them, what the audit learns, and what becomes of the file."""

import os
import stat
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

from skindesk.bootstrap import Workspace
from skindesk.domain.audit import AuditAction
from skindesk.domain.case import SkinType
from skindesk.domain.errors import AccessRefusedError, ImageRejectedError, InvalidCaseError, OutputUnavailableError
from skindesk.domain.paper import Paper
from skindesk.domain.people import Role
from skindesk.domain.prediction import ModelRef
from skindesk.exchange.report.file import write_report
from skindesk.services.access import Access
from skindesk.services.letterhead import keep_logo, letterhead_of, remove_logo
from skindesk.services.models import ModelLibrary
from skindesk.services.network_facts import facts_of, quoted
from skindesk.storage.keyring import Cost
from skindesk.system.paths import Profile
from tests.support.report_cases import MADE_AT, save_followed_lesion

PASSPHRASE = "correct horse battery"


@pytest.fixture
def here(tmp_path: Path) -> Workspace:
    workspace = Workspace(Profile(tmp_path / "profile"), log_file=None)
    workspace._access = Access(workspace.profile, Cost(memory_kib=64, passes=1, lanes=1))
    workspace.access.set_up_open()
    return workspace


@pytest.fixture
def case_id(here: Workspace) -> int:
    return save_followed_lesion(here)


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [document[at].get_textpage().get_text_range() for at in range(len(document))]
        return " ".join(" ".join(pages).split())
    finally:
        document.close()


def told(workspace: Workspace, action: AuditAction) -> int:
    return sum(entry.action == action for entry in workspace.casework.log.audit_entries(limit=500))


def test_a_report_holds_the_case_and_where_the_audit_ends(here: Workspace, case_id: int) -> None:
    made = here.reports.make(case_id, Paper.A4, MADE_AT)
    text = text_of(made.report.pdf)
    assert "MÜLLER-ŁUKASIEWICZ, Žofie" in text
    assert "Melanoma 62" in text
    head = here.casework.log.audit_head()
    assert head is not None
    assert head.mac in text
    assert made.report.cautions == ()


def test_looking_at_a_report_is_no_export_and_saving_it_is(here: Workspace, case_id: int, tmp_path: Path) -> None:
    made = here.reports.make(case_id, Paper.A4, MADE_AT)
    assert told(here, AuditAction.PATIENT_EXPORTED) == 0
    out = tmp_path / "report.pdf"
    here.reports.save(made, out)
    assert told(here, AuditAction.PATIENT_EXPORTED) == 1
    assert out.read_bytes() == made.report.pdf
    if os.name != "nt":
        assert stat.S_IMODE(out.stat().st_mode) == 0o600
    here.reports.tell(made)
    assert told(here, AuditAction.PATIENT_EXPORTED) == 2


def test_an_existing_file_stays_and_nothing_is_told(here: Workspace, case_id: int, tmp_path: Path) -> None:
    made = here.reports.make(case_id, Paper.A4, MADE_AT)
    out = tmp_path / "report.pdf"
    out.write_text("mine")
    with pytest.raises(OutputUnavailableError, match="exists already"):
        here.reports.save(made, out)
    assert out.read_text() == "mine"
    assert told(here, AuditAction.PATIENT_EXPORTED) == 0
    here.reports.save(made, out, force=True)
    assert out.read_bytes() == made.report.pdf


def test_a_disk_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "report.pdf"
    out.write_text("mine")
    monkeypatch.setattr("skindesk.exchange.report.file.os.fsync", _full)
    with pytest.raises(OutputUnavailableError, match="No space left"):
        write_report(out, b"%PDF", force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["report.pdf"]
    assert out.read_text() == "mine"
    with pytest.raises(OutputUnavailableError, match="is a folder"):
        write_report(tmp_path, b"%PDF", force=True)
    with pytest.raises(OutputUnavailableError, match="cannot be written"):
        write_report(tmp_path / "missing" / "report.pdf", b"%PDF")


def test_who_may_not_export_gets_no_report(here: Workspace, case_id: int) -> None:
    here.close_case_log()
    here.access.set_up_protected("Ada", PASSPHRASE)
    assistant = here.access.add_person("Ben", Role.ASSISTANT, PASSPHRASE)
    here.lock()
    here.access.sign_in(assistant.person_id, PASSPHRASE)
    with pytest.raises(AccessRefusedError, match="As assistant"):
        here.reports.make(case_id, Paper.A4)


def test_who_made_it_stands_in_a_protected_logs_report(here: Workspace, case_id: int) -> None:
    here.close_case_log()
    here.access.set_up_protected("Dr Ada Quill", PASSPHRASE)
    assert "Dr Ada Quill" in text_of(here.reports.make(case_id, Paper.A4).report.pdf)


def test_an_unknown_case_is_said(here: Workspace, case_id: int) -> None:
    with pytest.raises(InvalidCaseError, match="no case 999"):
        here.reports.make(999, Paper.A4)


def test_a_lost_picture_is_told_and_the_report_made(here: Workspace, case_id: int) -> None:
    for sealed in here.profile.log.images.rglob("*.sealed"):
        sealed.unlink()
    made = here.reports.make(case_id, Paper.LETTER, MADE_AT)
    assert made.report.cautions
    assert all("not shown" in caution for caution in made.report.cautions)
    assert "MÜLLER-ŁUKASIEWICZ, Žofie" in text_of(made.report.pdf)


def test_the_letterhead_keeps_its_own_copy_of_the_logo(here: Workspace, case_id: int, tmp_path: Path) -> None:
    assert letterhead_of(here.profile, here.settings).logo is None
    chosen = tmp_path / "logo.jpg"
    chosen.write_bytes((Path("resources/examples/generated-df.jpg")).read_bytes())
    keep_logo(here.profile, chosen)
    chosen.unlink()
    here.change_settings(replace(here.settings, clinic_name="Hautpraxis", clinic_address="Marktplatz 1\n12345 Ort"))
    reopened = Workspace(here.profile, None).settings
    head = letterhead_of(here.profile, reopened)
    assert (head.name, head.address) == ("Hautpraxis", "Marktplatz 1\n12345 Ort")
    assert head.logo is not None
    made = here.reports.make(case_id, Paper.A4, MADE_AT)
    assert made.report.cautions == ()
    assert "Hautpraxis" in text_of(made.report.pdf)
    here.profile.letterhead_logo.write_bytes(b"damaged")
    assert "logo cannot be read" in here.reports.make(case_id, Paper.A4, MADE_AT).report.cautions[0]
    remove_logo(here.profile)
    assert letterhead_of(here.profile, here.settings).logo is None


def test_a_logo_that_is_no_picture_leaves_the_old_one(here: Workspace, tmp_path: Path) -> None:
    keep_logo(here.profile, Path("resources/examples/generated-df.jpg"))
    kept = here.profile.letterhead_logo.read_bytes()
    wrong = tmp_path / "logo.png"
    wrong.write_text("no picture")
    with pytest.raises(ImageRejectedError):
        keep_logo(here.profile, wrong)
    assert here.profile.letterhead_logo.read_bytes() == kept


@pytest.mark.parametrize("model_id", ["dermoscopy-7", "dermoscopy-7-fast", "clinical-6", "isic-9"])
def test_every_networks_card_says_what_a_report_quotes(model_id: str, tmp_path: Path) -> None:
    models = ModelLibrary(Profile(tmp_path))
    facts = quoted(models.find(model_id))
    assert facts.trained_on
    assert facts.intended_use
    assert facts.facts
    assert any("skin" in limit or "Fitzpatrick" in limit for limit in facts.limits)
    assert facts.novelty_limit is not None


def test_evidence_by_skin_type_is_that_of_the_card(tmp_path: Path) -> None:
    found = {each.skin_type: each for each in quoted(ModelLibrary(Profile(tmp_path)).find("clinical-6")).skin_types}
    assert found[SkinType.II].pictures == 61
    assert found[SkinType.II].accuracy == pytest.approx((0.656, 0.516, 0.789), abs=0.001)
    assert found[SkinType.I].accuracy is None


def test_another_network_of_the_same_name_is_not_quoted(tmp_path: Path) -> None:
    models = ModelLibrary(Profile(tmp_path))
    card = models.find("clinical-6").card
    assert facts_of(models, ModelRef("clinical-6", "1.0.0", card.digest)) is not None
    assert facts_of(models, ModelRef("clinical-6", "1.0.0", "0" * 64)) is None
    assert facts_of(models, ModelRef("gone", "1.0.0", card.digest)) is None


def test_a_card_that_says_little_is_quoted_as_far_as_it_goes(tmp_path: Path) -> None:
    model = ModelLibrary(Profile(tmp_path)).find("clinical-6")
    odd = {"limits": "none", "data": [], "metrics": {"groups": {"skin_type": {"II": {"images": "many"}}}}}
    facts = quoted(replace(model, card=replace(model.card, raw=odd)))
    assert facts.limits == facts.facts == ()
    assert facts.trained_on == model.contract.training.dataset
    assert (facts.skin_types[0].pictures, facts.skin_types[0].accuracy) == (0, None)


def _full(*_: object) -> None:
    raise OSError(28, "No space left on device")
