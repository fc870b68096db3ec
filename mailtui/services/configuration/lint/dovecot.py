"""What is wrong with Dovecot's configuration: doveconf(1) says what it refuses and what is obsolete."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailtui.findings import Finding
from mailtui.services.configuration import dovecot_names
from mailtui.services.configuration.dangers import danger
from mailtui.services.configuration.dovecot_read import settings
from mailtui.services.configuration.dovecot_text import Place, Sources, key
from mailtui.services.configuration.lint.words import danger_finding, finding
from mailtui.services.configuration.model import Setting

_OBSOLETE = re.compile(r"Warning: Obsolete setting in (\S+:\d+): (.*)")
_WARNING = re.compile(r"Warning: (?!Obsolete setting |NOTE: )(.*)")
_BLOCK = re.compile(r"service ([\w-]+)")
_FATAL = re.compile(r"(?:Fatal|Error): (.*)")
_SETTING = re.compile(r"Unknown setting: (\S+)|line \d+(?: \([^)]*\))?: (\w+): ")
_LOOPBACK = ("127.", "::1", "localhost")


def refusals(said: str, code: int, new: bool) -> Iterator[Finding]:
    """From what ``doveconf -n`` wrote on standard error; ``new`` says that it is 2.4 or later."""
    for place, words in _OBSOLETE.findall(said):
        name = words.split("'")[1] if "'" in words else words.split()[0]
        yield finding("outdated", name, f"{place}: {words}", advice=dovecot_names.advice(name, new))
    for words in dict.fromkeys(_WARNING.findall(said)):
        about = _BLOCK.search(words)
        yield finding("complaint", f"service {about[1]}" if about else "dovecot.conf", words, program="Dovecot")
    fatal = _FATAL.findall(said) if code else []
    if fatal:
        setting = _SETTING.search(fatal[-1])
        name = next(filter(None, setting.groups()), "") if setting else ""
        advice = " ".join(
            filter(None, (dovecot_names.advice(name, new), "Dovecot that runs goes on with what it read before."))
        )
        yield finding("refused", name or "dovecot.conf", fatal[-1], program="Dovecot", advice=advice)


def dangers(text: str, sources: Sources | None) -> Iterator[Finding]:
    """From what ``doveconf -n`` printed; ``sources`` say where it stands."""
    values = dict(settings(text))
    places = sources.places() if sources else {}
    reached = _reached(values.get("listen", "*"))
    for name, value in values.items():
        setting = Setting(name, value)
        found = danger("dovecot", setting, reached=reached)
        if found is not None:
            place = places.get(key(name))
            where = f"{place.file}:{place.line + 1}: {place.text.strip()}" if place else f"{name} = {value}"
            yield danger_finding("dovecot", setting, found, where)


def set_again(sources: Sources) -> Iterator[Finding]:
    """Settings outside of blocks that stand in two places with two values."""
    standing: dict[str, list[tuple[Place, str]]] = {}
    for name, place, value in sources.assignments():
        if not place.blocks and "$" not in value:
            standing.setdefault(key(name), []).append((place, value))
    for name, several in standing.items():
        if len({value for _, value in several}) > 1:
            yield finding("set_again", name, *(f"{one.file}:{one.line + 1}: {one.text.strip()}" for one, _ in several))


def _reached(listen: str) -> bool:
    return not all(one.startswith(_LOOPBACK) for one in listen.replace(",", " ").split())
