"""Access tables: the keys of access(5), and what each of its actions does."""

from __future__ import annotations

from collections.abc import Sequence

from mailtui.services.postfix.addresses.keys import Key, address_keys, domain_keys, split_address
from mailtui.services.postfix.addresses.lookups import TableError
from mailtui.services.postfix.addresses.statuses import fitting
from mailtui.services.postfix.restrictions.judging import replies
from mailtui.services.postfix.restrictions.judging.judge import Judge, Stopped
from mailtui.services.postfix.restrictions.judging.model import Answer
from mailtui.services.postfix.restrictions.model import Rule
from mailtui.services.postfix.restrictions.names import is_address
from mailtui.services.postfix.tables import has_patterns

_TARGETS = {"FILTER": ":", "REDIRECT": "@", "BCC": "@"}
"""Actions with a target, and what it cannot be without."""
_REFUSALS = {
    "REJECT": ("access_map_reject_code", "5.7.1", "Access denied"),
    "DEFER": ("access_map_defer_code", "4.7.1", "Access denied"),
}


def host_keys(name: str, *, parents: bool) -> tuple[Key, ...]:
    """The keys for the name of a host: itself, and the domains above it."""
    return (Key(name, whole=True),) if is_address(name) else domain_keys(name, parents=parents)


def network_keys(address: str) -> tuple[Key, ...]:
    """The keys for an IP address: itself, and ever less of it from the left."""
    sign = ":" if ":" in address else "."
    keys = [Key(address, whole=True)]
    while sign in address:
        address = address.rpartition(sign)[0]
        keys.append(Key(address))
    return tuple(keys)


def mail_keys(address: str, delimiters: str, *, parents: bool) -> tuple[Key, ...]:
    """The keys for an address with a domain: itself, without its extension, domains, then ``user@``."""
    user, domain = split_address(address)
    full = tuple(key for key in address_keys(address, delimiters, local=False) if not key.text.startswith("@"))
    above = (Key(key.text) for key in domain_keys(domain, parents=parents))
    users = (Key(key.text.removesuffix(domain), extension=key.extension) for key in full)
    return (*full, *above, *users) if user else (*full, *above)


def look_up(judge: Judge, rule: Rule, keys: Sequence[Key], name: str, kind: str) -> Answer | None:
    """What the rule's table says; None where it has none of the keys.

    ``name`` and ``kind``: what its replies are about.
    """
    if ":" not in rule.argument:
        raise judge.broken(f"{rule.written} wants a table, not {rule.argument!r}")
    table = rule.argument
    lookups = judge.machine.lookups
    lookups.learn_of(table, keys)
    try:
        for key in keys:
            if key.whole or not has_patterns(table):
                value = lookups.ask(table, key.text, rule.name)
                if value is not None:
                    return act(judge, table, value, name, kind)
    except TableError as error:
        judge.because(error.message)
        return act(judge, table, "451 4.3.5 Server configuration error", name, kind)
    return None


def act(judge: Judge, table: str, value: str, name: str, kind: str) -> Answer:
    """Do what an entry says."""
    word, _, text = value.replace("\t", " ").partition(" ")
    action, text = word.upper(), text.strip()
    said = f"<{name}>: {kind} rejected: "
    if action in ("DUNNO", "INFO", "WARN"):
        return "dunno"
    if action in _REFUSALS:
        parameter, usual, words = _REFUSALS[action]
        status, text = replies.split_status(text, usual)
        return judge.reject(judge.machine.get(parameter), fitting(status, kind), said + (text or words))
    if action in ("DEFER_IF_PERMIT", "DEFER_IF_REJECT"):
        status, text = replies.split_status(text, "4.7.1")
        code, status = judge.machine.get("access_map_defer_code"), fitting(status, kind)
        text = said + (text or "Service unavailable")
        if action == "DEFER_IF_REJECT":
            return judge.defer_if_reject(code, status, text)
        return judge.defer_if_permit("defer_if_permit", code, status, text)
    if action in ("HOLD", "DISCARD", "PREPEND", *_TARGETS):
        return _effect(judge, action, text)
    if action == "HANGUP":
        raise Stopped("", "HANGUP: the connection is closed without a reply")
    if value.isascii() and value.isdigit():
        return "permit"
    if len(word) == 3 and text and word[0] in "45" and word.isascii() and word.isdigit():
        status, text = replies.split_status(text, f"{word[0]}.7.1")
        return judge.reject(word, fitting(status, kind), said + (text or "Access denied"))
    return "permit" if action in ("OK", "RELAY") else _restrictions(judge, table, value)


def _effect(judge: Judge, action: str, text: str) -> Answer:
    """What happens to the message besides, where this can be done at all."""
    if judge.stage.at in ("connect", "HELO"):
        judge.because(f"with smtpd_delay_reject = no, {action} is skipped here")
        return "dunno"
    if action == "PREPEND":
        if judge.stage.at != "end of data" and ":" in text:
            judge.effects.append(f"PREPEND {text}")
        return "dunno"
    if judge.machine.get("smtpd_proxy_filter"):
        judge.because(f"with smtpd_proxy_filter, {action} is not possible")
        return "dunno"
    if action in _TARGETS and _TARGETS[action] not in text:
        judge.because(f"{action} without a target is skipped")
        return "dunno"
    done = action if action in ("HOLD", "DISCARD") else f"{action} {text}"
    if done not in judge.effects:
        judge.effects.append(done)
    if action != "DISCARD":
        return "dunno"
    judge.discarded = True
    return "permit"


def _restrictions(judge: Judge, table: str, value: str) -> Answer:
    """An entry that is a list of restrictions itself."""
    if ":" in value:
        raise judge.broken(f"{table} leads to another table ({value}): only a restriction class may")
    return judge.nested(judge.machine.parser.rules(value, judge.stage.about))
