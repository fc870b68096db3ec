"""Ports as they are set and as the lab's programs really have them open."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from mailtui.host.tools import LocalTools
from mailtui.lab import Lab
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.tls.listeners import Listeners, configured
from mailtui.services.tls.serving import Serving
from tests.support.waiting import until


@pytest.fixture
def listeners(lab: Lab) -> Listeners:
    tools = LocalTools()
    return Listeners(tools, PostfixConfig(tools, lab.postfix_config), DovecotConfig(tools, lab.dovecot_config))


def test_every_port_of_the_lab_is_known_with_its_process_and_protocol(lab: Lab, listeners: Listeners) -> None:
    rows = {row.port: row for row in listeners.rows()}
    masters = {
        "smtp": ("master", int((lab.queue / "pid/master.pid").read_text())),
        "imap": ("dovecot", int((lab.run / "master.pid").read_text())),
    }
    assert {row.state for row in rows.values()} == {"listening"}
    for name, role, protocol, implicit in (
        ("smtp", "mx", "smtp", False),
        ("submission", "submission", "smtp", False),
        ("submissions", "submission", "smtp", True),
        ("imap", "mailbox", "imap", False),
        ("imaps", "mailbox", "imap", True),
    ):
        row = rows[lab.ports[name]]
        assert row.listener and row.socket, name
        assert (row.listener.role, row.listener.protocol, row.listener.implicit) == (role, protocol, implicit)
        assert (row.socket.process, row.socket.pid) == masters[protocol]
        assert row.listener.address == row.socket.address == "127.0.0.1"
    assert listeners.findings() == ()


@pytest.mark.parametrize("written", ["", "listen = *\n", "listen = 192.0.2.7, ::1\n"])
def test_ports_that_nobody_has_set_are_dovecots_own(tmp_path: Path, written: str) -> None:
    """A new Dovecot is set to its ports by what no file says; 2.4 tells of that only when asked for services."""
    file, tools = tmp_path / "dovecot.conf", LocalTools()
    head = "dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\n"
    listeners = "protocols = imap\nservice imap-login {\n  inet_listener imap {\n  }\n  inet_listener imaps {\n  }\n}\n"
    file.write_text((head if DovecotConfig(tools).new_names else "") + listeners + written)
    addresses = ("192.0.2.7", "::1") if "," in written else ("0.0.0.0", "::") if not written else ("0.0.0.0",)
    found = configured(tools, PostfixConfig(tools, tmp_path), DovecotConfig(tools, file))
    assert {(one.address, one.port, one.implicit) for one in found if one.protocol == "imap"} == {
        (address, port, port == 993) for address in addresses for port in (143, 993)
    }


def test_an_entry_that_master_has_not_read_yet_is_missing_then_open_then_left_over(
    lab: Lab, listeners: Listeners
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    name = f"127.0.0.1:{port}"
    lab.command("postconf", "-M", f"{name}/inet={name} inet n - n - - smtpd")
    assert [(one.id, one.fix[2:]) for one in listeners.findings()] == [
        (f"tls.port.missing.postfix:{name}", ("restart", "postfix"))
    ]
    lab.command("postfix", "reload")
    assert until(lambda: not listeners.findings())
    lab.command("postconf", "-MX", f"{name}/inet")
    assert [one.id for one in listeners.findings()] == [f"tls.port.unset:{name}"]
    lab.command("postfix", "reload")
    assert until(lambda: not listeners.findings())


def test_another_program_on_the_port(lab: Lab, listeners: Listeners) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        name = f"127.0.0.1:{other.getsockname()[1]}"
        lab.command("postconf", "-M", f"{name}/inet={name} inet n - n - - smtpd")
        (found,) = listeners.findings()
        assert found.id == f"tls.port.taken:{name}" and f"({os.getpid()})" in found.evidence[1]
        lab.command("postconf", "-MX", f"{name}/inet")
    assert listeners.findings() == ()


@pytest.mark.slow
def test_ipv6_is_asked_beside_ipv4(lab: Lab, listeners: Listeners) -> None:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            pass
    except OSError:
        pytest.skip("no IPv6 here")
    before = lab.dovecot_config.read_text()
    lab.dovecot_config.write_text(f"{before}\nlisten = 127.0.0.1, ::1\n")
    lab.command("doveadm", "reload")
    port = lab.ports["imaps"]
    tools = LocalTools()
    serving = Serving(tools, PostfixConfig(tools, lab.postfix_config), DovecotConfig(tools, lab.dovecot_config))
    assert until(lambda: not listeners.findings())
    shown = [one for one in serving.survey().shown if one.listener.port == port]
    assert [(one.listener.name, one.verdict) for one in shown] == [
        (f"127.0.0.1:{port}", "same"),
        (f"[::1]:{port}", "same"),
    ]
    lab.dovecot_config.write_text(before)
    lab.command("doveadm", "reload")
    assert until(lambda: not listeners.findings())
