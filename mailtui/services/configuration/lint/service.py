"""``Lint``: everything that is wrong with the configuration of both programs, read anew each time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from mailtui.findings import Finding
from mailtui.host.errors import HostError, MailtuiError, PermissionDenied
from mailtui.host.files import read_file
from mailtui.host.tools import Tools
from mailtui.services.configuration.dangers import Danger, danger
from mailtui.services.configuration.dovecot_text import Sources, main_file, read_sources
from mailtui.services.configuration.lint import dovecot as dovecot_lint
from mailtui.services.configuration.lint.complaints import complaint_findings
from mailtui.services.configuration.lint.limits import limit_findings
from mailtui.services.configuration.lint.main_text import main_findings
from mailtui.services.configuration.lint.master_services import service_findings
from mailtui.services.configuration.lint.master_text import master_findings
from mailtui.services.configuration.lint.unread import unread
from mailtui.services.configuration.lint.values import value_findings
from mailtui.services.configuration.lint.words import danger_finding, finding
from mailtui.services.configuration.model import Setting
from mailtui.services.configuration.outdated import outdated_parameter, outdated_restrictions
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig, pairs
from mailtui.text import clean

_LEVEL = "3.6"
"""The highest compatibility level that changes a default (COMPATIBILITY_README)."""
_LEVELS = re.compile(r"\d+(\.\d+){0,2}", re.ASCII)
_RESTRICTIONS = re.compile(r"smtpd_\w+_restrictions")


class Lint:
    """Looks and changes nothing."""

    def __init__(self, tools: Tools, postfix: PostfixConfig, dovecot: DovecotConfig) -> None:
        self._tools = tools
        self._postfix = postfix
        self._dovecot = dovecot

    def findings(self) -> tuple[Finding, ...]:
        """All of both; what cannot be read at all is a finding, too."""
        return (*self.postfix(), *self.dovecot())

    def postfix(self) -> tuple[Finding, ...]:
        """main.cf and master.cf. Raises what ``Tools.run`` raises where Postfix is not installed."""
        postfix = self._postfix.again()
        defaults, said = self._defaults(postfix)
        folder = self._folder(postfix, defaults)
        found = [
            *main_findings(str(folder / "main.cf"), _text(folder / "main.cf"), defaults.__contains__),
            *master_findings(str(folder / "master.cf"), _text(folder / "master.cf")),
            *complaint_findings(said or self._said(postfix), defaults),
        ]
        if not any(one.id.startswith("configuration.refused:") for one in found):
            found += chain(self._values(postfix, defaults), self._outdated(postfix, defaults), self._level(postfix))
            found += chain(service_findings(postfix), limit_findings(postfix))
            found += unread("postfix", postfix.pid_file, (folder / "main.cf", folder / "master.cf"))
        return _each_once(found)

    def dovecot(self) -> tuple[Finding, ...]:
        """Dovecot's configuration. Raises what ``Tools.run`` raises where Dovecot is not installed."""
        dovecot = self._dovecot.again()
        said = self._tools.run(["doveconf", *dovecot.where, "-n"], check=False)
        _refuse_blindness(said.code, said.error_text)
        sources = self._sources(dovecot)
        tested = self._tools.run(dovecot.test(), check=False) if said.code == 0 else said
        found = list(dovecot_lint.refusals(tested.error_text, tested.code, dovecot.new_names))
        if said.code == 0:
            found += dovecot_lint.dangers(said.text, sources)
        if sources is not None:
            found += dovecot_lint.set_again(sources)
        if sources is not None and said.code == 0:
            found += unread("dovecot", dovecot.pid_file, sources.texts)
        return _each_once(found)

    def _defaults(self, postfix: PostfixConfig) -> tuple[dict[str, str], str]:
        """What holds where nothing is written; and what is said where master.cf cannot be read, which ends that."""
        read = self._tools.run(["postconf", *postfix.where, "-d"], check=False)
        if read.code == 0:
            return pairs(read.text), ""
        _refuse_blindness(read.code, read.error_text)
        with TemporaryDirectory(prefix="mailtui-") as empty:
            return pairs(self._tools.run(["postconf", "-c", empty, "-d"]).text), read.error_text

    def _folder(self, postfix: PostfixConfig, defaults: Mapping[str, str]) -> Path:
        return Path(postfix.where[1] if postfix.where else defaults["config_directory"])

    def _said(self, postfix: PostfixConfig) -> str:
        """Everything that postconf complains of, up to what it ends at, which takes it a second each time."""
        said = ""
        for option in ("-n", "-M", "-P"):
            read = self._tools.run(["postconf", *postfix.where, option], check=False)
            said += read.error_text
            if read.code:
                break
        return said

    def _values(self, postfix: PostfixConfig, defaults: Mapping[str, str]) -> Iterator[Finding]:
        yield from value_findings(postfix, defaults)
        for name, value in _set(postfix):
            setting = Setting(name, value)
            found = danger("postfix", setting)
            if found is not None and _counts(found, postfix):
                yield danger_finding("postfix", setting, found, f"{name} = {value}")

    def _outdated(self, postfix: PostfixConfig, defaults: Mapping[str, str]) -> Iterator[Finding]:
        for name, value in _set(postfix):
            parameter = name.rpartition("/")[2]
            old = outdated_parameter(parameter)
            if old is not None and not old.gone and (not old.to or old.to in defaults):
                fix = ("mailtui", "config", "replace", "postfix", name)
                possible = old.settings(value, old.to in postfix.set_here) is not None
                yield finding(
                    "outdated", name, f"{name} = {value}", advice=old.advice(value), fix=fix if possible else ()
                )
            if _RESTRICTIONS.fullmatch(parameter):
                for word in outdated_restrictions(value):
                    kind = "useless" if word.gone else "outdated"
                    yield finding(kind, word.name, f"{name} = {value}", advice=word.advice(""))

    def _level(self, postfix: PostfixConfig) -> Iterator[Finding]:
        level = postfix.get("compatibility_level")
        if _LEVELS.fullmatch(level) and _numbers(level) < _numbers(_LEVEL):
            yield finding("level", "compatibility_level", f"compatibility_level = {level}", level=_LEVEL)

    def _sources(self, dovecot: DovecotConfig) -> Sources | None:
        try:
            return read_sources(main_file(dovecot))
        except MailtuiError:
            return None  # doveconf has said the same, or an ordinary user may not read all of it


