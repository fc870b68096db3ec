"""The machine's pulse, part by part: what is seen, and what is said where it cannot be."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from mailtui.host.errors import PermissionDenied, ToolFailed, ToolMissing
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.model import QUEUES
from mailtui.services.pulse import Pulse, masters
from mailtui.services.pulse.certificates import certificate_states, read_certificate
from mailtui.services.pulse.disks import disk_states, literal_folder
from mailtui.services.pulse.masters import service_states
from mailtui.services.pulse.pulse import Paced
from mailtui.services.pulse.queue import queue_state
from mailtui.services.pulse_model import CertificateState, ResolverState
from tests.support.tools import Answer, RecordedTools

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def postfix(parameters: dict[str, str], *, services: str = "", overrides: str = "") -> PostfixConfig:
    said = "".join(f"{name} = {value}\n" for name, value in parameters.items())
    return PostfixConfig(RecordedTools({"postconf -x": said, "postconf -M": services, "postconf -Px": overrides}))


def dovecot(settings: dict[str, str], text: str = "") -> DovecotConfig:
    names = {"ssl", "base_dir", "mail_path", "mail_location", "mail_home"} | settings.keys()
    answers: dict[str, str | bytes | Answer | ToolMissing] = {
        f"doveconf {name}": f"{name} = {settings[name]}\n" if name in settings else "" for name in names
    }
    answers |= {"doveconf -n": text, "dovecot --version": "2.3.19.1 (9b53102964)\n"}
    return DovecotConfig(RecordedTools(answers))


# -- services


def test_a_master_named_by_its_pid_file_is_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pid").mkdir()
    (tmp_path / "pid/master.pid").write_text(f"{os.getpid():15d}\n")
    (tmp_path / "master.pid").write_text("999999999\n")
    monkeypatch.setattr("mailtui.host.processes.is_program", lambda pid, names: pid == os.getpid())
    where = {"queue_directory": str(tmp_path), "process_id_directory": "pid", "mail_version": "3.7.11"}
    up, down = service_states(postfix(where), dovecot({"base_dir": str(tmp_path)}))
    assert (up.name, up.state, up.version, up.evidence) == (
        "Postfix",
        "up",
        "3.7.11",
        f"master process {os.getpid()}",
    )
    assert (down.state, down.version, down.unlock) == ("down", "2.3.19.1", "sudo systemctl start dovecot")
    assert "names no running dovecot" in down.evidence


def test_an_instance_of_its_own_is_started_by_its_own_command(tmp_path: Path) -> None:
    folder = tmp_path / "etc"
    said = f"queue_directory = {tmp_path}\nprocess_id_directory = pid\nmail_version = 3.7.11\n"
    own = PostfixConfig(RecordedTools({f"postconf -c {folder} -x": said}), folder)
    down, _ = service_states(own, dovecot({"base_dir": str(tmp_path)}))
    assert down.unlock == f"sudo postfix -c {folder} start"


@pytest.mark.parametrize(
    ("pid", "hidden", "state"), [(702, False, "up"), (None, False, "down"), (None, True, "unknown")]
)
def test_where_the_pid_file_is_root_s_processes_are_looked_for_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pid: int | None, hidden: bool, state: str
) -> None:
    def denied(path: Path, *, limit: int) -> None:
        raise PermissionDenied(f"this user may not open {path}")

    (tmp_path / "master.pid").touch()
    monkeypatch.setattr(masters, "read_file", denied)
    monkeypatch.setattr("mailtui.host.processes.running", lambda names: pid)
    monkeypatch.setattr("mailtui.host.processes.others_hidden", lambda: hidden)
    _, seen = service_states(
        postfix({"queue_directory": "/nowhere", "process_id_directory": "pid"}), dovecot({"base_dir": str(tmp_path)})
    )
    assert seen.state == state


def test_a_program_that_is_not_installed_is_unknown_not_down() -> None:
    nothing = RecordedTools()
    for state in service_states(PostfixConfig(nothing), DovecotConfig(nothing)):
        assert (state.state, state.problem.endswith("is not installed")) == ("unknown", True)


# -- queue


def test_queue_files_are_counted_in_folders_and_folders_of_folders(tmp_path: Path) -> None:
    for name in QUEUES:
        (tmp_path / name).mkdir()
    for number in range(40):
        folder = tmp_path / "deferred" / f"{number % 16:X}" / f"{number % 3}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number:010X}").touch()
    (tmp_path / "active/ABC").touch()
    (tmp_path / "hold/4dXz1k2PqRz").touch()
    state = queue_state(RecordedTools(), postfix({"queue_directory": str(tmp_path)}))
    counts = {"incoming": 0, "active": 1, "deferred": 40, "hold": 1, "maildrop": 0, "corrupt": 0}
    assert (dict(state.counts), state.problem) == (counts, "")


def test_queues_that_postfix_has_not_made_yet_are_empty_but_a_missing_spool_is_told(tmp_path: Path) -> None:
    (tmp_path / "active").mkdir()
    assert set(queue_state(RecordedTools(), postfix({"queue_directory": str(tmp_path)})).counts) == {
        (name, 0) for name in QUEUES
    }
    missing = queue_state(RecordedTools(), postfix({"queue_directory": str(tmp_path / "no")}))
    assert (missing.counts, missing.problem) == ((), f"{tmp_path}/no: No such file or directory")


def unreadable(*_: object) -> int:
    raise PermissionError(13, "Permission denied", "/var/spool/postfix/incoming")


def test_an_ordinary_user_gets_the_counts_from_postqueue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailtui.services.pulse.queue._count", unreadable)
    line = '{{"queue_name": "{}", "queue_id": "4dXz1k2PqRz", "sender": "\\"queue_name\\": \\"hold\\""}}\n'
    tools = RecordedTools({"postqueue -j": line.format("deferred") * 3 + line.format("active")})
    state = queue_state(tools, postfix({"queue_directory": "/var/spool/postfix"}))
    assert dict(state.counts) == {"incoming": 0, "active": 1, "deferred": 3, "hold": 0, "maildrop": 0}


def test_a_queue_nobody_will_show_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailtui.services.pulse.queue._count", unreadable)
    words = "postqueue: fatal: Queue report unavailable - mail system is down"
    tools = RecordedTools({"postqueue -j": ToolFailed(["postqueue"], 69, words)})
    state = queue_state(tools, postfix({"queue_directory": "/var/spool/postfix"}))
    assert state.counts == ()
    assert "mail system is down" in state.problem
    assert state.unlock == ("run mailtui with sudo" if os.geteuid() else "")


# -- disks


@pytest.mark.parametrize(
    ("location", "folder"),
    [
        ("maildir:/usr/share/%d/%n", "/usr/share"),
        ("mdbox:/usr/share/mail-%u:INDEX=/var/idx", "/usr/share"),
        ("/usr/share/vmail/%{user}", "/usr/share"),
        ("/usr/share", "/usr/share"),
        ("maildir:~/Maildir", None),
        ("%{home}/mail", None),
        ("maildir:/%u", None),
        ("", None),
    ],
)
def test_the_mail_store_is_where_all_users_locations_begin(location: str, folder: str | None) -> None:
    assert literal_folder(location) == (Path(folder) if folder else None)


def test_disks_of_the_queue_and_of_the_mail_store(tmp_path: Path) -> None:
    (tmp_path / "vmail").mkdir()
    spool, store = disk_states(
        postfix({"queue_directory": str(tmp_path)}), dovecot({"mail_location": f"maildir:{tmp_path}/vmail/%d/%n"})
    )
    assert (spool.name, store.name, store.path) == ("spool", "mail store", str(tmp_path / "vmail"))
    assert 0 < spool.free <= spool.total
    assert 0 < spool.free_inodes <= spool.total_inodes


def test_a_store_below_the_users_homes_is_where_the_homes_are(tmp_path: Path) -> None:
    userdb = f"userdb {{\n  args = uid=vmail gid=vmail home={tmp_path}/%d/%n\n  driver = static\n}}\n"
    _, store = disk_states(
        postfix({"queue_directory": str(tmp_path)}), dovecot({"mail_location": "maildir:~/Maildir"}, userdb)
    )
    assert store.path == str(tmp_path)


def test_a_spool_that_is_not_there_says_so() -> None:
    spool, *_ = disk_states(postfix({"queue_directory": "/no/such/spool"}), dovecot({}))
    assert spool.problem == "No such file or directory"


# -- certificates


def certificate(path: Path, *, ends: datetime, names: tuple[str, ...] = (), common: str = "mx") -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(ends - timedelta(days=90)).not_valid_after(ends)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(n) for n in names]), False)
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + builder.sign(key, hashes.SHA256()).public_bytes(pem))
    return str(path)


def read(path: str, used_by: str = "") -> CertificateState:
    state = read_certificate(path, used_by)
    assert state is not None
    return state


def test_a_certificate_tells_its_end_and_its_names(tmp_path: Path) -> None:
    path = certificate(tmp_path / "mx.pem", ends=NOW, names=("mx.example.org", "mail.example.org"))
    state = read(path, "Postfix")
    assert (state.expires, state.names, state.used_by, state.problem) == (
        NOW.timestamp(),
        ("mx.example.org", "mail.example.org"),
        "Postfix",
        "",
    )
    assert read(certificate(tmp_path / "old.pem", ends=NOW)).names == ("mx",)


@pytest.mark.parametrize(
    "data", [b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"]
)
def test_a_file_that_holds_no_certificate_says_so(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "bad.pem").write_bytes(data)
    state = read(str(tmp_path / "bad.pem"))
    assert (state.expires, "holds no certificate" in state.problem) == (None, True)
    assert "No such file" in read(str(tmp_path / "missing.pem")).problem


def test_a_key_in_a_file_of_its_own_is_no_certificate(tmp_path: Path) -> None:
    whole = Path(certificate(tmp_path / "mx.pem", ends=NOW)).read_bytes()
    (tmp_path / "key.pem").write_bytes(whole[: whole.index(b"-----BEGIN CERTIFICATE")])
    assert read_certificate(str(tmp_path / "key.pem"), "Postfix") is None


def test_a_certificate_both_serve_stands_once(tmp_path: Path) -> None:
    path = certificate(tmp_path / "mx.pem", ends=NOW)
    tools = RecordedTools(
        {
            "postconf -x": f"smtpd_tls_security_level = may\nsmtpd_tls_cert_file = {path}\nsmtpd_tls_key_file = /k\n",
            "postconf -M": "smtp inet n - y - - smtpd\n",
            "postconf -Px": "",
            "doveconf -a -P": f"ssl = yes\nssl_cert = <{path}\nssl_key = </k\n",
            "dovecot --version": "2.3.19.1\n",
        }
    )
    (state,) = certificate_states(tools, PostfixConfig(tools), DovecotConfig(tools))
    assert state.used_by == "Postfix, Dovecot"


def test_a_program_that_is_not_there_has_no_certificates() -> None:
    tools = RecordedTools()
    assert certificate_states(tools, PostfixConfig(tools), DovecotConfig(tools)) == ()


# -- the whole


def test_a_part_that_costs_much_is_looked_at_rarely() -> None:
    times = iter([0.0, 2.0, 10.0, 41.9, 42.0, 43.0])
    looks = iter("abc")
    paced = Paced(5.0, lambda: next(looks), clock=lambda: next(times))
    assert [paced.value() for _ in range(4)] == ["a", "a", "a", "b"]


def test_a_machine_without_mail_programs_has_a_pulse_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailtui.services.pulse.pulse.resolver_state", lambda _: ResolverState("ok"))
    nothing = RecordedTools()
    snapshot = Pulse(nothing, PostfixConfig(nothing), DovecotConfig(nothing)).read()
    assert abs(snapshot.time - time.time()) < 60
    assert [state.state for state in snapshot.services] == ["unknown", "unknown"]
    assert snapshot.queue.problem == "postconf is not installed"
    assert (snapshot.disks, snapshot.certificates) == ((), ())
    assert snapshot.load is not None
    assert snapshot.cpus >= 1
