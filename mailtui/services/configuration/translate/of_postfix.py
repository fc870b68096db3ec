"""Parameters and services of Postfix out of a how-to."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches

from mailtui.services.configuration.dangers import danger
from mailtui.services.configuration.model import Setting
from mailtui.services.configuration.outdated import outdated_parameter, outdated_restrictions, renewed_restrictions
from mailtui.services.configuration.translate.model import Judgement, Verdict

_RESTRICTIONS = re.compile(r"smtpd_\w+_restrictions")
_TRUTH = {"true": "yes", "on": "yes", "1": "yes", "affirmative": "yes", "false": "no", "off": "no", "0": "no"}
_TRANSPORT = re.compile(r"\w+_(?:destination|delivery|transport|initial|extra|minimum|recipient)_\w+")
"""Parameters that every transport has of its own (postconf(5), ``transport_…``)."""
_OVERRIDE = re.compile(r"-o\s*(?:\{\s*)?([\w-]+)\s*=\s*((?:[^\s{}]|\{[^}]*\})*)(?:\s*\})?")
_SAME_PORT = {"smtps": "submissions", "submissions": "smtps"}


class OfPostfix:
    """Judges for one Postfix: the parameters that it knows, with their defaults, and its services."""

    def __init__(self, defaults: Mapping[str, str], services: Collection[str]) -> None:
        self._defaults = defaults
        self._services = services

    def knows(self, name: str) -> bool:
        """Whether a name is or was a parameter."""
        return name in self._defaults or outdated_parameter(name) is not None or bool(_TRANSPORT.fullmatch(name))

    def parameter(self, name: str, value: str) -> Verdict:
        """What is to be made of a parameter of main.cf, or of one service as ``smtp/inet/…``."""
        prefix, slash, own = name.rpartition("/")
        old = outdated_parameter(own)
        if old is not None and (old.gone or not old.to or old.to in self._defaults):
            new = [one for one in old.settings(value) or () if one.value is not None]
            judgement: Judgement = "changed" if new else "by hand" if old.by_hand else "gone"
            settings = tuple(Setting(prefix + slash + one.name, one.value) for one in new)
            return Verdict(judgement, settings, old.advice(value))
        if own not in self._defaults and not _TRANSPORT.fullmatch(own):
            near = get_close_matches(own, self._defaults, 1, 0.85)
            return Verdict("unknown", (), f"This Postfix knows no {own}." + (f" Is {near[0]} meant?" if near else ""))
        return self._known(name, own, value)

    def service(self, text: str) -> Verdict:
        """What is to be made of an entry of master.cf."""
        fields = text.split(None, 7)
        if len(fields) < 8:
            return Verdict("by hand", (), "A service of master.cf has eight fields.")
        name, kind = self._name(fields[0], fields[1]), fields[1]
        command, _, options = fields[7].partition(" ")
        given = {found[1]: found[2].strip("{}").strip() for found in _OVERRIDE.finditer(options)}
        rest = _OVERRIDE.sub("", options).split()
        kept, why = self._overrides(f"{name}/{kind}", given)
        if name != fields[0]:
            why.append(f"Here the port is called {name}: both names are one port.")
        entry = " ".join([name, *fields[1:7], command, *rest, *(f"-o {_option(*one)}" for one in kept.items())])
        judgement: Judgement = "dangerous" if any(" now " in one for one in why) else "changed" if why else "same"
        return Verdict(judgement, (Setting(f"{name}/{kind}", entry),), " ".join(why))

    def _known(self, name: str, own: str, value: str) -> Verdict:
        why: list[str] = []
        if _RESTRICTIONS.fullmatch(own):
            why = [old.advice("") for old in outdated_restrictions(value)]
            if any(not old.to for old in outdated_restrictions(value)):
                return Verdict("by hand", (), " ".join(why))
            value = renewed_restrictions(value)
        if self._defaults.get(own) in ("yes", "no") and value.lower() in _TRUTH:
            value = _TRUTH[value.lower()]
            why.append("Postfix takes yes and no only.")
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" and not own.endswith("_command"):
            value = value[1:-1]
            why.append("Quotes would be a part of the value.")
        found = danger("postfix", Setting(name, value), advised=True)
        if found is not None:
            better = () if found.better is None else (Setting(name, found.better),)
            return Verdict("dangerous", better, f"It {found.title}. {found.advice}")
        return Verdict("changed" if why else "same", (Setting(name, value),), " ".join(why))

    def _overrides(self, service: str, given: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
        kept: dict[str, str] = {}
        why: list[str] = []
        for parameter, value in given.items():
            verdict = self.parameter(f"{service}/{parameter}", value)
            for one in verdict.settings:
                kept[one.name.rpartition("/")[2]] = one.value or ""
            if verdict.why:
                why.append(f"{parameter}: {verdict.why}")
        if kept.get("smtpd_sasl_auth_enable") == "yes" and not _encrypted(kept):
            kept["smtpd_tls_security_level"] = "encrypt"
            why.append("It took passwords in clear text; now smtpd_tls_security_level is encrypt.")
        return kept, why

    def _name(self, name: str, kind: str) -> str:
        other = _SAME_PORT.get(name, "")
        return other if kind == "inet" and f"{other}/inet" in self._services else name


def _encrypted(own: Mapping[str, str]) -> bool:
    wrapped = "yes" in (own.get("smtpd_tls_wrappermode"), own.get("smtpd_tls_auth_only"))
    return wrapped or own.get("smtpd_tls_security_level") == "encrypt"


def _option(name: str, value: str) -> str:
    return f"{{ {name} = {value} }}" if " " in value else f"{name}={value}"
