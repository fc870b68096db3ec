"""Which ports configurations open, in the forms that postconf and doveconf of every supported version print."""

from __future__ import annotations

import pytest

from mailtui.host import processes
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.tls.dovecot_settings import Conflict, DovecotSettings
from mailtui.services.tls.inventory.dovecot import DovecotCertificates
from mailtui.services.tls.inventory.postfix import PostfixCertificates
from mailtui.services.tls.listeners import Listeners
from mailtui.services.tls.listeners.dovecot import dovecot_listeners
from mailtui.services.tls.listeners.model import place
from mailtui.services.tls.listeners.postfix import postfix_listeners
from tests.support.tools import Answer, RecordedTools

MAIN = """\
inet_interfaces = {interfaces}
inet_protocols = {protocols}
smtpd_tls_security_level = may
smtpd_tls_cert_file = /c
smtpd_tls_key_file = /k
smtp_tls_cert_file =
"""


def postfix(master: str, overrides: str = "", interfaces: str = "all", protocols: str = "all") -> PostfixConfig:
    main = MAIN.format(interfaces=interfaces, protocols=protocols)
    answers = {
        "postconf -x": main,
        "postconf -M": master,
        "postconf -Px": overrides,
    }
    words: dict[str, list[str]] = {}
    for line in overrides.splitlines():
        key, _, value = line.partition(" = ")
        service, _, name = key.rpartition("/")
        words.setdefault(service, []).append(f"{name}={value}")
    for given in words.values():
        lines = dict(line.split(" =", 1) for line in main.splitlines())
        lines |= dict(word.split("=", 1) for word in given)
        argv = "postconf -x " + " ".join(f"-o {word}" for word in given)
        answers[argv] = "".join(f"{name} = {value.strip()}\n" for name, value in lines.items())
    return PostfixConfig(RecordedTools(answers))


@pytest.mark.parametrize(
    ("name", "interfaces", "protocols", "found"),
    [
        ("smtp", "all", "all", ["*:25", "[::]:25"]),
        ("smtp", "all", "ipv4", ["*:25"]),
        ("smtp", "loopback-only", "all", ["127.0.0.1:25", "[::1]:25"]),
        ("submissions", "192.0.2.7, [2001:db8::7]", "all", ["192.0.2.7:465", "[2001:db8::7]:465"]),
        ("smtps", "192.0.2.7", "all", ["192.0.2.7:465"]),
        ("127.0.0.1:10025", "all", "all", ["127.0.0.1:10025"]),
        ("[::1]:2525", "all", "all", ["[::1]:2525"]),
        ("[::1]:2525", "all", "ipv4", []),
        ("no-such-service", "all", "all", []),
    ],
)
def test_where_an_entry_of_master_cf_listens(name: str, interfaces: str, protocols: str, found: list[str]) -> None:
    master = f"{name} inet n - y - - smtpd\n"
    listeners = postfix_listeners(postfix(master, "", interfaces, protocols))
    assert [one.name for one in listeners] == found


@pytest.mark.parametrize("order", [1, -1])
def test_all_of_ipv4_and_all_of_ipv6_each_have_their_socket(monkeypatch: pytest.MonkeyPatch, order: int) -> None:
    both = (processes.Listening("0.0.0.0", 25, None), processes.Listening("::", 25, None))
    monkeypatch.setattr(processes, "listening", lambda: both[::order])
    service = Listeners(RecordedTools({}), postfix("smtp inet n - y - - smtpd"), DovecotConfig(RecordedTools({})))
    monkeypatch.setattr(service, "configured", lambda: postfix_listeners(postfix("smtp inet n - y - - smtpd")))
    assert [(row.state, row.address, row.socket and row.socket.address) for row in service.rows()] == [
        ("listening", "0.0.0.0", "0.0.0.0"),
        ("listening", "::", "::"),
    ]


def test_a_socket_whose_process_has_ended_meanwhile_is_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "listening", lambda: (processes.Listening("0.0.0.0", 25, 4711),))
    monkeypatch.setattr(processes, "every", dict)
    service = Listeners(
        RecordedTools({}), postfix("smtp inet n - y - - smtpd", protocols="ipv4"), DovecotConfig(RecordedTools({}))
    )
    listeners = postfix_listeners(postfix("smtp inet n - y - - smtpd", protocols="ipv4"))
    monkeypatch.setattr(service, "configured", lambda: listeners)
    assert [row.state for row in service.rows()] == ["listening"]


