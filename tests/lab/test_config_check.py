"""What is wrong with a configuration is found in the files that the real postconf and doveconf read."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from mailtui.cli.main import main
from mailtui.findings import Finding
from mailtui.host.tools import LocalTools
from mailtui.lab import Lab
from mailtui.lab.wait import wait_until
from mailtui.services.configuration.lint.elsewhere import beside_others
from mailtui.services.configuration.lint.service import Lint
from mailtui.services.configuration.plans import ConfigPlans
from mailtui.services.control import deed
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.mending import Mending
from mailtui.services.postfix.config import PostfixConfig

SMTPD = "10.0.0.1:2587 inet n - n - - smtpd\n"
TOOLS = LocalTools()
NEW = DovecotConfig(TOOLS).new_names
HEAD = "dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\n" if NEW else ""

Found = dict[str, Finding]


def _by_id(findings: tuple[Finding, ...]) -> Found:
    return {one.id.removeprefix("configuration."): one for one in findings}


@pytest.fixture
def postfix(tmp_path: Path) -> Callable[[str, str], Found]:
    """The findings of these two texts."""

    def found(main_cf: str, master_cf: str = "") -> Found:
        for name, text in (("main.cf", f"compatibility_level = 3.6\n{main_cf}\n"), ("master.cf", master_cf)):
            (tmp_path / name).write_text(text)
            os.utime(tmp_path / name, (1, 1))
        return _by_id(Lint(TOOLS, PostfixConfig(TOOLS, tmp_path), DovecotConfig(TOOLS)).postfix())

    return found


@pytest.fixture
def dovecot(tmp_path: Path) -> Callable[[str], Found]:
    """The findings of this text."""

    def found(text: str) -> Found:
        file = tmp_path / "dovecot.conf"
        file.write_text(HEAD + text)
        return _by_id(Lint(TOOLS, PostfixConfig(TOOLS), DovecotConfig(TOOLS, file)).dovecot())

    return found


def test_nothing_is_wrong_with_the_lab(lab: Lab) -> None:
    lint = Lint(TOOLS, PostfixConfig(TOOLS, lab.postfix_config), DovecotConfig(TOOLS, lab.dovecot_config))
    assert [one for one in lint.findings() if one.severity in ("error", "warning")] == []


MAIN = {
    "myorigin = a.example\n proxy_interfaces = 192.0.2.1": ("swallowed:proxy_interfaces", "error"),
    "parent_domain_matches_subdomains =\n# note\n biff = no": ("swallowed:biff", "error"),
    "myhostname = a.example # our name": ("comment:myhostname", "warning"),
    "mydomain = “a.example”": ("typographic:mydomain", "error"),
    'mail_name = "Postfix"': ("quoted:mail_name", "warning"),
    "relay_domains = a.example\nrelay_domains = b.example": ("overridden:relay_domains", "warning"),
    "relayhost = [a.example]\nrelayhost = [a.example]": ("repeated:relayhost", "notice"),
    "smtpd_helo_required = affirmative": ("boolean:smtpd_helo_required", "error"),
    "message_size_limit = 10M": ("number:message_size_limit", "error"),
    "smtp_helo_timeout = 5 minutes": ("time:smtp_helo_timeout", "error"),
    "smtpd_port = 25": ("useless:smtpd_port", "warning"),
    "smtpd_bannner = x": ("unknown:smtpd_bannner", "warning"),
    "smtpd_use_tls = yes": ("outdated:smtpd_use_tls", "notice"),
    "smtpd_recipient_restrictions = check_relay_domains": ("useless:check_relay_domains", "warning"),
    "smtpd_sasl_authenticated_header = yes": ("danger:smtpd_sasl_authenticated_header", "warning"),
    "mynetworks = 127.0.0.0/8, 0.0.0.0/0": ("danger:mynetworks", "error"),
    "smtpd_sasl_auth_enable = yes\nsmtpd_sasl_security_options = noplaintext": (
        "danger:smtpd_sasl_security_options",
        "error",
    ),
    "smtpd_tls_security_level = encrypt": ("danger:smtpd_tls_security_level", "warning"),
}


def test_main_cf(postfix: Callable[[str, str], Found]) -> None:
    found = postfix("\n".join(MAIN), SMTPD)
    assert {kind: one.severity for kind, one in found.items()} == dict(MAIN.values())
    assert all(one.evidence for one in found.values())
    assert found["unknown:smtpd_bannner"].advice == "Is smtpd_banner meant?"


def test_what_does_nothing_does_no_harm(postfix: Callable[[str, str], Found]) -> None:
    harmless = "mynetworks = 127.0.0.1\nmynetworks_style = class\nsmtpd_sasl_security_options = noplaintext"
    assert postfix(harmless, SMTPD) == {}
    assert set(postfix("mynetworks_style = class", SMTPD)) == {"danger:mynetworks_style"}


def test_compatibility_levels_are_compared_number_by_number(postfix: Callable[[str, str], Found]) -> None:
    told = {level: set(postfix(f"\ncompatibility_level = {level}", "")) for level in ("2", "3.5", "3.6", "3.10")}
    old = {"level:compatibility_level", "overridden:compatibility_level"}
    assert (told["2"] >= old, told["3.5"] >= old) == (True, True)
    assert {"level:compatibility_level"} & (told["3.6"] | told["3.10"]) == set()


def test_what_others_know_more_of_is_left_to_them(postfix: Callable[[str, str], Found]) -> None:
    found = postfix("\n".join(MAIN), SMTPD)
    kept = beside_others(lambda: tuple(found.values()))
    left = {kind for kind, one in found.items() if one not in kept}
    assert left == {
        "danger:mynetworks",
        "danger:smtpd_tls_security_level",
        "outdated:smtpd_use_tls",
        "useless:check_relay_domains",
    }


def test_what_cannot_be_read_at_all_is_one_finding(postfix: Callable[[str, str], Found]) -> None:
    assert {kind: one.severity for kind, one in postfix("no value", SMTPD).items()} == {"refused:main.cf": "error"}


def test_what_is_meant_so_is_no_finding(postfix: Callable[[str, str], Found]) -> None:
    main_cf = """\
