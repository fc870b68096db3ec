"""Files of certificates in use: each once, what may not be read, what its program alone has a word for."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailtui.host.errors import PermissionDenied
from mailtui.services.tls.gate_text import check_file
from mailtui.services.tls.inventory import Use
from mailtui.services.tls.inventory.loading import Loader
from mailtui.services.tls.inventory.model import Named
from tests.unit.tls.authority import LEAF, MIDDLE, NOW, Pair, issue

SERVER = Use("postfix", "main.cf", "smtpd_tls_cert_file")
CLIENT = Use("postfix", "main.cf", "smtp_tls_cert_file", "client")


def put(folder: Path, name: str, data: bytes) -> str:
    path = folder / name
    path.write_bytes(data)
    path.chmod(0o600)
    return str(path)


@pytest.fixture
def loader() -> Loader:
    return Loader(NOW.timestamp())


def pair(folder: Path, one: Pair = LEAF, word: bytes = b"") -> tuple[str, str]:
    return put(folder, "c.pem", one.pem + MIDDLE.pem), put(folder, "k.pem", one.key_pem(word))


def test_the_same_files_are_one_certificate_with_two_uses(tmp_path: Path, loader: Loader) -> None:
    files = pair(tmp_path)
    other = Use("dovecot", "dovecot", "ssl_cert")
    (held,) = loader.held([Named(files, SERVER), Named(files, other)])
    assert held.uses == (SERVER, other) and held.leaf and held.leaf.names[0] == "mail.example" == held.name
    assert not held.problem and [mode.has_key for mode in held.modes] == [False, True]


def test_a_chain_file_with_two_keys_is_two_certificates(tmp_path: Path, loader: Loader) -> None:
    second = issue("mail.example", MIDDLE, names=("mail.example",))
    file = put(tmp_path, "both.pem", b"".join(one.key_pem() + one.pem + MIDDLE.pem for one in (LEAF, second)))
    first, other = loader.held([Named((file,), SERVER, key_first=True)])
    assert first.leaf and other.leaf and first.leaf.sha256 != other.leaf.sha256
    assert not first.problem and not other.problem


def test_nothing_is_said_of_a_key_that_this_user_may_not_read(
    tmp_path: Path, loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = pair(tmp_path)

    def denied(path: Path) -> object:
        if path.name == "k.pem":
            raise PermissionDenied("this user may not open it", unlock="run mailtui with sudo")
        return check_file(path)

    monkeypatch.setattr("mailtui.services.tls.inventory.loading.check_file", denied)
    (held,) = loader.held([Named(files, SERVER)])
    assert held.leaf and not held.problem and held.findings == () and held.unlock == "run mailtui with sudo"


def test_an_encrypted_key_is_fine_only_for_who_has_its_word(tmp_path: Path, loader: Loader) -> None:
    files = pair(tmp_path, word=b"secret")
    (held,) = loader.held([Named(files, SERVER)])
    assert held.problem and "passphrase" in str(held.findings)
    (held,) = Loader(NOW.timestamp()).held([Named(files, Use("dovecot", "dovecot", "ssl_cert"), has_password=True)])
    assert not held.problem and not [one for one in held.findings if one.severity == "error"]


def test_what_is_only_for_sending_is_not_judged_as_a_server_is(tmp_path: Path, loader: Loader) -> None:
    files = pair(tmp_path, issue("no names", MIDDLE))
    (held,) = loader.held([Named(files, CLIENT)])
    assert held.leaf and held.findings == ()


def test_a_file_that_is_not_there_and_one_that_is_none(tmp_path: Path, loader: Loader) -> None:
    missing, nonsense = loader.held(
        [Named((str(tmp_path / "none"),), SERVER), Named((put(tmp_path, "x", b"hello \x1b[2J"),), SERVER)]
    )
    assert missing.problem and missing.findings[0].severity == "error" and missing.leaf is None
    assert nonsense.problem and "\x1b" not in repr(nonsense)


def test_what_cannot_be_files_is_told(loader: Loader) -> None:
    (held,) = loader.held([Named((), SERVER, "the certificate stands in the configuration itself")])
    assert held.problem and held.name == "" and held.id == ""


@pytest.mark.parametrize(
    ("days", "stage"), [((-10, 80), "fine"), ((-70, 20), "soon"), ((-80, 10), "late"), ((-90, -1), "over"), ((1, 9), "early")]
)  # fmt: skip
def test_how_far_its_life_has_gone(tmp_path: Path, loader: Loader, days: tuple[int, int], stage: str) -> None:
    (held,) = loader.held([Named(pair(tmp_path, issue("a.example", MIDDLE, names=("a.example",), days=days)), SERVER)])
    assert held.stage(NOW.timestamp()) == stage


def test_the_key_that_fits_lies_beside_under_another_name(tmp_path: Path, loader: Loader) -> None:
    certificate, key = pair(tmp_path)
    kept = put(tmp_path, "k.pem.bak", LEAF.key_pem())
    put(tmp_path, "k.pem", issue("other").key_pem())
    put(tmp_path, "notes.txt", b"nothing")
    (held,) = loader.held([Named((certificate, key), SERVER)])
    (found,) = [one for one in held.findings if one.id.startswith("cert.mismatch")]
    assert found.fix == ("mailtui", "cert", "deploy", "--", certificate, kept)
    assert "PRIVATE" not in repr(held)


def test_the_certificate_that_fits_a_new_key_goes_before_an_old_pair(tmp_path: Path, loader: Loader) -> None:
    renewed = issue("mail.example", MIDDLE, names=("mail.example",), days=(-1, 89))
    certificate, key = pair(tmp_path)
    put(tmp_path, "k.pem.bak", LEAF.key_pem())
    put(tmp_path, "k.pem", renewed.key_pem())
    new = put(tmp_path, "renewed.pem", renewed.pem + MIDDLE.pem)
    (held,) = loader.held([Named((certificate, key), SERVER)])
    assert held.findings[0].fix[4:] == (new, key)


def test_nothing_that_fits_is_no_plan(tmp_path: Path, loader: Loader) -> None:
    certificate, key = pair(tmp_path)
    put(tmp_path, "k.pem", issue("other").key_pem())
    put(tmp_path, "old.pem", issue("over", days=(-90, -1)).pem)
    (held,) = loader.held([Named((certificate, key), SERVER)])
    assert [one.fix for one in held.findings if one.id.startswith("cert.mismatch")] == [()]
