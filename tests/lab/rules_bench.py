"""Generated restrictions, each set an smtpd of its own on the lab, and clients that try them by XCLIENT."""

from __future__ import annotations

import random
import smtplib
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from mailtui.host.tools import LocalTools
from mailtui.lab import Lab
from mailtui.lab.ports import free_ports
from mailtui.services.postfix.config import MasterService, PostfixConfig
from mailtui.services.postfix.restrictions.judging.session import Session
from mailtui.services.postfix.restrictions.judging.simulate import Simulator
from mailtui.services.postfix.restrictions.judging.zone import Zone
from mailtui.services.postfix.restrictions.order import order_of, service_called
from mailtui.services.postfix.restrictions.required import is_safe
from tests.support.waiting import until

CLIENTS = (
    ("mail.good.example", "192.0.2.10"),
    ("unknown", "192.0.2.66"),
    ("dialup.bad.example", "198.51.100.7"),
    ("host.sub.partner.example", "203.0.113.9"),
    ("v6.good.example", "2001:db8:1::25"),
)
HELOS = ("mail.good.example", "localhost", "[192.0.2.10]", "[300.1.2.3]", "a_b-.example", "10.0.0.1", "sub.bad.example")
SENDERS = (
    "",
    "friend@good.example",
    "spam@bad.example",
    "x@sub.bad.example",
    "alice@lab.example",
    "nobody@lab.example",
    "nobody@alias.example",
    "bare",
    "alice+list@lab.example",
    "a@[192.0.2.1]",
)
# A bare postmaster is none of them: all rules are passed over, so that smtpd keeps what it knew of the one before.
RECIPIENTS = (
    "alice@lab.example",
    "alice+tag@lab.example",
    "Bob@LAB.example",
    "nobody@lab.example",
    "info@alias.example",
    "nobody@alias.example",
    "friend@elsewhere.example",
    "user%elsewhere.example@lab.example",
    "user@relayed.example",
    "user@sub.relayed.example",
    "postmaster@mx.lab.example",
    "bare",
    "x@nodot",
    "a@[192.0.2.1]",
)
USERS = ("", "", "alice@lab.example", "mallory")
ACTIONS = (
    "OK",
    "DUNNO",
    "REJECT",
    "REJECT go away",
    "REJECT 5.1.1 not here",
    "DEFER later",
    "DEFER_IF_PERMIT wait",
    "DEFER_IF_REJECT 4.2.0 wait",
    "550 no",
    "450 4.7.9 slowly",
    "HOLD",
    "DISCARD",
    "12345",
    "strict",
    "permit",
    "reject",
    "nonsense",
    "reject_non_fqdn_sender, permit",
    "REDIRECT other@lab.example",
    "PREPEND X-Seen: yes",
    "RELAY",
    "warn_if_reject reject",
)
KEYS = {
    "client": ("good.example", ".good.example", "unknown", "192.0.2", "198.51.100.7", "2001:db8:1", "partner.example"),
    "helo": ("good.example", "localhost", ".bad.example", "bad.example", "[192.0.2.10]", "10.0"),
    "sender": ("<>", "bad.example", "good.example", "alice@", "alice@lab.example", "lab.example", "sub.bad.example"),
    "recipient": ("alice@lab.example", "lab.example", "elsewhere.example", "user@", "bob@lab.example", "alias.example"),
}
# permit_inet_interfaces is none of them: smtpd asks it of the real client, XCLIENT or not.
PLAIN = (
    "permit",
    "reject",
    "defer",
    "defer_if_permit",
    "defer_if_reject",
    "permit_mynetworks",
    "permit_sasl_authenticated",
    "reject_unknown_client_hostname",
    "reject_unknown_reverse_client_hostname",
    "reject_invalid_helo_hostname",
    "reject_non_fqdn_helo_hostname",
    "reject_non_fqdn_sender",
    "reject_non_fqdn_recipient",
    "reject_unlisted_sender",
    "reject_unlisted_recipient",
    "reject_unauth_destination",
    "defer_unauth_destination",
    "permit_auth_destination",
    "reject_sender_login_mismatch",
    "reject_known_sender_login_mismatch",
    "reject_authenticated_sender_login_mismatch",
    "reject_unauthenticated_sender_login_mismatch",
    "reject_plaintext_session",
    "reject_unauth_pipelining",
    "reject_multi_recipient_bounce",
    "strict",
    "friendly",
    "no_such_restriction",
)
STAGES = ("client", "helo", "sender", "relay", "recipient", "data")


