"""``mailtui cert``: files are made new and private, passphrases come by descriptor, nothing secret is printed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from mailtui.cli.main import main
from mailtui.services.tls.facts import names_of, spki
from mailtui.services.tls.pile import PassphraseNeeded, read_pile
from tests.unit.tls.authority import LEAF, MIDDLE, ROOT


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a leaf, a pile and a key, and a umask that hides nothing."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "leaf.pem").write_bytes(LEAF.pem)
    (tmp_path / "pile.pem").write_bytes(ROOT.pem + LEAF.pem + MIDDLE.pem)
    (tmp_path / "key.pem").write_bytes(LEAF.key_pem())
    (tmp_path / "locked.pem").write_bytes(LEAF.key_pem(b"word"))
    before = os.umask(0)
    yield tmp_path
    os.umask(before)


def word(text: str) -> str:
    """A descriptor that a passphrase can be read from."""
    reading, writing = os.pipe()
    os.write(writing, f"{text}\n".encode())
    os.close(writing)
    return str(reading)


def mode(file: str) -> int:
    return Path(file).stat().st_mode & 0o777


def test_a_new_key_is_private_from_its_first_instant(monkeypatch: pytest.MonkeyPatch) -> None:
    rights: list[int] = []
    opened = os.open

    def watched(path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if flags & os.O_CREAT:
            assert flags & os.O_EXCL
            rights.append(mode)
        return opened(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr("mailtui.host.presence.os.open", watched)
    assert main(["cert", "key", "-o", "new.pem", "--type", "rsa"]) == 0
    assert rights == [0o600] and mode("new.pem") == 0o600


def test_what_is_there_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cert", "key", "-o", "key.pem"]) == 2
    assert "kept" in capsys.readouterr().err
    assert main(["cert", "csr", "--new-key", "fresh.pem", "--name", "a.example", "-o", "leaf.pem"]) == 2
    assert Path("key.pem").read_bytes() == LEAF.key_pem() and not Path("fresh.pem").exists()


@pytest.mark.parametrize(
    "argv",
    [
        ["key"],
        ["csr", "-o", "x", "--name", "a.example"],
        ["csr", "-o", "x", "--key", "leaf.pem", "--name", "a.example"],
        ["csr", "-o", "x", "--new-key", "y"],
        ["self-signed", "-o", "x", "--new-key", "y", "--name", "a b"],
        ["convert", "key.pem", "-o", "x"],
        ["convert", "leaf.pem", "--only", "key", "--to", "pem", "-o", "x"],
        ["convert", "locked.pem", "--to", "pem", "-o", "x"],
        ["key", "-o", "x", "--encrypt"],
        ["key", "-o", "x", "--new-passphrase-fd", "77"],
        ["show"],
    ],
)
def test_half_an_order_makes_nothing(argv: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with open(os.devnull) as nobody:  # noqa: PTH123
        monkeypatch.setattr("sys.stdin", nobody)
        assert main(["cert", *argv]) == 2
    assert not Path("x").exists() and not Path("y").exists()


def test_read_only_makes_nothing() -> None:
    assert main(["--read-only", "cert", "key", "-o", "x"]) == 3
    assert not Path("x").exists()


def test_a_request_with_a_new_key_and_the_names_of_an_old_certificate() -> None:
    assert main(["cert", "csr", "leaf.pem", "--new-key", "fresh.pem", "-o", "mail.csr"]) == 0
    (made,), (key,) = read_pile(Path("mail.csr")), read_pile(Path("fresh.pem"))
    assert tuple(names_of(made.content)) == ("mail.example", "*.mx.example")  # type: ignore[arg-type]
    assert spki(made.content) == spki(key.content)
    assert (mode("fresh.pem"), mode("mail.csr")) == (0o600, 0o644)


def test_a_passphrase_is_taken_off_and_set() -> None:
    argv = ["cert", "convert", "locked.pem", "--to", "pem", "-o", "open.pem", "--passphrase-fd", word("word")]
    assert main(argv) == 0
    assert Path("open.pem").read_bytes() == LEAF.key_pem() and mode("open.pem") == 0o600
    argv = ["cert", "convert", "open.pem", "--to", "der", "-o", "again.der", "--new-passphrase-fd", word("other")]
    assert main(argv) == 0
    with pytest.raises(PassphraseNeeded):
        read_pile(Path("again.der"))
    assert read_pile(Path("again.der"), b"other")[0].kind == "key"


@pytest.mark.parametrize(("answers", "made"), [(["word", "word"], True), (["word", "other"], False), ([""], False)])
def test_a_passphrase_is_asked_for_twice(answers: list[str], made: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda _prompt: answers.pop(0))
    assert main(["cert", "key", "-o", "new.pem", "--encrypt"]) == (0 if made else 2)
    assert Path("new.pem").exists() == made
    if made:
        assert read_pile(Path("new.pem"), b"word")[0].encrypted


def test_a_container_and_its_parts() -> None:
    files = ["key.pem", "pile.pem"]
    assert main(["cert", "convert", *files, "--to", "pkcs12", "-o", "s.p12", "--new-passphrase-fd", word("w")]) == 0
    assert mode("s.p12") == 0o600
    argv = ["cert", "convert", "s.p12", "--to", "pkcs7", "--only", "certificates", "-o", "s.p7b"]
    assert main([*argv, "--passphrase-fd", word("w")]) == 0
    assert mode("s.p7b") == 0o644
    assert len(read_pile(Path("s.p7b"))) == 3


def test_a_chain_to_a_file_and_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cert", "chain", "leaf.pem", "pile.pem", "-o", "full.pem"]) == 0
    assert Path("full.pem").read_bytes() == LEAF.pem + MIDDLE.pem
    assert "a root, which clients have" in capsys.readouterr().err
    assert main(["cert", "chain", "leaf.pem"]) == 1
    said = capsys.readouterr()
    assert said.out.encode() == LEAF.pem and "CN=Middle is not in the files" in said.err


def test_no_private_key_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    main(["cert", "show", "key.pem", "leaf.pem"])
    main(["cert", "show", "--json", "key.pem"])
    main(["cert", "match", "key.pem", "pile.pem"])
    main(["cert", "convert", "key.pem", "--to", "pem", "-o", "copy.pem"])
    said = "".join(capsys.readouterr())
    assert "PRIVATE" not in said
    der = LEAF.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    assert der.splitlines()[1].decode() not in said


def test_a_key_matches_its_certificate_whatever_its_kind(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cert", "match", "key.pem", "pile.pem"]) == 0
    assert main(["cert", "key", "-o", "new.pem", "--type", "ed25519"]) == 0
    assert main(["cert", "match", "new.pem", "pile.pem"]) == 1
    capsys.readouterr()
    assert main(["cert", "show", "--json", "new.pem"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["key"] == "Ed25519"


def test_a_port_where_nobody_listens_is_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cert", "show", "127.0.0.1:1"]) == 3
    assert "cannot be reached" in capsys.readouterr().err
