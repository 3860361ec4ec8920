"""The way to the server: encrypted under a checked certificate, and by a password that the address need not hold."""

import datetime as dt
import ipaddress
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from skindesk.domain.errors import CaseLogUnavailableError
from skindesk.storage.engine import open_engine
from skindesk.storage.plain_words import in_plain_words
from skindesk.storage.server import DatabaseServer

if TYPE_CHECKING:
    from tests.support.postgres_server import Server

IS_ENCRYPTED = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
PASSWORD = "hunter2-of-the-clinic"


def ask(address: str, question: str = "SELECT 1") -> object:
    engine = open_engine(DatabaseServer(address))
    try:
        with in_plain_words(), engine.connect() as connection:
            return connection.exec_driver_sql(question).scalar()
    finally:
        engine.dispose()


def write_certificate(folder: Path) -> tuple[Path, Path]:
    """A key and a certificate for this computer that it has signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    today = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir()
    key_file, certificate = folder / "server.key", folder / "server.crt"
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return key_file, certificate


@pytest.fixture
def certificate(postgres: "Server") -> Iterator[Path]:
    """The certificate of the server, which speaks TLS for as long as the test goes on."""
    key_file, made = write_certificate(postgres.folder / "tls")
    owner = (postgres.folder / "data").stat()
    for path in (key_file, made):
        path.chmod(0o600)
        os.chown(path, owner.st_uid, owner.st_gid)
    asked = {"ssl_cert_file": str(made), "ssl_key_file": str(key_file), "ssl": "on"}
    with postgres.connect() as outsider:
        for name, value in asked.items():
            outsider.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        outsider.execute("SELECT pg_reload_conf()")
    postgres.wait_until("SHOW ssl", "on")
    yield made
    with postgres.connect() as outsider:
        for name in asked:
            outsider.execute(f"ALTER SYSTEM RESET {name}")
        outsider.execute("SELECT pg_reload_conf()")
    postgres.wait_until("SHOW ssl", "off")
    for path in (key_file, made):
        path.unlink()
    key_file.parent.rmdir()


def test_a_checked_certificate_lets_an_encrypted_connection_through(
    certificate: Path, postgres: "Server", tmp_path: Path
) -> None:
    address = f"{postgres.address('postgres')}?sslmode=verify-full&sslrootcert="
    assert ask(f"{address}{certificate}", IS_ENCRYPTED) is True

    _, somebody_elses = write_certificate(tmp_path / "other")
    with pytest.raises(CaseLogUnavailableError, match="cannot be trusted"):
        ask(f"{address}{somebody_elses}")


def test_a_server_that_cannot_encrypt_is_refused_where_the_address_asks_for_it(postgres: "Server") -> None:
    with pytest.raises(CaseLogUnavailableError, match="cannot be trusted"):
        ask(f"{postgres.address('postgres')}?sslmode=require")


def test_the_password_comes_from_outside_the_address(
    postgres: "Server", monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rules = postgres.folder / "data" / "pg_hba.conf"
    before = rules.read_text()
    rules.write_text(f"host all ada 127.0.0.1/32 scram-sha-256\n{before}")
    with postgres.connect() as outsider:
        outsider.execute(f"CREATE ROLE ada LOGIN PASSWORD '{PASSWORD}'")
        outsider.execute("SELECT pg_reload_conf()")
    address = f"postgresql://ada@127.0.0.1:{postgres.port}/postgres"
    try:
        monkeypatch.setenv("PGPASSFILE", str(tmp_path / "none"))
        for given in (None, "wrong"):
            monkeypatch.delenv("PGPASSWORD", raising=False)
            if given is not None:
                monkeypatch.setenv("PGPASSWORD", given)
            with pytest.raises(CaseLogUnavailableError, match="does not let SkinDesk in"):
                ask(address)
        monkeypatch.setenv("PGPASSWORD", PASSWORD)
        assert ask(address, "SELECT current_user") == "ada"
        monkeypatch.delenv("PGPASSWORD")
        (tmp_path / "pgpass").write_text(f"127.0.0.1:*:*:ada:{PASSWORD}\n")
        (tmp_path / "pgpass").chmod(0o600)
        monkeypatch.setenv("PGPASSFILE", str(tmp_path / "pgpass"))
        assert ask(address, "SELECT current_user") == "ada"
    finally:
        rules.write_text(before)
        with postgres.connect() as outsider:
            outsider.execute("DROP ROLE ada")
            outsider.execute("SELECT pg_reload_conf()")
