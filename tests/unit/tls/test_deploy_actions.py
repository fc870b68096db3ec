"""The deploy's actions: files that only their owner may read at any moment, and a proof that believes only handshakes."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from mailtui.changes.changes import Changes
from mailtui.changes.plan import Outcome, Plan, Receipt, Step
from mailtui.host.errors import HostError, UsageError
from mailtui.services.tls.deploy import files, private, proof
from mailtui.services.tls.deploy.candidate import Candidate, Refused, candidate
from mailtui.services.tls.deploy.lying import lying
from mailtui.services.tls.deploy.model import NewFiles
from mailtui.services.tls.deploy.risks import warnings
from mailtui.services.tls.pile import Item, parse_pile
from mailtui.services.tls.probe import Ask, Served
from tests.unit.changes.killing import killed_at_every_call
from tests.unit.tls.authority import LEAF, MIDDLE, NOW, ROOT, issue

ROOTS = (ROOT.certificate,)


def items(*contents: bytes, passphrase: bytes | None = None) -> tuple[Item, ...]:
    """The items of files called file0, file1, …"""
    return tuple(item for n, data in enumerate(contents) for item in parse_pile(data, f"file{n}", passphrase))


def judged(*contents: bytes, names: Sequence[str] = (), passphrase: bytes | None = None) -> Candidate:
    found = items(*contents, passphrase=passphrase)
    return candidate(found, names=names, now=NOW.timestamp(), roots=ROOTS)


GOOD = judged(LEAF.pem + MIDDLE.pem, LEAF.key_pem())


def test_a_pile_becomes_a_chain_in_order() -> None:
    stranger = issue("stranger.example")
    one = judged(ROOT.pem + stranger.pem + MIDDLE.pem + LEAF.pem, LEAF.key_pem())
    assert one.chain.pem == LEAF.pem + MIDDLE.pem and one.key == LEAF.key_pem()
    assert len(one.notes) == 2 and "stranger.example" in one.notes[1]
    assert (one.algorithm, one.names) == ("EC", ("mail.example", "*.mx.example"))
    assert GOOD.notes == () and b"PRIVATE" not in repr(GOOD).encode()


def test_a_passphrase_is_left_behind_and_said() -> None:
    one = judged(LEAF.pem + MIDDLE.pem, LEAF.key_pem(b"word"), passphrase=b"word")
    assert one.key == LEAF.key_pem() and "no passphrase" in one.notes[0]


@pytest.mark.parametrize(
    ("contents", "names", "words"),
    [
        ((LEAF.pem + MIDDLE.pem, MIDDLE.key_pem()), (), ""),
        ((LEAF.pem, issue("x").key_pem()), (), "not the certificate's"),
        ((LEAF.pem + MIDDLE.pem, LEAF.key_pem()), ("other.example",), "does not name"),
    ],
)
def test_the_gate_is_closed(contents: tuple[bytes, ...], names: tuple[str, ...], words: str) -> None:
    with pytest.raises(Refused, match=words or None) as refused:
        judged(*contents, names=names)
    assert refused.value.unlock


@pytest.mark.parametrize("contents", [(LEAF.key_pem(),), (LEAF.pem,)])
def test_half_a_pair(contents: tuple[bytes, ...]) -> None:
    with pytest.raises(UsageError):
        judged(*contents)


def test_an_expired_one_is_refused() -> None:
    old = issue("mail.example", MIDDLE, names=("mail.example",), days=(-90, -1))
    with pytest.raises(Refused, match="ended on"):
        judged(old.pem + MIDDLE.pem, old.key_pem())


def test_one_that_ends_soon_may_be_all_there_is() -> None:
    late = issue("mail.example", MIDDLE, names=("mail.example",), days=(-80, 10))
    one = judged(late.pem + MIDDLE.pem, late.key_pem())
    assert warnings(one) == ["10 days are left, less than a sixth of its life"]


def test_served_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    def put(*contents: bytes, passphrase: bytes | None = None) -> tuple[Item, ...]:
        for number, data in enumerate(contents):
            (tmp_path / f"file{number}").write_bytes(data)
        return items(*contents, passphrase=passphrase)

    found = put(LEAF.pem + MIDDLE.pem, LEAF.key_pem())
    assert lying(found, GOOD) == NewFiles(str(tmp_path / "file1"), str(tmp_path / "file0")), "a server has no cwd"
    with pytest.raises(UsageError, match="as it must be served"):
        lying(put(LEAF.pem, MIDDLE.pem, LEAF.key_pem()), GOOD)
    with pytest.raises(UsageError, match="encrypted"):
        lying(put(LEAF.pem + MIDDLE.pem, LEAF.key_pem(b"w"), passphrase=b"w"), GOOD)
    with pytest.raises(UsageError, match="as they stand"):
        lying(put(LEAF.pem.strip() + MIDDLE.pem, LEAF.key_pem()), GOOD)


def changes(state: Path, named: str = "") -> Changes:
    """``named`` is who still names the files."""
    return Changes(
        state, {files.NAME: files.CertificateFiles(lambda _files: named), private.NAME: private.CertificatePrivate()}
    )


def made(folder: Path, state: Path) -> Receipt:
    return changes(state).apply(
        Plan("make", (files.files_step(GOOD, files.new_files(folder, both=True)),), all_or_nothing=True)
    )


def leaks(*folders: Path) -> list[str]:
    """Files with a private key in them that others may read."""
    return [str(path) for path in _with_key(*folders) if stat.S_IMODE(path.stat().st_mode) & 0o077]


def _with_key(*folders: Path) -> Iterator[Path]:
    secret = GOOD.key.splitlines()[1]
    for folder in folders:
        yield from (path for path in folder.rglob("*") if path.is_file() and secret in path.read_bytes())


def test_new_files_and_their_undo(tmp_path: Path) -> None:
    folder, state = tmp_path / "tls/new", tmp_path / "state"
    assert made(folder, state).outcome == "applied"
    key, chain, both = GOOD.key, GOOD.chain.pem, GOOD.key + GOOD.chain.pem
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "privkey.pem": key,
        "fullchain.pem": chain,
        "both.pem": both,
    }
    assert leaks(tmp_path) == [] and not list(_with_key(state))
    done = changes(state).changes()[0].id
    assert changes(state).undo(done).outcome == "applied"
    assert not folder.exists()
    again = changes(state).undo(changes(state).changes()[0].id)
    assert again.outcome == "failed" and "no copy of the key was kept" in again.failed[0].why


def test_key_and_chain_in_one_file_only_where_one_setting_names_both(tmp_path: Path) -> None:
    step = files.files_step(GOOD, files.new_files(tmp_path / "new", both=False))
    changes(tmp_path / "state").apply(Plan("make", (step,)))
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["fullchain.pem", "privkey.pem"]


def test_what_somebody_changed_is_left(tmp_path: Path) -> None:
    folder, state = tmp_path / "new", tmp_path / "state"
    made(folder, state)
    (folder / "privkey.pem").write_bytes(b"another")
    receipt = changes(state).undo(changes(state).changes()[0].id)
    assert [path.name for path in folder.iterdir()] == ["privkey.pem"]
    assert "changed since" in receipt.skipped[0].why


def test_what_a_server_still_reads_is_not_taken_away(tmp_path: Path) -> None:
    folder, state = tmp_path / "new", tmp_path / "state"
    done = made(folder, state).change
    receipt = changes(state, "Dovecot").undo(done)
    assert len(list(folder.iterdir())) == 3 and "Dovecot still names" in receipt.skipped[0].why


def test_names_that_are_taken(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / "fullchain.pem").write_bytes(b"mine")
    assert made(folder, tmp_path / "state").outcome == "failed"
    assert [path.name for path in folder.iterdir()] == ["fullchain.pem"]


def test_killed_anywhere_no_key_is_left_or_was_ever_open(tmp_path: Path) -> None:
    number = 0

    def prepare() -> partial[Receipt]:
        nonlocal number
        number += 1
        return partial(made, tmp_path / f"new{number}", tmp_path / f"state{number}")

    before = os.umask(0)
    try:
        for told in killed_at_every_call(prepare):
            folder, state = tmp_path / f"new{number}", tmp_path / f"state{number}"
            assert leaks(tmp_path) == [], told
            done = changes(state)
            for change in done.interrupted():
                done.recover(change.id)
            whole = bool(done.changes()) and done.changes()[0].ending == "applied"
            assert len(list(_with_key(folder, state))) == (2 if whole else 0), told
    finally:
        os.umask(before)
    assert number > 10 and whole


def test_files_become_private(tmp_path: Path) -> None:
    first, second = tmp_path / "sni", tmp_path / "sni.db"
    first.touch(mode=0o644)
    second.touch(mode=0o600)
    step = private.private_step([first, second, tmp_path / "none"])
    assert step is not None
    assert changes(tmp_path / "state").apply(Plan("p", (step,))).done == (str(first),)
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert private.private_step([first, second]) is None


ASK = Ask("127.0.0.1", 993)
OLD, NEW = "AA" * 32, GOOD.sha256


class Ports:
    """Answers as programmed, the last one for ever."""

    def __init__(self, *rounds: str) -> None:
        self.rounds = list(rounds)
        self.time = 0.0
        self.asked = 0

    def probe(self, asks: Sequence[Ask]) -> tuple[Served, ...]:
        self.asked += 1
        shown = self.rounds.pop(0) if len(self.rounds) > 1 else self.rounds[0]
        return tuple(_served(ask, shown) for ask in asks)

    def wait(self, seconds: float) -> None:
        self.time += seconds

    def action(self) -> proof.CertificateProof:
        return proof.CertificateProof(self.probe, self.wait, lambda: self.time)


def _served(ask: Ask, shown: str) -> Served:
    if not shown:
        return Served(ask, "closed", "the server closed the connection")
    der = GOOD.leaf.public_bytes(Encoding.DER) if shown == NEW else shown.encode()
    return Served(ask, chain_der=(der,), version="TLSv1.3")


def step(when: str, sha256: str, *named: str) -> Step:
    return proof.proof_step(when, [proof.Expected(ASK, sha256)], "prove", "", named)


def note(_: object) -> None:
    """Nobody listens."""


def test_it_must_be_served_twice_in_a_row() -> None:
    ports = Ports("old", NEW, "old", NEW, NEW)
    assert ports.action().apply(step("after", NEW), note).done == ("prove",)
    assert ports.asked == 5


@pytest.mark.parametrize(
    ("shown", "words"), [("old", "serves a certificate that cannot"), ("", "no TLS .the server closed")]
)
def test_another_certificate_fails_in_the_end(shown: str, words: str) -> None:
    ports = Ports(shown)
    with pytest.raises(HostError, match=words):
        ports.action().apply(step("after", NEW), note)
    assert ports.time >= proof.PATIENCE


def test_the_proof_of_before_acts_when_it_is_undone_and_the_other_does_not() -> None:
    ports = Ports("old")
    action, outcome = ports.action(), Outcome(done=("prove",))
    action.apply(step("before", OLD), note)
    action.undo(step("after", NEW), outcome, note)
    assert ports.asked == 0
    with pytest.raises(HostError):
        action.undo(step("before", OLD), outcome, note)
    Ports("").action().undo(step("before", ""), outcome, note)


def test_what_was_renewed_under_its_name_since_counts_as_before(tmp_path: Path) -> None:
    (tmp_path / "lineage.pem").write_bytes(GOOD.chain.pem)
    action, outcome = Ports(NEW).action(), Outcome(done=("prove",))
    action.undo(step("before", OLD, str(tmp_path / "none"), str(tmp_path / "lineage.pem")), outcome, note)
    with pytest.raises(HostError):
        action.undo(step("before", OLD), outcome, note)