def test_roles_and_ways_of_tls() -> None:
    master = """\
smtp inet n - y - 1 postscreen
smtpd pass - - y - - smtpd
submission inet n - y - - smtpd
2525 inet n - y - - smtpd
465 inet n - y - - smtpd
10026 inet n - y - - smtpd
628 inet n - y - - qmqpd
pickup unix n - y 60 1 pickup
"""
    overrides = """\
465/inet/smtpd_tls_wrappermode = yes
2525/inet/smtpd_relay_restrictions = permit_sasl_authenticated,reject
10026/inet/smtpd_tls_security_level = none
"""
    found = {one.port: one for one in postfix_listeners(postfix(master, overrides, protocols="ipv4"))}
    assert {port: (one.role, one.implicit, one.tls, one.starttls) for port, one in found.items()} == {
        25: ("mx", False, True, "smtp"),
        587: ("submission", False, True, "smtp"),
        2525: ("submission", False, True, "smtp"),
        465: ("submission", True, True, ""),
        10026: ("mx", False, False, "smtp"),
        628: ("other", False, False, None),
    }


def test_certificates_of_postfix_with_the_place_that_names_them() -> None:
    master = "smtp inet n - y - - smtpd\nsubmission inet n - y - - smtpd\nsmtp unix - - y - - smtp\n"
    overrides = "submission/inet/smtpd_tls_chain_files = /s1, /s2\n"
    config = postfix(master, overrides)
    named = PostfixCertificates(RecordedTools(), config).named()
    assert [(one.files, str(one.use), one.key_first) for one in named] == [
        (("/c", "/k"), "main.cf: smtpd_tls_cert_file", False),
        (("/s1", "/s2"), "submission/inet: smtpd_tls_chain_files", True),
    ]


@pytest.mark.parametrize(
    ("parameters", "overrides", "files"),
    [
        ({"smtpd_tls_cert_file": "/a", "smtpd_tls_eccert_file": "/b"}, {}, [("/a",), ("/b",)]),
        ({"smtpd_tls_cert_file": "/a", "smtpd_tls_chain_files": "/k, /c"}, {}, [("/k", "/c")]),
        ({"smtpd_tls_cert_file": "/a", "smtpd_tls_security_level": ""}, {}, []),
        ({"smtpd_tls_cert_file": "/a", "smtpd_tls_security_level": ""}, {"smtpd_tls_wrappermode": "yes"}, [("/a",)]),
        ({"smtpd_tls_cert_file": "none"}, {"smtpd_tls_cert_file": "/own"}, [("/own",)]),
        ({"smtpd_tls_cert_file": "/a", "smtpd_tls_key_file": "/a"}, {}, [("/a",)]),
    ],
)
def test_certificates_of_postfix_are_those_it_would_serve(
    parameters: dict[str, str], overrides: dict[str, str], files: list[tuple[str, ...]]
) -> None:
    main = {"smtpd_tls_security_level": "may", **parameters}
    own = " ".join(f"-o {name}={value}" for name, value in overrides.items())
    answers = {
        "postconf -M": "smtp inet n - y - - smtpd\n",
        "postconf -Px": "".join(f"smtp/inet/{name} = {value}\n" for name, value in overrides.items()),
        f"postconf -x {own}".strip(): "".join(f"{name} = {value}\n" for name, value in {**main, **overrides}.items()),
    }
    tools = RecordedTools(answers)
    assert [one.files for one in PostfixCertificates(tools, PostfixConfig(tools)).named()] == files


OLD = """\
listen = *, ::
protocols = imap lmtp
service imap-login {
  inet_listener imap {
    address =
    port = 143
    ssl = no
  }
  inet_listener imaps {
    address = 192.0.2.7
    port = 993
    ssl = yes
  }
  protocol = imap
}
service pop3-login {
  inet_listener pop3 {
    port = 110
    ssl = no
  }
  protocol = pop3
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = 24
  }
  protocol = lmtp
}
ssl = required
ssl_cert = </c
ssl_key = </k
ssl_alt_cert = </ac
ssl_alt_key = </ak
ssl_client_cert =
protocol pop3 {
  ssl_cert = </p
}
local_name shop.example {
  ssl_cert = </s
  ssl_key = </sk
}
local 192.0.2.7 {
  protocol imap {
    ssl_cert = /without
  }
}
"""
NEW = """\
listen = *, ::
protocols {
  imap = yes
  pop3 = no
}
service imap-login {
  inet_listener imaps {
    port = 993
    ssl = yes
  }
  protocol = imap
}
service pop3-login {
  inet_listener pop3 {
    port = 110
  }
  protocol = pop3
}
ssl = yes
ssl_server {
  cert_file = /c
  key_file = /k
}
local_name shop.example {
  ssl_server {
    cert_file = /s
    key_file = /sk
  }
}
"""


