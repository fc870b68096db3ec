"""Which ports speak TLS, read from both programs' own words."""

from __future__ import annotations

from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.tls.endpoints import Endpoint, dovecot_endpoints, postfix_endpoints
from tests.support.tools import RecordedTools

MASTER = """\
smtp       inet  n       -       y       -       1       postscreen
smtp       pass  -       -       y       -       -       smtpd
127.0.0.1:10025 inet n   -       y       -       -       smtpd -o smtpd_tls_security_level=none
submission inet  n       -       y       -       -       smtpd -o smtpd_tls_security_level=encrypt
465        inet  n       -       y       -       -       smtpd -o smtpd_tls_wrappermode=yes
nosuchport inet  n       -       y       -       -       smtpd
628        inet  n       -       y       -       -       qmqpd
pickup     unix  n       -       y       60      1       pickup
"""
OVERRIDES = """\
127.0.0.1:10025/inet/smtpd_tls_security_level = none
submission/inet/smtpd_tls_security_level = encrypt
465/inet/smtpd_tls_wrappermode = yes
"""
DOVECOT_23 = """\
listen = *
protocols = " imap sieve"
ssl = required
service imap-login {
  inet_listener imap {
    address = 192.0.2.7
    port = 143
    ssl = no
  }
  inet_listener imaps {
    port = 993
    ssl = yes
  }
}
service pop3-login {
  inet_listener pop3s {
    port = 995
    ssl = yes
  }
}
service managesieve-login {
  inet_listener sieve {
    port = 4190
  }
  inet_listener sieve_deprecated {
    port = 0
  }
}
"""
DOVECOT_24 = """\
listen = ::1
protocols {
  imap = yes
  pop3 = no
}
ssl = yes
service imap-login {
  inet_listener imaps {
    listen =
    port = 993
    ssl = yes
  }
}
service pop3-login {
  inet_listener pop3s {
    port = 995
    ssl = yes
  }
}
"""


def postfix(**main: str) -> PostfixConfig:
    values = {
        "inet_interfaces": "all",
        "inet_protocols": "ipv4",
        "smtpd_tls_security_level": "may",
        "smtpd_tls_wrappermode": "no",
        "smtpd_use_tls": "no",
        "smtpd_enforce_tls": "no",
        **main,
    }
    text = "".join(f"{name} = {value}\n" for name, value in values.items())
    return PostfixConfig(RecordedTools({"postconf -x": text, "postconf -M": MASTER, "postconf -Px": OVERRIDES}))


def test_postfix() -> None:
    assert [(end.service, str(end), end.starttls) for end in postfix_endpoints(postfix())] == [
        ("smtp/inet", "127.0.0.1:25", "smtp"),
        ("submission/inet", "127.0.0.1:587", "smtp"),
        ("465/inet", "127.0.0.1:465", ""),
    ]


def test_postfix_without_tls_but_where_a_service_has_it() -> None:
    found = postfix_endpoints(postfix(smtpd_tls_security_level=""))
    assert [end.port for end in found] == [587, 465]
    assert [end.port for end in postfix_endpoints(postfix(smtpd_tls_security_level="", smtpd_use_tls="yes"))] == [
        25,
        587,
        465,
    ]


def test_postfix_on_its_own_addresses() -> None:
    found = postfix_endpoints(postfix(inet_interfaces="192.0.2.1, [2001:db8::1]", inet_protocols="all"))
    assert [str(end) for end in found[:2]] == ["192.0.2.1:25", "[2001:db8::1]:25"]
    both = postfix_endpoints(postfix(inet_protocols="ipv4, ipv6"))
    assert [end.host for end in both[:2]] == ["127.0.0.1", "::1"]


def dovecot(text: str) -> tuple[Endpoint, ...]:
    tools = RecordedTools({"doveconf -a": text})
    return dovecot_endpoints(tools, DovecotConfig(tools))


def test_dovecot() -> None:
    assert [(end.service, str(end), end.starttls) for end in dovecot(DOVECOT_23)] == [
        ("imap-login", "192.0.2.7:143", "imap"),
        ("imap-login", "127.0.0.1:993", ""),
        ("managesieve-login", "127.0.0.1:4190", "sieve"),
    ]
    assert [str(end) for end in dovecot(DOVECOT_24)] == ["[::1]:993"]
    assert dovecot(DOVECOT_23.replace("ssl = required", "ssl = no", 1)) == ()
