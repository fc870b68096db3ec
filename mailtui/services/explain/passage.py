"""On the way to the next server: its socket, its address, TLS, the login there, and how we introduce ourselves."""

from __future__ import annotations

import re
import stat
from pathlib import Path

from mailtui.services.explain.case import Case
from mailtui.services.explain.limits import retries

_SOCKET = re.compile(r"connect to \S*\[(?P<path>(?:private/|public/|/)[^\]]*)\]")
_NEXT_HOPS = ("virtual_transport", "mailbox_transport", "local_transport", "content_filter", "relay_transport")


def socket(case: Case) -> None:
    """Which file it should be, what is there, and who names it."""
    match = _SOCKET.search(case.recipient.reason)
    if match is None:
        return
    folder = Path(case.postfix.get("queue_directory"))
    path = folder / match["path"]
    case.found.add(f"{path}: {_what_is(path)}")
    for name in _NEXT_HOPS:
        value = case.postfix.get(name)
        if value.rpartition(":")[2] in (match["path"], str(path)):
            case.found.add(f"{name} = {value}")
    with case.found.unless_unreadable("Dovecot's configuration"):
        listens = f"unix_listener {path} " in case.dovecot.text
        has = "has" if listens else "has no"
        case.found.add(f"Dovecot's configuration {has} unix_listener {path}")
        if not listens:
            case.found.advise(f"Give Dovecot's service lmtp a unix_listener {path}, mode 0600, user postfix.")
    case.found.advise("See that the service runs; what waits is delivered at its next retry.")
    case.found.offer("ls", "-l", str(path))
    case.found.offer("doveadm", *case.dovecot.where, "service", "status", "lmtp")


def server(case: Case) -> None:
    """Who chose the server that does not answer: a transport, the relayhost or DNS."""
    case.show_route(f"relayhost is empty and transport_maps has no entry: DNS names the server of {case.domain}")
    retries(case)


def login(case: Case) -> None:
    """Our login at the relayhost; the password itself is never shown."""
    if case.refused_by_us or case.through_socket:
        return
    case.show("relayhost", "smtp_sasl_auth_enable", "smtp_sasl_password_maps")
    key = case.postfix.get("relayhost") or case.domain
    hit = case.lookups.find("smtp_sasl_password_maps", key, case.domain)
    if hit:
        case.found.add(f"smtp_sasl_password_maps has an entry for {hit.key}")
        case.found.advise("Check user and password of that entry with the provider; run postmap after a change.")
    else:
        case.found.add(f"smtp_sasl_password_maps has no entry for {key}: the key must be written as relayhost is")
        case.found.advise(f"Add an entry with exactly this key: {key}")


def tls(case: Case) -> None:
    """The TLS level in force for the destination."""
    if case.refused_by_us:
        case.show("smtpd_tls_security_level", "smtpd_tls_auth_only")
        return
    case.show("smtp_tls_security_level")
    hit = case.lookups.find("smtp_tls_policy_maps", case.domain, *_parents(case.domain))
    if hit:
        case.found.add(f"smtp_tls_policy_maps ({hit.table}) asks for {hit.value} at {hit.key}")
        case.found.blame(hit.parameter, hit.table, hit.key, hit.value)
        case.found.offer(*case.lookups.command(hit.table, hit.key))
    else:
        case.found.add(f"smtp_tls_policy_maps has no entry for {case.domain}")


def identity(case: Case) -> None:
    """The name and address under which we come."""
    if not case.refused_by_us:
        case.show("myhostname", "smtp_helo_name", "smtp_bind_address")


def _what_is(path: Path) -> str:
    try:
        found = path.stat()
    except FileNotFoundError:
        return "there is no such file"
    except ValueError:
        return "no name a file may have"
    except OSError as error:
        return f"cannot be looked at ({error.strerror})"
    kind = "a socket" if stat.S_ISSOCK(found.st_mode) else "no socket"
    return f"{kind}, mode {stat.S_IMODE(found.st_mode):04o}, owner {found.st_uid}:{found.st_gid}"


def _parents(domain: str) -> list[str]:
    parts = domain.split(".")
    return ["." + ".".join(parts[start:]) for start in range(1, len(parts))]
