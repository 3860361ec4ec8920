"""Connections by tls://, with the certificates of Dask's own configuration."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from skindesk.system.paths import PROFILE_VARIABLE
from tests.cluster.machines import ROOT, machines
from tests.support.pictures import write_picture
from tests.support.tiny_bundle import write_tiny_bundle


def write_certificate(folder: Path) -> tuple[Path, Path]:
    """A key, and a certificate that it signs for itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "skindesk-test")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
    builder = builder.not_valid_after(now + timedelta(days=1)).add_extension(x509.BasicConstraints(True, None), True)
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, private


def test_encrypted_cluster_answers_who_has_a_certificate_and_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, private = write_certificate(tmp_path)
    picture = write_picture(tmp_path / "a.png")
    write_tiny_bundle(tmp_path / "profile" / "models")
    monkeypatch.setenv(PROFILE_VARIABLE, str(tmp_path / "profile"))
    stranger = dict(os.environ)
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION", "true")
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TLS__CA_FILE", str(certificate))
    for role in ("SCHEDULER", "WORKER", "CLIENT"):
        monkeypatch.setenv(f"DASK_DISTRIBUTED__COMM__TLS__{role}__CERT", str(certificate))
        monkeypatch.setenv(f"DASK_DISTRIBUTED__COMM__TLS__{role}__KEY", str(private))
    words = [sys.executable, "-m", "skindesk", "classify", str(picture), "--model", "colours-3", "--json"]
    with machines(tmp_path, workers=1, scheme="tls") as running:
        words += ["--cluster", running.address]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=120)
        assert running.address.startswith("tls://")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["label_1"] == "red"
        refused = subprocess.run(words, cwd=ROOT, env=stranger, capture_output=True, text=True, timeout=120)
    assert refused.returncode == 3
    assert refused.stderr.startswith(f"skindesk: {running.address} needs a certificate")
