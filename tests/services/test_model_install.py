"""What comes from elsewhere as a model bundle is taken in whole and proven, or not at all and with a reason."""

import json
import multiprocessing
import os
import shutil
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest

from skindesk.domain.contract import METADATA_KEY, Modality
from skindesk.domain.errors import ContractError, ModelUnavailableError, OutputUnavailableError
from skindesk.exchange import bundle_archive
from skindesk.inference.bundle import (
    BUNDLE_FILES,
    CARD_FILE,
    CARD_TEXT,
    GOLDEN_FILE,
    MODEL_FILE,
    SUMS_FILE,
    read_golden,
    read_network,
    write_sums,
)
from skindesk.services import model_install
from skindesk.services.model_install import install, pack_bundle
from skindesk.services.models import ModelLibrary
from skindesk.system.paths import Profile, bundled
from tests.support.tiny_bundle import tiny_contract, write_arriving_bundle, write_tiny_bundle

ALL_FILES = (*BUNDLE_FILES, SUMS_FILE)
Refusal = (ModelUnavailableError, ContractError)


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return Profile(tmp_path / "profile")


@pytest.fixture
def models(profile: Profile) -> ModelLibrary:
    return ModelLibrary(profile)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return write_arriving_bundle(tmp_path / "elsewhere")


def zipped(folder: Path, prefix: str = "", compression: int = zipfile.ZIP_DEFLATED) -> Path:
    out = folder.with_suffix(".zip")
    with zipfile.ZipFile(out, "w", compression) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, prefix + file.name)
    return out


def added(models: ModelLibrary) -> list[str]:
    return [model.name for model in models.installed() if not model.shipped]


def refused(source: Path, profile: Profile, match: str) -> None:
    """It is refused in these words, and nothing of it is left."""
    models = ModelLibrary(profile)
    before = added(models)
    with pytest.raises(Refusal, match=match):
        install(source, profile, models)
    assert added(models) == before
    assert sorted(file.name for file in profile.models.glob("*") if not file.name.startswith(".")) == before
    assert not (profile.models / ".arriving").exists()


def test_folder_is_installed_beside_what_is_there(bundle: Path, profile: Profile, models: ModelLibrary) -> None:
    model = install(bundle, profile, models)

    assert model.name == "colours-3@1.0.0"
    assert model.folder == profile.models / "colours-3@1.0.0"
    assert sorted(file.name for file in model.folder.iterdir()) == sorted(ALL_FILES)
    assert models.open("colours-3").contract == tiny_contract()
    assert models.problem_with(model.name) is None


@pytest.mark.parametrize("prefix", ["", "colours-3/"])
@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_zip_file_is_installed(
    bundle: Path, profile: Profile, models: ModelLibrary, prefix: str, compression: int
) -> None:
    assert install(zipped(bundle, prefix, compression), profile, models).name == "colours-3@1.0.0"


def test_zip_file_with_an_entry_for_its_folder_is_installed(
    bundle: Path, profile: Profile, models: ModelLibrary
) -> None:
    file = Path(shutil.make_archive(str(bundle), "zip", bundle.parent, bundle.name))
    assert install(file, profile, models).name == "colours-3@1.0.0"


@pytest.mark.parametrize("name", ALL_FILES)
@pytest.mark.parametrize("at", [0, 0.2, 0.5, 0.9, 1])
def test_one_flipped_byte_anywhere_is_refused(bundle: Path, profile: Profile, name: str, at: float) -> None:
    file = bundle / name
    content = bytearray(file.read_bytes())
    content[round(at * (len(content) - 1))] ^= 0x01
    file.write_bytes(content)
    refused(bundle, profile, "is damaged" if name == SUMS_FILE else f"{name} is not what it was")


def test_every_flipped_byte_of_a_zip_file_is_refused_or_harmless(bundle: Path, profile: Profile) -> None:
    file = zipped(bundle, compression=zipfile.ZIP_STORED)
    content = file.read_bytes()
    whole = {name: (bundle / name).read_bytes() for name in ALL_FILES}
    rng = np.random.default_rng(0)
    for place in rng.integers(0, len(content), 60):
        spoilt = bytearray(content)
        spoilt[place] ^= 0xFF
        file.write_bytes(spoilt)
        models = ModelLibrary(profile)
        try:
            model = install(file, profile, models)
        except Refusal:
            continue
        assert {name: (model.folder / name).read_bytes() for name in ALL_FILES} == whole  # a time stamp, say
        shutil.rmtree(model.folder)


