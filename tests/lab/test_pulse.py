"""The pulse of a real Postfix and Dovecot."""

from __future__ import annotations

from mailtui.host.tools import LocalTools
from mailtui.lab import Lab, traffic
from mailtui.lab.wait import wait_until
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.logs import LogSources
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.pulse import Pulse
from mailtui.services.pulse.queue import _listed, queue_state
from mailtui.settings import Settings


def configs(lab: Lab) -> tuple[LocalTools, PostfixConfig, DovecotConfig]:
    tools = LocalTools()
    return tools, PostfixConfig(tools, lab.postfix_config), DovecotConfig(tools, lab.dovecot_config)


def test_services_certificate_and_disks_are_seen(lab: Lab) -> None:
    tools, postfix, dovecot = configs(lab)
    snapshot = Pulse(tools, postfix, dovecot).read()
    assert [(service.name, service.state) for service in snapshot.services] == [("Postfix", "up"), ("Dovecot", "up")]
    assert all(service.version for service in snapshot.services)
    (certificate,) = snapshot.certificates
    assert certificate.used_by == "Postfix, Dovecot"
    assert certificate.expires is not None
    assert certificate.expires > snapshot.time
    assert snapshot.disks[0].path == str(lab.queue)
    assert 0 < snapshot.disks[0].free < snapshot.disks[0].total


def test_deferred_mail_is_counted_alike_in_the_folders_and_by_postqueue(lab: Lab) -> None:
    tools, postfix, _ = configs(lab)
    traffic.submit(lab, "alice@lab.example", "someone@full.example")
    assert wait_until(lambda: dict(queue_state(tools, postfix).counts)["deferred"] > 0)

    def alike() -> bool:
        before, listed = queue_state(tools, postfix).counts, _listed(tools, postfix)
        return queue_state(tools, postfix).counts == before and dict(listed).items() <= dict(before).items()

    assert wait_until(alike)


def test_the_lab_s_own_logs_are_found(lab: Lab) -> None:
    tools, postfix, dovecot = configs(lab)
    found = {source.path: source.found_by for source in LogSources(tools, Settings(), postfix, dovecot).discover()}
    assert found[lab.log] == "maillog_file"
    assert found[lab.dovecot_log].endswith("log_path")


def test_a_postfix_that_was_stopped_is_down() -> None:
    with Lab() as own:
        tools, postfix, dovecot = configs(own)
        own.command("postfix", "stop")
        down, up = Pulse(tools, postfix, dovecot).read().services
    assert (down.state, down.unlock) == ("down", f"sudo postfix -c {own.postfix_config} start")
    assert up.state == "up"
