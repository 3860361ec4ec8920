"""Networks are installed, activated and rolled back by those who may, and the audit is told."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from skindesk.bootstrap import Workspace
from skindesk.domain.audit import AuditAction, Subject
from skindesk.domain.contract import Modality
from skindesk.domain.errors import AccessRefusedError, ClassMixError, ModelUnavailableError
from skindesk.domain.people import Role
from skindesk.inference.bundle import CARD_TEXT
from skindesk.services.access import Access
from skindesk.services.model_administration import ModelAdministration
from skindesk.storage.keyring import Cost
from skindesk.system.paths import Profile
from skindesk.system.settings import FormerModel, load_settings
from tests.support.tiny_bundle import tiny_contract, write_arriving_bundle, write_tiny_bundle

DERMOSCOPIC, CLINICAL = Modality.DERMOSCOPIC, Modality.CLINICAL
PASSPHRASE = "correct horse battery"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace(Profile(tmp_path / "profile"), log_file=None)
    opened._access = Access(opened.profile, Cost(memory_kib=64, passes=1, lanes=1))
    yield opened
    opened.close_case_log()


@pytest.fixture
def administration(workspace: Workspace) -> ModelAdministration:
    workspace.access.set_up_open()
    return workspace.model_administration


@pytest.fixture
def arriving(tmp_path: Path) -> Callable[..., Path]:
    def make(model_id: str = "colours-3", version: str = "1.0.0", modality: Modality = DERMOSCOPIC) -> Path:
        contract = tiny_contract(model_id, version=version, modality=modality)
        return write_arriving_bundle(tmp_path / version, contract)

    return make


def activate(administration: ModelAdministration, name: str) -> bool:
    return administration.activate(administration.checked(name))


def told(workspace: Workspace) -> list[tuple[str, str]]:
    entries = workspace.casework.log.audit_entries(limit=100)
    return [(entry.action, entry.subject_id) for entry in entries if entry.subject == Subject.MODEL][::-1]


def test_installed_network_answers_once_it_is_activated(
    workspace: Workspace, administration: ModelAdministration, arriving: Callable[..., Path]
) -> None:
    default = administration.active(DERMOSCOPIC)
    model = administration.install(arriving())
    assert administration.active(DERMOSCOPIC) == default

    assert activate(administration, "colours-3")

    assert administration.active(DERMOSCOPIC) == model
    assert workspace.network_for(DERMOSCOPIC)[0].contract.model_id == "colours-3"
    assert load_settings(workspace.profile).model_id == "colours-3@1.0.0"
    assert not activate(administration, "colours-3@1.0.0")
    name = f"colours-3@1.0.0 {model.card.digest[:12]}"
    assert told(workspace) == [(AuditAction.MODEL_INSTALLED, name), (AuditAction.MODEL_ACTIVATED, name)]


def test_rollback_walks_back_through_what_answered_each_kind(
    workspace: Workspace, administration: ModelAdministration, arriving: Callable[..., Path]
) -> None:
    default = administration.active(DERMOSCOPIC)
    for version in ("1.0.0", "2.0.0"):
        administration.install(arriving(version=version))
        activate(administration, f"colours-3@{version}")
    administration.install(arriving("photographs-3", modality=CLINICAL))
    activate(administration, "photographs-3")

    walked = []
    for _ in range(2):
        administration.checked_former(DERMOSCOPIC)
        walked.append(administration.roll_back(DERMOSCOPIC).name)

    assert walked == ["colours-3@1.0.0", default.name]
    assert workspace.settings.former_models == (FormerModel(CLINICAL, None),)
    assert administration.active(CLINICAL).model_id == "photographs-3"
    with pytest.raises(ModelUnavailableError, match="not known that another network answered dermoscopic"):
        administration.checked_former(DERMOSCOPIC)
    assert [action for action, _ in told(workspace)].count(AuditAction.MODEL_ROLLED_BACK) == 2


def test_newer_version_of_what_answers_does_not_answer_by_itself(
    workspace: Workspace, administration: ModelAdministration, arriving: Callable[..., Path]
) -> None:
    write_tiny_bundle(workspace.profile.models)
    workspace.change_settings(workspace.settings.with_model(DERMOSCOPIC, "colours-3"))  # as an earlier SkinDesk did
    administration.install(arriving(version="2.0.0"))
    assert administration.active(DERMOSCOPIC).name == "colours-3@1.0.0"
    assert workspace.settings.former_models == ()


def test_damaged_network_is_not_activated(
    workspace: Workspace, administration: ModelAdministration, arriving: Callable[..., Path]
) -> None:
    model = administration.install(arriving())
    (model.folder / CARD_TEXT).write_text("other words")
    with pytest.raises(ModelUnavailableError, match=r"card\.md is not what it was"):
        activate(administration, "colours-3")
    assert workspace.settings.model_id is None


def test_network_that_the_class_mix_does_not_fit_is_not_activated(
    workspace: Workspace, administration: ModelAdministration, arriving: Callable[..., Path], tmp_path: Path
) -> None:
    file = tmp_path / "spring.toml"
    file.write_text("red = 1\nviolet = 1")
    workspace.change_settings(workspace.settings.with_mix(DERMOSCOPIC, str(file)))
    administration.install(arriving())
    with pytest.raises(ClassMixError, match="spring lacks green, blue"):
        activate(administration, "colours-3")


def test_rollback_to_a_network_that_is_gone_leaves_what_answers(
    workspace: Workspace, administration: ModelAdministration, arriving: Callable[..., Path]
) -> None:
    first = administration.install(arriving())
    activate(administration, "colours-3")
    activate(administration, "isic-9")
    first.folder.rename(workspace.profile.root / "elsewhere")
    with pytest.raises(ModelUnavailableError, match=r"no model 'colours-3@1\.0\.0'"):
        administration.checked_former(DERMOSCOPIC)
    assert administration.active(DERMOSCOPIC).name == "isic-9"


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.ASSISTANT])
def test_only_administrators_change_networks(workspace: Workspace, arriving: Callable[..., Path], role: Role) -> None:
    access = workspace.access
    access.set_up_protected("Ada", PASSPHRASE)
    somebody = access.add_person("Ben", role, PASSPHRASE)
    administration = workspace.model_administration
    model = administration.install(arriving())
    activate(administration, model.name)
    access.lock()
    access.sign_in(somebody.person_id, PASSPHRASE)

    for change in (
        lambda: administration.install(arriving(version="2.0.0")),
        lambda: administration.checked(model.name),
        lambda: administration.activate(model),
        lambda: administration.checked_former(DERMOSCOPIC),
        lambda: administration.roll_back(DERMOSCOPIC),
    ):
        with pytest.raises(AccessRefusedError, match="may not do this"):
            change()

    assert administration.active(DERMOSCOPIC) == model
    access.lock()
    with pytest.raises(AccessRefusedError, match="locked"):
        administration.activate(model)


def test_before_there_is_a_case_log_a_network_can_be_installed_and_the_audit_hears_of_it_later(
    workspace: Workspace, arriving: Callable[..., Path]
) -> None:
    workspace.model_administration.install(arriving())
    activate(workspace.model_administration, "colours-3")
    workspace.access.set_up_open()
    assert [action for action, _ in told(workspace)] == [AuditAction.MODEL_INSTALLED, AuditAction.MODEL_ACTIVATED]


def test_setting_that_cannot_be_kept_changes_nothing(
    workspace: Workspace, administration: ModelAdministration, arriving: Callable[..., Path]
) -> None:
    administration.install(arriving())
    workspace.profile.settings.mkdir()
    with pytest.raises(ModelUnavailableError, match="cannot be kept"):
        activate(administration, "colours-3")
    assert workspace.settings.model_id is None
    assert [action for action, _ in told(workspace)] == [AuditAction.MODEL_INSTALLED]