def _numbers(level: str) -> tuple[int, ...]:
    """3.10 comes after 3.6."""
    return tuple(map(int, level.split(".")))


def _set(postfix: PostfixConfig) -> Iterator[tuple[str, str]]:
    """What is set in main.cf and for the services of master.cf."""
    yield from postfix.set_here.items()
    for service in postfix.services:
        for name, value in service.overrides:
            yield f"{service.name}/{service.type}/{name}", value


def _counts(found: Danger, postfix: PostfixConfig) -> bool:
    """Whether what a danger needs is so."""
    name, _, value = found.needs.partition("=")
    if not value:
        return name not in postfix.set_here
    return any(
        one.rpartition("/")[2] == name and there == value for one, there in (*_set(postfix), (name, postfix.get(name)))
    )


def _text(file: Path) -> str:
    try:
        return read_file(file).data.decode("utf-8", "surrogateescape")
    except HostError:
        return ""  # postconf says why


def _refuse_blindness(code: int, said: str) -> None:
    """Raises PermissionDenied where a program ended because this user may not read a file: nothing is wrong with it."""
    if code and "Permission denied" in said:
        raise PermissionDenied(clean(said.strip().splitlines()[-1]), unlock="run mailtui with sudo")


def _each_once(found: list[Finding]) -> tuple[Finding, ...]:
    return tuple({one.id: one for one in reversed(found)}.values())[::-1]