def dovecot(version: str, text: str, **more: str | Answer) -> DovecotSettings:
    tools = RecordedTools(
        {"dovecot --version": f"{version}\n", "doveconf -a -P": text, "doveconf -a -P service": "", **more}
    )
    return DovecotSettings(tools, DovecotConfig(tools))


def test_listeners_of_dovecot_23() -> None:
    found = [(one.name, one.protocol, one.implicit) for one in dovecot_listeners(dovecot("2.3.19.1", OLD))]
    assert found == [
        ("*:143", "imap", False),
        ("[::]:143", "imap", False),
        ("192.0.2.7:993", "imap", True),
        ("127.0.0.1:24", "lmtp", False),
    ]


def test_listeners_of_dovecot_24() -> None:
    settings = dovecot("2.4.1", NEW)
    found = [(one.name, one.protocol, one.implicit) for one in dovecot_listeners(settings)]
    assert found == [("*:993", "imap", True), ("[::]:993", "imap", True)]


def test_certificates_of_dovecot_23() -> None:
    named = DovecotCertificates(dovecot("2.3.19.1", OLD)).named()
    assert {(one.files, one.use.where, one.use.name, bool(one.problem)) for one in named} == {
        (("/c", "/k"), "dovecot", "", False),
        (("/ac", "/ak"), "dovecot", "", False),
        (("/p", "/k"), "protocol pop3", "", False),
        (("/s", "/sk"), "local_name shop.example", "shop.example", False),
        (("/without", "/k"), "local 192.0.2.7 { protocol imap", "", True),
    }


def test_certificates_of_dovecot_24() -> None:
    settings = dovecot("2.4.1", NEW)
    named = DovecotCertificates(settings).named()
    assert {(one.files, one.use.where) for one in named} == {
        (("/c", "/k"), "dovecot"),
        (("/s", "/sk"), "local_name shop.example"),
    }
    assert settings.names == ("shop.example",)


def test_what_wins_for_a_client_is_dovecot_own_to_say() -> None:
    wanted = "ssl_cert ssl_key ssl_alt_cert ssl_alt_key"
    asked = f"doveconf -P -f protocol=imap -f lname=x.example -f local=192.0.2.7 {wanted}"
    found = dovecot("2.3.19.1", OLD, **{asked: "ssl_cert = </x\nssl_key = </xk\n"})
    (named,) = DovecotCertificates(found).of("imap", "192.0.2.7", "x.example")
    assert named.files == ("/x", "/xk")
    words = "doveconf: Error: Conflict in setting ssl_cert found from filter at /etc/dovecot/dovecot.conf:14\n"
    with pytest.raises(Conflict, match="Conflict in setting ssl_cert"):
        dovecot("2.3.19.1", OLD, **{asked: Answer(stderr=words, code=89)}).of("imap", "192.0.2.7", "x.example")


def test_dovecot_24_is_asked_by_its_own_name_and_may_answer_in_blocks() -> None:
    wanted = "ssl_server_cert_file ssl_server_key_file ssl_server_alt_cert_file ssl_server_alt_key_file"
    asked = "-f protocol=imap -f local_name=shop.example"
    answers = {
        f"doveconf -P {asked} {wanted}": "ssl_server_cert_file =\n",
        f"doveconf -P -a {asked}": "ssl_server {\n  cert_file = /s\n  key_file = /sk\n}\nssl_server_cert_file =\n",
    }
    (named,) = DovecotCertificates(dovecot("2.4.1", NEW, **answers)).of("imap", "", "shop.example")
    assert named.files == ("/s", "/sk")


@pytest.mark.parametrize(("address", "name"), [("0.0.0.0", "*:25"), ("::", "[::]:25"), ("192.0.2.7", "192.0.2.7:25")])
def test_names_of_places(address: str, name: str) -> None:
    assert place(address, 25) == name
