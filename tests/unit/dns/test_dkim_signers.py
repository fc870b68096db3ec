"""Selectors and keys as OpenDKIM, dkimpy-milter, rspamd, amavis and the log name them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mailtui.host.errors import ToolFailed
from mailtui.maillog.parser import Parser
from mailtui.services.dns.dkim import opendkim, others, rspamd
from mailtui.services.dns.dkim.signers import Signers, together
from tests.support.tools import RecordedTools

COMMAND = "rspamadm configdump -j dkim_signing"

CONFIGDUMP = {
    "sign_networks": ["127.2.4.7"],
    "selector": "s2026",
    "selector_map": "/nowhere/dkim_selectors.map",
    "domain": {
        "example.org": {"selectors": [{"selector": "a1", "path": "/k/a.key"}, {"selector": "b1", "path": "/k/b.key"}]},
        "Example.NET": {"selector": "n1", "path": "/k/$domain.$selector.key"},
    },
    "path": "/var/lib/rspamd/dkim/$domain.$selector.key",
    "use_redis": False,
    "try_fallback": True,
}
"""As rspamadm 3.4 prints it."""


def told(signers: Signers, domain: str = "example.org") -> set[tuple[str, str]]:
    return {(one.selector, str(one.key or "")) for one in signers.of(domain)}


def conf(folder: Path, text: str, **tables: str) -> Signers:
    for name, table in tables.items():
        (folder / name).write_text(table)
    file = folder / "opendkim.conf"
    file.write_text(text.format(here=folder))
    return opendkim.signers([file])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Domain example.org\nSelector s1\nKeyFile /k/s1", {("s1", "/k/s1")}),
        ("domain\texample.org\nSELECTOR  s1\nkeyfile /k/s1 # the key", {("s1", "/k/s1")}),
        ("Domain example.net, Example.Org\nSelector s1\nKeyFile /k/s1", {("s1", "/k/s1")}),
        ("Domain *\nSelector s1\nKeyFile /k/s1", {("s1", "/k/s1")}),
        ("Domain example.net\nSelector s1\nKeyFile /k/s1", set()),
        ("Domain example.org\nSelector s1\nKeyFile /k/s1\nMode v", set()),
        ("Domain example.org\nSelector s1\nKeyFile /k/s1\nMode sv", {("s1", "/k/s1")}),
        ("#Domain example.org\n#Selector 2020\n#KeyFile /etc/dkimkeys/example.private\nSyslog yes", set()),
        ("", set()),
        ("Domain example.org\nSelector s1", set()),
        ("Domain {here}/domains\nSelector s1\nKeyFile /k/s1", {("s1", "/k/s1")}),
        ("Include {here}/more\nSelector s9", {("s9", "/k/more")}),
        ("KeyTable {here}/keys\nSigningTable refile:{here}/signing", {("s1", "/k/a"), ("s3", "/k/c")}),
        ("KeyTable file:{here}/keys\nSigningTable file:{here}/flat", {("s1", "/k/a")}),
        ("KeyTable file:{here}/keys", {("s1", "/k/a"), ("s2", "/k/b"), ("s3", "/k/c")}),
        ("KeyTable csl:one=example.org:s7:/k/x\nSigningTable csl:example.org=one", {("s7", "/k/x")}),
        ("KeyTable {here}/inline\nSigningTable csl:example.org=i", {("s8", "")}),
        ("KeyTable {here}/keys\nSigningTable csl:example.org=nokey", set()),
        ("Domain example.org\nSelector a\nKeyFile /k/a\nSelectorEd25519 e\nKeyFileEd25519 /k/e", {("a", "/k/a"), ("e", "/k/e")}),
    ],
)  # fmt: skip
def test_what_opendkim_signs_with(tmp_path: Path, text: str, found: set[tuple[str, str]]) -> None:
    signers = conf(
        tmp_path,
        text,
        domains="example.com\nexample.org # ours\n",
        more="Domain example.org\nSelector s1\nKeyFile /k/more\n",
        keys="a example.org:s1:/k/a\n\n# b\nb\t%:s2:/k/b\nc example.org:s3:file:/k/c\nbroken example.org\n",
        signing="*@example.org a,c\n*@*.example.net b\n",
        flat="example.org a\nexample.net b\n",
        inline="i example.org:s8:MIIEvgIBADAN\n",
    )
    assert told(signers) == found
    assert signers.unread == ()


def test_a_subdomain_pattern_stands_for_its_domain(tmp_path: Path) -> None:
    signers = conf(
        tmp_path,
        "KeyTable {here}/keys\nSigningTable refile:{here}/signing",
        keys="b %:s2:/k/b\n",
        signing="*@*.example.net b\nann@example.org b\n* b\n",
    )
    assert told(signers, "example.net") == told(signers, "example.org") == {("s2", "/k/b")}


@pytest.mark.parametrize("table", ["dsn:mysql://u:geheim@db/x", "ldap:ldap://h/x", "{here}/gone"])
def test_tables_that_cannot_be_read_are_told_of_without_their_passwords(tmp_path: Path, table: str) -> None:
    signers = conf(tmp_path, f"KeyTable {table}\n")
    assert signers.signings == ()
    assert len(signers.unread) == 1
    assert "geheim" not in signers.unread[0]


def test_no_opendkim_is_no_problem(tmp_path: Path) -> None:
    assert opendkim.signers([tmp_path / "none"]) == Signers()


def test_what_rspamd_signs_with(tmp_path: Path) -> None:
    maps = tmp_path / "selectors"
    maps.write_text("# domain selector\nmapped.example m1\n")
    fallback = tmp_path / "fallback.example.s2026.key"
    fallback.write_text("key")
    dump = {**CONFIGDUMP, "selector_map": str(maps), "path": f"{tmp_path}/$domain.$selector.key"}
    signers = rspamd.signers(RecordedTools({COMMAND: json.dumps(dump)}))
    assert told(signers) == {("a1", "/k/a.key"), ("b1", "/k/b.key")}
    assert told(signers, "example.net") == {("n1", "/k/example.net.n1.key")}
    assert told(signers, "mapped.example") == {("m1", f"{tmp_path}/mapped.example.m1.key")}
    assert told(signers, "fallback.example") == {("s2026", str(fallback))}
    assert told(signers, "other.example") == set()


def test_rspamd_that_signs_nothing_or_from_redis() -> None:
    assert rspamd.signers(RecordedTools({COMMAND: '{"enabled": false, "domain": {"a.example": {}}}'})) == Signers()
    redis = rspamd.signers(RecordedTools({COMMAND: '{"use_redis": true, "try_fallback": false}'}))
    assert redis.signings == ()
    assert "Redis" in redis.unread[0]
    assert rspamd.signers(RecordedTools({})) == Signers()


@pytest.mark.parametrize(
    "answer", ["Section dkim_signing NOT FOUND\n", "[]", "", '{"domain": 3}', ToolFailed(["rspamadm"], 1, "broken")]
)
def test_rspamd_that_says_something_else_is_told_of(answer: str | ToolFailed) -> None:
    signers = rspamd.signers(RecordedTools({COMMAND: answer}))
    assert signers.signings == ()
    assert len(signers.unread) == 1


def test_what_amavis_signs_with(tmp_path: Path) -> None:
    (tmp_path / "50-user").write_text(
        "use strict;\n  dkim_key('Example.org', \"am\", '/var/lib/dkim/am.pem');\n# dkim_key('example.net','x','/y');\n"
    )
    signers = others.amavis([tmp_path, tmp_path / "none"])
    assert told(signers) == {("am", "/var/lib/dkim/am.pem")}
    assert told(signers, "example.net") == set()


def test_what_the_log_says_was_signed() -> None:
    parser = Parser("mail.log")
    lines = [
        b"2026-11-21T07:00:00+00:00 mx opendkim[7]: 4A1B2C3D4E: DKIM-Signature field added (s=s1, d=example.org)",
        b"2026-11-21T07:00:01+00:00 mx opendkim[7]: 5A1B2C3D4F: DKIM-Signature field added (s=s1, d=example.org)",
        b"2026-11-21T07:00:01+00:00 mx opendkim[7]: 5A1B2C3D4F: DKIM-Signature field added",
        b"2026-11-21T07:00:02+00:00 mx opendkim[7]: 6A1B2C3D4F: no signing table match for 'ann@example.org'",
    ]
    signers = others.logged(parser.parse(line, number) for number, line in enumerate(lines))
    assert [(one.domain, one.selector, one.key) for one in signers.signings] == [("example.org", "s1", None)]


def test_a_key_on_disk_goes_before_a_mention_in_the_log(tmp_path: Path) -> None:
    parser = Parser("mail.log")
    line = b"2026-11-21T07:00:00+00:00 mx opendkim[7]: 4A1B2C3D4E: DKIM-Signature field added (s=s1, d=example.org)"
    log = others.logged([parser.parse(line, 0)])
    configured = conf(tmp_path, "Domain example.org\nSelector s1\nKeyFile /k/s1")
    assert told(together([log, configured])) == told(together([configured, log])) == {("s1", "/k/s1")}


@pytest.mark.parametrize(
    ("text", "senders", "found"),
    [
        ("domain example.org\nkeyfile /k/a\nselector s1\nsignature dkim(c=relaxed)", "", {("s1", "/k/a")}),
        ("domain example.net,example.org\nkeyfile /k/a\nselector s1", "", {("s1", "/k/a")}),
        ("sender_map {here}/senders", "example.org dkim(s=s2, c=relaxed, key=/k/b)", {("s2", "/k/b")}),
        ("selector s1\nkeyfile /k/a\nsender_map {here}/senders", "example.org dkim", {("s1", "/k/a")}),
        ("selector s1\nkeyfile /k/a\nsender_map {here}/senders", "example.org dkim(c=simple)", {("s1", "/k/a")}),
        ("sender_map {here}/senders", "anna@shop.net dkim(s=s3,d=example.org,key=/k/c), domainkeys", {("s3", "/k/c")}),
        ("sender_map {here}/senders", "anna@example.org domainkeys(s=s3,key=/k/c)", set()),
        ("sender_map {here}/senders", "# example.org dkim(s=s3,key=/k/c)", set()),
        ("sender_map {here}/senders", "example.net dkim(s=s3,key=/k/c)", set()),
    ],
)
def test_what_dkimproxy_signs_with(tmp_path: Path, text: str, senders: str, found: set[tuple[str, str]]) -> None:
    (tmp_path / "senders").write_text(senders)
    file = tmp_path / "dkimproxy_out.conf"
    file.write_text(text.format(here=tmp_path))
    signers = opendkim.signers([file])
    assert told(signers) == found
    assert all(one.source == f"DKIMproxy, {file}" for one in signers.signings)