def rewrite_contract(bundle: Path, **values: object) -> None:
    """Write another contract into the network, and a card and sums that vouch for it."""
    model = onnx.load_from_string((bundle / MODEL_FILE).read_bytes())
    entry = next(entry for entry in model.metadata_props if entry.key == METADATA_KEY)
    entry.value = json.dumps({**json.loads(entry.value), **values})
    (bundle / MODEL_FILE).write_bytes(model.SerializeToString())
    vouch(bundle)


def vouch(bundle: Path, **values: object) -> None:
    card = json.loads((bundle / CARD_FILE).read_text())
    (bundle / CARD_FILE).write_text(json.dumps({**card, "digest": read_network(bundle)[1], **values}))
    write_sums(bundle)


def test_wrong_golden_output_is_refused(bundle: Path, profile: Profile) -> None:
    golden = read_golden(bundle)
    probabilities = golden.probabilities + np.float32(2e-4)
    np.savez(bundle / GOLDEN_FILE, pictures=golden.pictures, probabilities=probabilities, novelty=golden.novelty)
    write_sums(bundle)
    refused(bundle, profile, "gives other answers than it should")


@pytest.mark.parametrize("version", [0, 3, "2", None])
def test_unknown_contract_version_is_refused(bundle: Path, profile: Profile, version: object) -> None:
    rewrite_contract(bundle, schema_version=version)
    refused(bundle, profile, "reads versions up to 2")


def test_missing_label_is_refused(bundle: Path, profile: Profile) -> None:
    contract = json.loads(tiny_contract().to_json())
    rewrite_contract(bundle, labels=contract["labels"][:2], class_mix=[0.4, 0.6])
    refused(bundle, profile, "its number of classes differs")


def test_bundle_without_a_contract_is_refused(bundle: Path, profile: Profile) -> None:
    model = onnx.load_from_string((bundle / MODEL_FILE).read_bytes())
    del model.metadata_props[:]
    (bundle / MODEL_FILE).write_bytes(model.SerializeToString())
    vouch(bundle)
    refused(bundle, profile, "carries no SkinDesk contract")


def test_card_of_another_network_is_refused(bundle: Path, profile: Profile) -> None:
    vouch(bundle, digest="0" * 64)
    refused(bundle, profile, "not the one its card describes")
    vouch(bundle, version="7.0.0")
    refused(bundle, profile, r"card is of colours-3 7\.0\.0, but the network is colours-3 1\.0\.0")


@pytest.mark.parametrize("model_id", ["../up", "a/b", "", "Colours", "con", "com1", "-x", "x" * 64, "a b", "a\u0301"])
def test_name_that_is_no_safe_folder_is_refused(bundle: Path, profile: Profile, model_id: str) -> None:
    rewrite_contract(bundle, model_id=model_id)
    vouch(bundle, model_id=model_id)
    refused(bundle, profile, "cannot be the name of a folder")


@pytest.mark.parametrize("version", ["", "two", "1.0.0/..", "1..0", "1.0.0-rc1", "1.2.3.4.5"])
def test_version_without_an_order_is_refused(bundle: Path, profile: Profile, version: str) -> None:
    rewrite_contract(bundle, version=version)
    vouch(bundle, version=version)
    refused(bundle, profile, "cannot be ordered")


def test_nested_card_does_not_exhaust_the_program(bundle: Path, profile: Profile) -> None:
    (bundle / CARD_FILE).write_text("[" * 200_000)
    write_sums(bundle)
    refused(bundle, profile, "card of model colours-3 cannot be read")


@pytest.mark.parametrize("name", ALL_FILES)
def test_missing_file_is_refused_by_name(bundle: Path, profile: Profile, name: str) -> None:
    (bundle / name).unlink()
    refused(bundle, profile, f"it lacks {name}")
    refused(zipped(bundle), profile, f"it lacks {name}")


def test_file_that_does_not_belong_is_refused(bundle: Path, profile: Profile) -> None:
    (bundle / "setup.py").write_text("")
    refused(bundle, profile, "'setup.py' does not belong")
    refused(zipped(bundle), profile, "'setup.py' does not belong")


def test_link_pipe_and_folder_are_refused(bundle: Path, profile: Profile, tmp_path: Path) -> None:
    (bundle / CARD_TEXT).rename(tmp_path / "card.md")
    odd = bundle / CARD_TEXT
    for make in (lambda: odd.symlink_to(tmp_path / "card.md"), lambda: os.mkfifo(odd), odd.mkdir):
        make()
        refused(bundle, profile, "no plain file")
        odd.rmdir() if odd.is_dir() else odd.unlink()


@pytest.mark.parametrize(
    "name", ["../model.onnx", "/model.onnx", "a/../../model.onnx", "C:model.onnx", "..\\model.onnx"]
)
def test_path_that_climbs_out_is_refused(bundle: Path, profile: Profile, name: str) -> None:
    file = bundle.with_suffix(".zip")
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, b"x")
    refused(file, profile, "leads out of it")