@dataclass(frozen=True)
class Setting:
    """One smtpd: its name in master.cf and its parameters."""

    port: int
    parameters: dict[str, str]


@dataclass(frozen=True)
class Told:
    """What a client got: the command that was refused, and the reply to it."""

    at: str
    reply: str


class Generator:
    """Sets of restrictions and clients, the same for the same seed."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._random = random.Random(seed)
        self._tables = 0

    def parameters(self) -> dict[str, str]:
        """The ``-o`` of one smtpd."""
        some = self._random
        found = {f"smtpd_{stage}_restrictions": self._list(stage) for stage in STAGES}
        # Who tries it comes from loopback, and must get as far as XCLIENT.
        (self._folder / "tester").write_text("127.0.0.1 OK\n")
        found["smtpd_client_restrictions"] = f"{self._of_tester()},{found['smtpd_client_restrictions']}"
        return found | {
            "smtpd_restriction_classes": "strict,friendly",
            "strict": "reject_non_fqdn_sender,reject_non_fqdn_recipient",
            "friendly": f"permit_sasl_authenticated,warn_if_reject,strict,check_sender_access,{self._table('sender')}",
            "mynetworks": some.choice(("192.0.2.0/28", "!192.0.2.10,192.0.2.0/24", ".good.example", "[2001:db8::]/32")),
            "relay_domains": "relayed.example",
            "smtpd_delay_reject": some.choice(("yes", "yes", "no")),
            "smtpd_relay_before_recipient_restrictions": some.choice(("yes", "no")),
            "smtpd_reject_unlisted_sender": some.choice(("yes", "no")),
            "smtpd_reject_unlisted_recipient": some.choice(("yes", "yes", "no")),
            "smtpd_sasl_auth_enable": some.choice(("yes", "no")),
            "smtpd_sender_login_maps": f"texthash:{self._folder / 'logins'}",
            "soft_bounce": some.choice(("no", "no", "no", "yes")),
            "access_map_reject_code": some.choice(("554", "550")),
            "parent_domain_matches_subdomains": some.choice(("smtpd_access_maps,relay_domains", "mynetworks")),
            "recipient_delimiter": "+",
            "inet_protocols": "all",
        }

    def session(self) -> Session:
        """One client with one message."""
        some = self._random
        name, address = some.choice(CLIENTS)
        reverse = some.choice((name, "unknown", "other.bad.example"))
        return Session(
            address,
            name,
            reverse,
            some.choice(HELOS),
            some.choice(SENDERS),
            some.choice(RECIPIENTS),
            some.choice(USERS),
            tls=False,
        )

    def _list(self, stage: str) -> str:
        some = self._random
        rules = []
        for _ in range(some.choice((0, 1, 2, 3, 4))):
            if some.random() < 0.15:
                rules.append("warn_if_reject")
            if some.random() < 0.5:
                kind = some.choice(tuple(KEYS))
                names = {"client": some.choice(("client", "reverse_client_hostname"))}
                rules += [f"check_{names.get(kind, kind)}_access", self._table(kind)]
            elif stage != "data" and some.random() < 0.1:
                rules.append(self._table({"relay": "recipient"}.get(stage, stage)))
            else:
                rules.append(some.choice(PLAIN))
            if stage in ("client", "helo") and rules[-1] == "reject_unlisted_sender":
                # There smtpd 3.7 remembers having asked it in the session before: its answer is anybody's guess.
                rules.pop()
        return ",".join(rules)

    def _of_tester(self) -> str:
        return f"check_client_access,texthash:{self._folder / 'tester'}"

    def _table(self, kind: str) -> str:
        some = self._random
        self._tables += 1
        path = self._folder / f"{kind}{self._tables}"
        keys = some.sample(KEYS[kind], some.choice((1, 2, 3)))
        path.write_text("".join(f"{key} {some.choice(ACTIONS)}\n" for key in keys))
        return f"texthash:{path}"


def service(name: str, parameters: dict[str, str]) -> MasterService:
    """An smtpd of master.cf with these parameters of its own."""
    return MasterService(name, "inet", "smtpd", tuple(parameters.items()))


def working(lab: Lab, generator: Generator, count: int) -> list[dict[str, str]]:
    """So many sets of restrictions with which an smtpd starts."""
    tools = LocalTools()
    found: list[dict[str, str]] = []
    while len(found) < count:
        parameters = generator.parameters()
        if is_safe(order_of(PostfixConfig(tools, lab.postfix_config), service("25", parameters))):
            found.append(parameters)
    return found


@contextmanager
def smtpds(
    lab: Lab, settings: Sequence[dict[str, str]], *, wait: bool = True, chroot: bool = False
) -> Iterator[list[Setting]]:
    """These smtpds run on the lab; afterwards its master.cf is as before."""
    master = lab.postfix_config / "master.cf"
    before = master.read_bytes()
    try:
        yield _started(lab, settings, before, wait=wait, chroot="y" if chroot else "n")
    finally:
        master.write_bytes(before)
        lab.command("postfix", "reload")


def _started(lab: Lab, settings: Sequence[dict[str, str]], before: bytes, *, wait: bool, chroot: str) -> list[Setting]:
    """Once more with other ports where another lab was quicker to take one that was free."""
    master = lab.postfix_config / "master.cf"
    for _ in range(3):
        names = [f"smtpd{number}" for number in range(len(settings))]
        ports = free_ports(names)
        banner = {"smtpd_banner": f"{lab.folder.name} ESMTP"}
        found = [Setting(ports[name], banner | one) for name, one in zip(names, settings, strict=True)]
        master.write_bytes(before + "".join(_entry(one, chroot) for one in found).encode())
        lab.command("postfix", "reload")
        if not wait or all(until(partial(_listens, one)) for one in found):
            return found
    raise AssertionError("three times a port was not ours")


def simulator(lab: Lab, setting: Setting, zone: Zone | None = None) -> Simulator:
    """mailtui's idea of one of them."""
    tools = LocalTools()
    postfix = PostfixConfig(tools, lab.postfix_config)
    return Simulator(tools, postfix, service_called(postfix, str(setting.port)), zone)


