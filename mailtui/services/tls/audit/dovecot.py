"""What to say of Dovecot's TLS settings, under the names of 2.3 and of 2.4 (RFC 8314, RFC 8996, RFC 9325)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_network

from mailtui.findings import Finding
from mailtui.services.tls.audit.model import DovecotSite
from mailtui.services.tls.facts import covers
from mailtui.services.tls.words import finding

_SET = ("mailtui", "config", "set", "dovecot")
_OLD = frozenset({"SSLv3", "TLSv1", "TLSv1.0", "TLSv1.1", "ANY"})


def dovecot_findings(site: DovecotSite) -> tuple[Finding, ...]:
    """Every rule's."""
    return (*_switch(site), *_clear(site), *_versions(site), *_trusted(site), *_shadowed(site), *_plain(site))


def clear_setting(site: DovecotSite) -> tuple[str, str, str]:
    """The setting that lets passwords go in clear, its value when it does, and the other; 2.4 turned it round."""
    return ("auth_allow_cleartext", "yes", "no") if site.new_names else ("disable_plaintext_auth", "no", "yes")


def _switch(site: DovecotSite) -> Iterator[Finding]:
    said = site.values.get("ssl", "")
    if said == "no":
        yield finding("audit.dovecot-none", "Dovecot ssl", (f"ssl = {said}",))
    elif said == "yes":
        name, bad, good = clear_setting(site)
        # 2.4 refuses to start with both: "auth_allow_cleartext=yes has no effect with ssl=required"
        clear = (f"{name}={good}",) if site.new_names and site.values.get(name) == bad else ()
        fix = (*_SET, "ssl=required", *clear)
        yield finding("audit.dovecot-yes", "Dovecot ssl", (f"ssl = {said}", *_ports(site)), fix=fix)


def _clear(site: DovecotSite) -> Iterator[Finding]:
    name, bad, good = clear_setting(site)
    if site.values.get(name) == bad and site.values.get("ssl") != "required" and site.clear_ports:
        kind = "audit.clear-local" if site.local else "audit.clear"
        yield finding(kind, f"Dovecot {name}", (f"{name} = {bad}", *_ports(site)), fix=(*_SET, f"{name}={good}"))


def _versions(site: DovecotSite) -> Iterator[Finding]:
    """2.2 lists what is left out: ``ssl_protocols = !SSLv3``."""
    least = site.values.get("ssl_min_protocol", "")
    if least in _OLD:
        fix = (*_SET, "ssl_min_protocol=TLSv1.2")
        kind = "audit.old-local" if site.local else "audit.old"
        yield finding(kind, "Dovecot ssl_min_protocol", (f"ssl_min_protocol = {least}",), fix=fix, versions=least)


def _trusted(site: DovecotSite) -> Iterator[Finding]:
    """Clients from there count as secured: they may send their password in clear (2.3)."""
    listed = re.split(r"[,\s]+", site.values.get("login_trusted_networks", ""))
    open_ones = [one for one in listed if one and not _is_loopback(one)]
    if open_ones:
        yield finding(
            "audit.trusted", "Dovecot login_trusted_networks", (f"login_trusted_networks = {' '.join(open_ones)}",)
        )


def _shadowed(site: DovecotSite) -> Iterator[Finding]:
    """Of several blocks that match a name the first wins up to 2.3, the last from 2.4 on."""
    order = site.names[::-1] if site.new_names else site.names
    for number, name in enumerate(order):
        wins = next((one for one in order[:number] if "*" in one and covers(name, [one])), None)
        if wins is not None and "*" not in name:
            evidence = (f"local_name blocks in their order: {', '.join(site.names)}",)
            where = "behind" if site.new_names else "before"
            yield finding("audit.shadowed", f"Dovecot local_name {name}", evidence, wins=wins, where=where)


def _plain(site: DovecotSite) -> Iterator[Finding]:
    for service, name in site.plain:
        fix = (*_SET, f"service {service} {{ inet_listener {name} {{ port=0")
        yield finding("audit.plain", f"Dovecot {service}/{name}", fix=fix)


def _is_loopback(network: str) -> bool:
    try:
        return ip_network(network, strict=False).is_loopback
    except ValueError:
        return False


def _ports(site: DovecotSite) -> tuple[str, ...]:
    return (f"ports that begin in clear: {', '.join(site.clear_ports)}",) if site.clear_ports else ()