smtpd_recipient_restrictions =
  permit_mynetworks,
# reject_unknown_client_hostname,
  reject_unauth_destination
mailbox_command = "/usr/bin/procmail -a $EXTENSION"
header_checks = regexp:{{/^X-A: #1/ DUNNO}}
mynetworks = 127.0.0.0/8 10.0.0.0/24 [::1]/128
smtp_tls_loglevel = summary
smtpd_timeout = ${stress?{10}:{300}}s
myhostname = a.example
mydestination = $myhostname, localhost
default_destination_concurrency_negative_feedback = 1/concurrency
smtpd_milters = { inet:127.0.0.1:8891, connect_timeout=10s }
"""
    assert postfix(main_cf, SMTPD) == {}


@pytest.mark.parametrize(
    ("master_cf", "kind"),
    [
        ("10.0.0.1:2525 inet n – n - - smtpd\n", "dash:10.0.0.1:2525 inet"),
        pytest.param(f"{SMTPD}-o a=b\n", "unindented:-o a=b", marks=pytest.mark.slow),
        (f"{SMTPD} -o smtpd_tls_wrappermode = yes\n", "spaced:10.0.0.1:2587 inet"),
        ("smtps inet n - n - - smtpd\nsubmissions inet n - n - - smtpd\n", "port:submissions/inet"),
        ("smtp inet n - n - - smtpd\nsmtp inet n - n - - smtpd -v\n", "twice:smtp/inet"),
        ("dspam unix - - n - - dspam\n", "program:dspam/unix"),
        (f"{SMTPD} -o smtpd_helo_required=ja\n", "boolean:10.0.0.1:2587/inet/smtpd_helo_required"),
        pytest.param("10.0.0.1:2525 inet n x n - - smtpd\n", "refused:master.cf", marks=pytest.mark.slow),
    ],
)
def test_master_cf(postfix: Callable[[str, str], Found], master_cf: str, kind: str) -> None:
    assert kind in postfix("", master_cf)


@pytest.mark.parametrize(
    ("limits", "wrong"),
    [
        ("mailbox_size_limit = 1000", {"mailbox_size_limit"}),
        ("message_size_limit = 0", {"mailbox_size_limit", "virtual_mailbox_limit"}),
        ("message_size_limit = 60000000\nmailbox_size_limit = 0", {"virtual_mailbox_limit"}),
        ("message_size_limit = 0\nmailbox_size_limit = 0\nvirtual_mailbox_limit = 0", set()),
    ],
)
def test_a_mailbox_must_hold_one_message(postfix: Callable[[str, str], Found], limits: str, wrong: set[str]) -> None:
    found = postfix(limits, SMTPD)
    assert {one.subject for name, one in found.items() if name.startswith("limit:")} == wrong


@pytest.mark.parametrize(
    "master_cf",
    [
        f"{SMTPD} -o smtpd_sasl_auth_enable=yes -o smtpd_tls_security_level=encrypt\n",
        "127.0.0.1:2587 inet n - n - - smtpd -o smtpd_sasl_auth_enable=yes\n",
        f"{SMTPD} -o {{ smtpd_banner = a b }}\n",
        "smtp inet n - n - - smtpd\n127.0.0.1:smtp inet n - n - - smtpd\n",
    ],
)
def test_services_as_they_should_be(postfix: Callable[[str, str], Found], master_cf: str) -> None:
    assert postfix("", master_cf) == {}


@pytest.mark.parametrize(
    ("text", "kind", "severity"),
    [
        ("ssl_ceert = x\n", "refused:ssl_ceert", "error"),
        ("auth_debug_passwords = yes\n", "danger:auth_debug_passwords", "error"),
        ("service auth {\n  unix_listener x {\n    mode = 0666\n  }\n}\n", "danger:", "warning"),
        ("auth_cache_size = 1M\nauth_cache_size = 2M\n", "set_again:auth_cache_size", "notice"),
        ("auth_allow_cleartext = yes\n" if NEW else "disable_plaintext_auth = no\n", "danger:", "warning"),
        ("ssl = no\n", "danger:ssl", "error"),
    ],
)
def test_what_is_wrong_with_dovecots_files(
    dovecot: Callable[[str], Found], text: str, kind: str, severity: str
) -> None:
    found = [one for one in dovecot(text).items() if one[0].startswith(kind)]
    assert [one.severity for _, one in found] == [severity]


def test_a_setting_of_another_dovecot_is_named_as_this_one_has_it(dovecot: Callable[[str], Found]) -> None:
    old, new = "ssl_cert = </etc/ssl/x.pem\n", "ssl_server_cert_file = /etc/ssl/x.pem\n"
    other, right = (old, "ssl_server_cert_file") if NEW else (new, "ssl_cert")
    (found,) = dovecot(other).values()
    assert found.id == f"configuration.refused:{other.split()[0]}"
    assert right in found.advice


def test_passwords_on_loopback_may_go_in_clear_text(dovecot: Callable[[str], Found]) -> None:
    text = "auth_allow_cleartext = yes\n" if NEW else "disable_plaintext_auth = no\n"
    assert dovecot(f"{text}listen = 127.0.0.1, ::1\n") == {}


def test_a_postfix_that_may_use_no_network_is_told(postfix: Callable[[str, str], Found]) -> None:
    found = postfix("inet_protocols =", SMTPD)
    assert found["danger:inet_protocols"].severity == "error"
    assert found["danger:inet_protocols"].fix[1:] == ("config", "set", "postfix", "inet_protocols=all")


def test_every_fix_of_a_finding_is_a_plan(postfix: Callable[[str, str], Found], tmp_path: Path) -> None:
    text = "smtpd_use_tls = yes\nsmtpd_enforce_tls = yes\nsmtpd_port = 25\nsmtpd_banner = x # y\nsoft_bounce = yes"
    plans = ConfigPlans(TOOLS, PostfixConfig(TOOLS, tmp_path), DovecotConfig(TOOLS))
    mending = Mending(SimpleNamespace(config_plans=plans))  # type: ignore[arg-type]
    found = postfix(text, SMTPD)
    assert len(found) == 5, sorted(found)
    diffs = {kind: mending.plan(one.fix).steps[1].diff for kind, one in found.items()}
    assert "+smtpd_tls_security_level = may" in diffs["outdated:smtpd_use_tls"]
    assert "+smtpd_tls_security_level = encrypt" in diffs["outdated:smtpd_enforce_tls"]
    assert "-smtpd_enforce_tls = yes" in diffs["outdated:smtpd_enforce_tls"]
    assert "+smtpd_banner = x" in diffs["comment:smtpd_banner"].splitlines()
    assert "+soft_bounce = no" in diffs["danger:soft_bounce"]


def test_the_command_says_it_all_and_ends_with_1(
    postfix: Callable[[str, str], Found], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    postfix("soft_bounce = yes\nsmtpd_use_tls = yes", SMTPD)
    assert main([f"--postfix-config={tmp_path}", "config", "check", "postfix"]) == 1
    out = capsys.readouterr().out
    assert out.index("soft_bounce") < out.index("smtpd_use_tls")
    assert "mailtui config replace postfix smtpd_use_tls" in out
    both = ["smtpd_use_tls", "smtpd_enforce_tls"]
    assert main([f"--postfix-config={tmp_path}", "config", "replace", "postfix", *both, "--dry-run"]) == 2


def test_a_file_that_was_changed_and_not_read_is_told_until_a_reload(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(deed, "SETTLED", 0.0)
    lint = Lint(TOOLS, PostfixConfig(TOOLS, lab.postfix_config), DovecotConfig(TOOLS, lab.dovecot_config))
    for name, file in (("postfix", lab.postfix_config / "master.cf"), ("dovecot", lab.dovecot_config)):
        kept = file.stat().st_mtime
        os.utime(file, (time.time() + 1, time.time() + 1))
        look = lint.postfix if name == "postfix" else lint.dovecot
        (found,) = [one for one in look() if one.severity == "warning"]
        assert (found.id, found.fix) == (f"configuration.unread:{name}", ("mailtui", "service", "reload", name))
        assert main([*lab.options(), *found.fix[1:], "--yes"]) == 0
        assert wait_until(lambda: not [one for one in look() if one.severity == "warning"], 5)  # noqa: B023
        os.utime(file, (kept, kept))
