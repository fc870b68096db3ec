"""What the audit says of settings, and that no plan of it closes port 25 to anybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.findings import Finding
from mailtui.services.tls.audit import postfix
from mailtui.services.tls.audit.dovecot import dovecot_findings
from mailtui.services.tls.audit.model import Door, DovecotSite, PostfixSite
from mailtui.services.tls.audit.outdated import outdated
from mailtui.services.tls.audit.outgoing import outgoing_findings
from mailtui.services.tls.audit.versions import MANDATORY, mandatory_fix, old_versions, version_findings
from mailtui.services.tls.listeners import Role


def postfix_findings(site: PostfixSite) -> tuple[Finding, ...]:
    """Of both sides."""
    return (*postfix.postfix_findings(site), *outgoing_findings(site))


DEFAULTS = {
    "smtpd_tls_security_level": "",
    "smtpd_tls_mandatory_protocols": ">=TLSv1",
    "smtpd_tls_protocols": ">=TLSv1",
    "smtp_tls_security_level": "may",
    "smtpd_tls_loglevel": "1",
}
Entry = tuple[str, int, Role, dict[str, str]]


@dataclass
class Files:
    """main.cf and master.cf, to which a fix can be applied."""

    main: dict[str, str]
    entries: Sequence[Entry]
    version: tuple[int, ...] = (3, 7, 11)
    local: bool = False
    overrides: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.overrides = {name: dict(own) for name, _, _, own in self.entries}

    @property
    def site(self) -> PostfixSite:
        main = {**DEFAULTS, **self.main}
        doors = tuple(
            Door(name, port, role, {**main, **self.overrides[name]}, frozenset(self.overrides[name]), self.local)
            for name, port, role, _ in self.entries
        )
        return PostfixSite(self.version, main, frozenset(self.main), doors)

    def apply(self, fix: Sequence[str]) -> None:
        """What ``mailtui config set postfix …`` does."""
        assert fix[0:2] == ("mailtui", "config") and fix[3] == "postfix", fix
        for word in fix[4:]:
            name, _, value = word.partition("=")
            service, _, parameter = name.rpartition("/")
            target = self.overrides[service] if service else self.main
            if fix[2] == "set":
                target[parameter] = value
            else:
                target.pop(parameter, None)


def kinds(files: Files) -> dict[str, tuple[str, ...]]:
    return {one.id.removeprefix("tls.audit.").partition(":")[0]: one.fix for one in postfix_findings(files.site)}


MX: Entry = ("smtp/inet", 25, "mx", {})
SUBMISSION: Entry = ("submission/inet", 587, "submission", {"smtpd_sasl_auth_enable": "yes"})
SUBMISSIONS: Entry = ("submissions/inet", 465, "submission", {"smtpd_tls_wrappermode": "yes"})


def test_a_site_as_it_should_be() -> None:
    encrypt = {"smtpd_tls_security_level": "encrypt"}
    good = Files({"smtpd_tls_security_level": "may"}, [MX, (*SUBMISSION[:3], encrypt), SUBMISSIONS])
    assert kinds(good) == {}


def test_a_guide_that_requires_tls_of_everybody() -> None:
    """The plan relaxes port 25 and keeps what users had."""
    files = Files({"smtpd_tls_security_level": "encrypt"}, [MX, SUBMISSION, SUBMISSIONS])
    found = kinds(files)
    assert list(found) == ["mx-encrypt"]
    files.apply(found["mx-encrypt"])
    assert {door.service: door.level for door in files.site.doors} == {
        "smtp/inet": "may",
        "submission/inet": "encrypt",
        "submissions/inet": "encrypt",
    }
    assert kinds(files) == {}


def test_wrapper_mode_everywhere() -> None:
    main = {"smtpd_tls_wrappermode": "yes", "smtpd_tls_security_level": "may"}
    files = Files(main, [MX, ("465/inet", 465, "submission", {})])
    files.apply(kinds(files)["wrapped"])
    assert [(door.port, door.wrapped) for door in files.site.doors] == [(25, False), (465, True)]


@pytest.mark.parametrize(
    ("main", "entry", "kind"),
    [
        ({}, SUBMISSION, "submission-clear"),
        ({"smtpd_tls_security_level": "may", "smtpd_tls_auth_only": "yes"}, SUBMISSION, "submission"),
        ({"smtpd_tls_security_level": "may", "smtpd_sasl_auth_enable": "yes"}, MX, "clear"),
        ({"smtpd_tls_security_level": "bogus"}, MX, "bogus-level"),
        ({"smtpd_tls_cert_file": "/c"}, MX, "mx-none"),
        ({"smtpd_use_tls": "yes"}, MX, "old-level"),
        ({"smtpd_use_tls": "yes", "smtpd_tls_security_level": "may"}, MX, "old-switch"),
        ({"smtp_tls_security_level": ""}, MX, "out-none"),
        ({"smtp_tls_security_level": "encrypt"}, MX, "out-encrypt"),
        ({"smtp_tls_security_level": "dane"}, MX, "dane-dns"),
        ({"smtpd_tls_security_level": "may", "smtpd_tls_loglevel": "0"}, MX, "loglevel"),
        ({"smtpd_tls_chain_files": "/a", "smtpd_tls_cert_file": "/c", "smtpd_tls_key_file": "/k"}, MX, "ignored"),
    ],
)
def test_each_rule_and_that_its_plan_ends_it(main: dict[str, str], entry: Entry, kind: str) -> None:
    files = Files(main, [entry])
    fix = kinds(files)[kind]
    assert fix
    files.apply(fix)
    assert kind not in kinds(files)


def test_one_destination_may_be_required_to_use_tls() -> None:
    assert "out-encrypt" not in kinds(Files({"smtp_tls_security_level": "encrypt", "relayhost": "[relay]"}, [MX]))


def test_the_syntax_is_this_postfix_own() -> None:
    for version, value in (((3, 5, 0), "!SSLv2,!SSLv3,!TLSv1,!TLSv1.1"), ((3, 6, 0), ">=TLSv1.2")):
        site = Files({"smtpd_tls_security_level": "encrypt"}, [SUBMISSION], version).site
        assert mandatory_fix(site, site.doors[0])[-1] == f"smtpd_tls_mandatory_protocols={value}"


@pytest.mark.parametrize(
    ("protocols", "old"),
    [
        ("", ("TLSv1", "TLSv1.1")),
        (">=TLSv1", ("TLSv1", "TLSv1.1")),
        (">=TLSv1.1", ("TLSv1.1",)),
        (">=TLSv1.2", ()),
        ("!SSLv2, !SSLv3", ("TLSv1", "TLSv1.1")),
        ("!SSLv2,!SSLv3,!TLSv1,!TLSv1.1", ()),
        ("TLSv1.2 TLSv1.3", ()),
        ("TLSv1", ("TLSv1",)),
    ],
)
def test_old_versions_in_a_list(protocols: str, old: tuple[str, ...]) -> None:
    assert old_versions(protocols) == old
    site = Files(
        {"smtpd_tls_security_level": "may"}, [MX, (*SUBMISSIONS[:3], {**SUBMISSIONS[3], MANDATORY: protocols})]
    )
    (found,) = version_findings(site.site) if old else (None,)
    assert found is None or found.severity == "error"


def test_strangers_who_must_use_tls_are_not_made_to_use_a_newer_one() -> None:
    site = Files({"smtpd_tls_security_level": "encrypt"}, [MX, SUBMISSION]).site
    assert mandatory_fix(site, site.doors[1])[-1].startswith("submission/inet/smtpd_tls_mandatory_protocols=")


LEVELS = st.sampled_from(["", "none", "may", "encrypt", "bogus"])
YES_NO = st.sampled_from(["yes", "no"])
PARAMETERS = st.fixed_dictionaries(
    {},
    optional={
        "smtpd_tls_security_level": LEVELS,
        "smtpd_use_tls": YES_NO,
        "smtpd_enforce_tls": YES_NO,
        "smtpd_tls_wrappermode": YES_NO,
        "smtpd_sasl_auth_enable": YES_NO,
        "smtpd_tls_auth_only": YES_NO,
        "smtpd_tls_cert_file": st.sampled_from(["", "none", "/c"]),
        "smtp_tls_security_level": st.sampled_from(["", "may", "encrypt", "dane", "odd"]),
        "smtpd_tls_loglevel": st.sampled_from(["0", "1"]),
        "smtpd_tls_mandatory_protocols": st.sampled_from([">=TLSv1", ">=TLSv1.2"]),
        "smtpd_tls_exclude_ciphers": st.just("aNULL"),
        "tls_preempt_cipherlist": st.just("yes"),
    },
)


@given(PARAMETERS, PARAMETERS, PARAMETERS, PARAMETERS)
def test_no_plan_closes_port_25(
    main: dict[str, str], mx: dict[str, str], users: dict[str, str], wrapped: dict[str, str]
) -> None:
    """Whoever could hand over mail before, still can: in clear, and with the versions there were."""
    entries: list[Entry] = [
        ("smtp/inet", 25, "mx", mx),
        ("submission/inet", 587, "submission", users),
        ("submissions/inet", 465, "submission", wrapped),
    ]
    site = Files(main, entries).site
    fixes = {one.fix for one in postfix_findings(site)} | {mandatory_fix(site, door) for door in site.doors[1:]}
    fixes |= {one.fix for one in outdated("postfix", site.version, site.main, site.set_here)}
    for fix in fixes - {()}:
        files = Files(main, entries)
        before = openness(files.site.doors[0])
        files.apply(fix)
        after = openness(files.site.doors[0])
        assert after >= before, (fix, before, after)


def openness(door: Door) -> tuple[bool, bool, bool]:
    """Whether a client can talk at all in clear, whether smtpd lives, and whether old versions are taken."""
    levels = ("", "none", "may", "encrypt")
    alive = door.values["smtpd_tls_security_level"].lower() in levels
    old = door.level != "encrypt" or door.values["smtpd_tls_mandatory_protocols"] == ">=TLSv1"
    return alive and door.level != "encrypt", alive, old


def dovecot(values: Mapping[str, str], version: tuple[int, ...] = (2, 3, 19), *, local: bool = False) -> DovecotSite:
    return DovecotSite(version, values, frozenset(values), local, ("imap 143",))


@pytest.mark.parametrize(
    ("site", "kind", "fix"),
    [
        (dovecot({"ssl": "yes"}), "dovecot-yes", "ssl=required"),
        (dovecot({"ssl": "yes", "disable_plaintext_auth": "no"}), "clear", "disable_plaintext_auth=yes"),
        (dovecot({"ssl": "yes", "auth_allow_cleartext": "yes"}, (2, 4)), "clear", "auth_allow_cleartext=no"),
        (dovecot({"ssl": "yes", "disable_plaintext_auth": "no"}, local=True), "clear-local", "disable_plaintext_auth=yes"),
        (dovecot({"ssl_min_protocol": "TLSv1"}), "old", "ssl_min_protocol=TLSv1.2"),
        (dovecot({"ssl": "no"}), "dovecot-none", None),
        (dovecot({"login_trusted_networks": "127.0.0.0/8 10.0.0.0/8"}), "trusted", None),
    ],
)  # fmt: skip
def test_what_is_wrong_with_dovecots_tls_and_what_mends_it(site: DovecotSite, kind: str, fix: str | None) -> None:
    found = {one.id.removeprefix("tls.audit.").partition(":")[0]: one.fix for one in dovecot_findings(site)}
    assert found[kind][4:] == ((fix,) if fix else ())


@pytest.mark.parametrize(
    ("names", "version", "shadowed"),
    [
        (("mail.example", "*.example"), (2, 3), []),
        (("*.example", "mail.example"), (2, 3), ["mail.example"]),
        (("mail.example", "*.example"), (2, 4), ["mail.example"]),
        (("*.example", "mail.example"), (2, 4), []),
        (("*.example", "deep.mail.example", "example"), (2, 3), []),
    ],
)
def test_a_block_that_another_goes_before(
    names: tuple[str, ...], version: tuple[int, ...], shadowed: list[str]
) -> None:
    found = dovecot_findings(DovecotSite(version, {"ssl": "required"}, frozenset(), names=names))
    assert [one.subject for one in found] == [f"Dovecot local_name {name}" for name in shadowed]


def test_dovecot_as_it_should_be() -> None:
    good = dovecot({"ssl": "required", "disable_plaintext_auth": "no", "login_trusted_networks": "127.0.0.0/8 ::1"})
    assert dovecot_findings(good) == ()


def test_outdated_parameters() -> None:
    values = {"tls_preempt_cipherlist": "yes", "smtpd_tls_eecdh_grade": "auto", "smtp_tls_cert_file": "/c"}
    values |= {"smtp_tls_key_file": "/k", "smtpd_tls_ciphers": "medium", "smtpd_tls_CAfile": "/ca"}
    found = {one.subject: one.fix[4:] for one in outdated("postfix", (3, 7, 11), values, frozenset(values))}
    assert found == {
        "tls_preempt_cipherlist": ("tls_preempt_cipherlist",),
        "smtp_tls_cert_file": ("smtp_tls_cert_file", "smtp_tls_key_file"),
        "smtpd_tls_CAfile": (),
    }


def test_what_guides_have_and_postfix_does_not() -> None:
    site = Files({"smtpd_tls_security_level": "may"}, [MX, ("smtps/inet", *SUBMISSIONS[1:])]).site
    found = {
        one.id.removeprefix("tls.audit."): one.fix[2:] for one in postfix_findings(replace(site, starred=("hash:/p",)))
    }
    assert found == {"starred:hash:/p": ("unset", "/p", "*"), "smtps:smtps/inet": ()}


def test_ports_that_rfc_8314_would_rather_not_have() -> None:
    site = DovecotSite((2, 3), {"ssl": "required"}, frozenset(), plain=(("imap-login", "imap"),))
    (found,) = dovecot_findings(site)
    assert found.fix[-1] == "service imap-login { inet_listener imap { port=0" and found.severity == "notice"
    encrypt = {"smtpd_tls_security_level": "encrypt"}
    only = Files({"smtpd_tls_security_level": "may"}, [MX, (*SUBMISSION[:3], encrypt)])
    assert kinds(only) == {"no-submissions": ()}