def tried(setting: Setting, session: Session) -> Told:
    """What the real one says to a client."""
    smtp = smtplib.SMTP(local_hostname="localhost", timeout=20)
    try:
        smtp.connect("127.0.0.1", setting.port)
        for at, command in _commands(setting, session):
            code, text = smtp.docmd(command)
            if code >= 400 and at:
                return Told(at, f"{code} {text.decode()}")
        return Told("", "")
    finally:
        smtp.close()


def disagreement(setting: Setting, judge: Simulator, session: Session) -> list[str]:
    """What the two say of a client, where that is not the same."""
    verdict = judge.judge(session)
    ours = Told(verdict.at, "" if verdict.accepted else verdict.reply)
    theirs = tried(setting, session)
    if ours == theirs:
        return []
    steps = "\n".join(f"    {step.at}: {step.rule} → {step.answer} {step.reply} {step.why}" for step in verdict.steps)
    lists = "\n".join(f"    {name} = {value}" for name, value in setting.parameters.items())
    return [f"{session}\n  ours   {ours}\n  theirs {theirs}\n{steps}\n{lists}"]


def _commands(setting: Setting, session: Session) -> Iterator[tuple[str, str]]:
    name = "[UNAVAILABLE]" if session.name == "unknown" else session.name
    reverse = "[UNAVAILABLE]" if session.reverse_name == "unknown" else session.reverse_name
    address = f"IPV6:{session.client}" if ":" in session.client else session.client
    login = f" LOGIN={session.user or '[UNAVAILABLE]'}" if setting.parameters["smtpd_sasl_auth_enable"] == "yes" else ""
    yield "", "EHLO localhost"
    yield "connect", f"XCLIENT NAME={name} REVERSE_NAME={reverse} ADDR={address}{login}"
    yield "HELO", f"EHLO {session.helo}"
    yield "MAIL FROM", f"MAIL FROM:<{session.sender}>"
    yield "RCPT TO", f"RCPT TO:<{session.recipient}>"
    yield "DATA", "DATA"


def _listens(setting: Setting) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", setting.port), timeout=5) as connection:
            return setting.parameters["smtpd_banner"].encode() in connection.recv(512)
    except OSError:
        return False


def _entry(setting: Setting, chroot: str) -> str:
    options = "".join(f"    -o {{ {name} = {value} }}\n" for name, value in setting.parameters.items())
    return f"127.0.0.1:{setting.port} inet n - {chroot} - - smtpd\n{options}"