def zip_with(bundle: Path, change: Callable[[zipfile.ZipInfo], None]) -> Path:
    """A ZIP file of the bundle whose card text is told of otherwise."""
    file = bundle.with_suffix(".zip")
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ALL_FILES:
            info = zipfile.ZipInfo(name)
            if name == CARD_TEXT:
                change(info)
            archive.writestr(info, (bundle / name).read_bytes())
    return file


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFDIR])
def test_link_or_device_in_a_zip_file_is_refused(bundle: Path, profile: Profile, kind: int) -> None:
    file = zip_with(bundle, lambda info: setattr(info, "external_attr", (kind | 0o644) << 16))
    refused(file, profile, "no plain file")


def test_compression_that_packs_without_limit_is_refused(bundle: Path, profile: Profile) -> None:
    file = zip_with(bundle, lambda info: setattr(info, "compress_type", zipfile.ZIP_LZMA))
    refused(file, profile, "packed in a way")


def test_zip_bomb_is_refused_before_it_is_unpacked(bundle: Path, profile: Profile) -> None:
    (bundle / MODEL_FILE).write_bytes(bytes(100 << 20))
    refused(zipped(bundle), profile, "more than 100 times its size")


def test_zip_file_that_hides_how_long_a_file_is_fills_no_disk(
    bundle: Path, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    (bundle / CARD_TEXT).write_bytes(bytes(8 << 20))
    file = zipped(bundle)
    content = bytearray(file.read_bytes())
    size = struct.pack("<L", 8 << 20)
    while (place := content.find(size)) >= 0:
        content[place : place + 4] = struct.pack("<L", 10)
    file.write_bytes(content)
    refused(file, profile, "damaged")


def test_file_over_its_limit_is_refused(bundle: Path, profile: Profile) -> None:
    (bundle / CARD_TEXT).write_bytes(os.urandom(5 << 20))
    refused(bundle, profile, r"card\.md is longer than the limit of 4\.2 MB")
    refused(zipped(bundle), profile, r"card\.md is longer than the limit of 4\.2 MB")


def test_zip_file_with_countless_members_is_refused_unread(bundle: Path, profile: Profile) -> None:
    file = bundle.with_suffix(".zip")
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(5000):
            archive.writestr(f"{number}", b"")
    refused(file, profile, "more than 16 files")


def test_two_members_of_one_name_are_refused(bundle: Path, profile: Profile) -> None:
    file = zipped(bundle)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(file, "a") as archive:
        archive.writestr(CARD_TEXT, b"another")
    refused(file, profile, "twice")


def test_files_in_several_folders_are_refused(bundle: Path, profile: Profile) -> None:
    file = zip_with(bundle, lambda info: setattr(info, "filename", "elsewhere/card.md"))
    with zipfile.ZipFile(file, "w") as archive:
        for name in ALL_FILES:
            archive.write(bundle / name, f"{'b' if name == CARD_TEXT else 'a'}/{name}")
    refused(file, profile, "do not all lie in one folder")


@pytest.mark.parametrize("content", [b"", b"PK", b"no ZIP file" * 10, b"PK\x05\x06" + bytes(18)])
def test_file_that_is_no_zip_file_is_refused(tmp_path: Path, profile: Profile, content: bytes) -> None:
    file = tmp_path / "bundle.zip"
    file.write_bytes(content)
    refused(file, profile, "no ZIP file at all|lacks")


def test_cut_off_zip_file_is_refused(bundle: Path, profile: Profile) -> None:
    file = zipped(bundle)
    content = file.read_bytes()
    for part in (0.1, 0.5, 0.9, 0.999):
        file.write_bytes(content[: round(part * len(content))])
        refused(file, profile, "cut off")


def test_bundle_that_does_not_exist_is_said(tmp_path: Path, profile: Profile) -> None:
    refused(tmp_path / "nowhere", profile, "There is no bundle")


def test_same_network_is_not_installed_twice(bundle: Path, profile: Profile, models: ModelLibrary) -> None:
    install(bundle, profile, models)
    refused(bundle, profile, r"installed already, as colours-3@1\.0\.0")


def test_newer_version_stands_beside_the_older_one(tmp_path: Path, profile: Profile, models: ModelLibrary) -> None:
    for version in ("1.9.0", "1.10.0"):
        install(write_arriving_bundle(tmp_path / version, tiny_contract(version=version)), profile, models)
    assert added(models) == ["colours-3@1.10.0", "colours-3@1.9.0"]
    assert models.find("colours-3").name == "colours-3@1.10.0"
    assert models.open("colours-3@1.9.0").ref.version == "1.9.0"
    for version in ("1.9.1", "1.10", "1.2.0"):
        refused(
            write_arriving_bundle(tmp_path / version, tiny_contract(version=version, min_margin=0.2)),
            profile,
            "is not newer",
        )


def test_shipped_network_is_only_followed_by_a_newer_one_and_stays_what_its_name_means(
    tmp_path: Path, profile: Profile, models: ModelLibrary
) -> None:
    shipped = models.find("dermoscopy-7")
    for version in ("1.0.0", shipped.contract.version):
        older = write_arriving_bundle(tmp_path / version, tiny_contract("dermoscopy-7", version=version))
        refused(older, profile, "is not newer")
    newer = install(
        write_arriving_bundle(tmp_path / "new", tiny_contract("dermoscopy-7", version="99.0.0")), profile, models
    )
    assert models.find("dermoscopy-7") == models.find() == shipped
    assert models.find("dermoscopy-7@99.0.0") == newer
    assert models.find(f"dermoscopy-7@{shipped.contract.version}") == shipped


def test_name_of_a_network_for_other_pictures_is_refused(tmp_path: Path, profile: Profile) -> None:
    contract = tiny_contract("dermoscopy-7", modality=Modality.CLINICAL, version="99.0.0")
    refused(write_arriving_bundle(tmp_path / "new", contract), profile, "answers dermoscopic pictures here")


def test_exported_bundle_without_sums_is_packed_into_one_that_can_be_installed(
    tmp_path: Path, profile: Profile, models: ModelLibrary
) -> None:
    exported = write_tiny_bundle(tmp_path / "runs")
    refused(exported, profile, f"lacks {SUMS_FILE}")
    (exported / "ablation.md").write_text("beside it")
    out = tmp_path / "colours.zip"
    pack_bundle(exported, models, out)
    assert install(out, profile, models).name == "colours-3@1.0.0"
    with pytest.raises(OutputUnavailableError, match="exists already"):
        pack_bundle(exported, models, out)


def test_unsound_bundle_is_not_packed(tmp_path: Path, models: ModelLibrary) -> None:
    exported = write_tiny_bundle(tmp_path / "runs")
    (exported / GOLDEN_FILE).write_bytes(b"")
    with pytest.raises(ModelUnavailableError, match="golden"):
        pack_bundle(exported, models, tmp_path / "out.zip")
    assert not (tmp_path / "out.zip").exists()


def test_damage_after_the_installation_is_found_by_verify(bundle: Path, profile: Profile, models: ModelLibrary) -> None:
    model = install(bundle, profile, models)
    text = (model.folder / CARD_TEXT).read_text()
    (model.folder / CARD_TEXT).write_text(text.replace("Strongest", "Weakest"))
    assert "card.md is not what it was" in (models.problem_with(model.name) or "")


def test_full_disk_leaves_nothing(bundle: Path, profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bundle_archive.os, "fsync", full)
    refused(bundle, profile, "cannot be kept in the profile: No space left on device")


def _installed_until(step: str, bundle: Path, profile: Profile) -> None:
    """Install in a process that dies the moment when a step is begun."""
    module: object = Path if step == "rename" else model_install
    setattr(module, step, lambda *_, **__: os._exit(9))
    install(bundle, profile, ModelLibrary(profile))


@pytest.mark.parametrize(
    "step", ["unpack", "check_sums", "read_contract", "_refuse_unless_newer", "rename", "sync_folder"]
)
def test_crash_leaves_the_old_or_the_new_network_whole(tmp_path: Path, profile: Profile, step: str) -> None:
    install(write_arriving_bundle(tmp_path / "old"), profile, ModelLibrary(profile))
    newer = write_arriving_bundle(tmp_path / "new", tiny_contract(version="2.0.0"))

    process = multiprocessing.get_context("spawn").Process(target=_installed_until, args=(step, newer, profile))
    process.start()
    process.join()

    assert process.exitcode == 9
    models = ModelLibrary(profile)
    assert added(models) == (["colours-3@2.0.0"] if step == "sync_folder" else []) + ["colours-3@1.0.0"]
    assert models.faults() == ()
    assert [models.problem_with(name) for name in added(models)] == [None] * len(added(models))
    if step != "sync_folder":
        assert install(newer, profile, models).name == "colours-3@2.0.0"


def test_shipped_bundles_can_be_packed_and_read(tmp_path: Path, models: ModelLibrary) -> None:
    fast = bundled("models", "dermoscopy-7-fast")
    pack_bundle(fast, models, tmp_path / "fast.zip")
    with zipfile.ZipFile(tmp_path / "fast.zip") as archive:
        assert sorted(archive.namelist()) == sorted(ALL_FILES)
