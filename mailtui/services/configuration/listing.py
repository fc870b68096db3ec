"""Every parameter of both programs: its default, what is written and where, and what holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mailtui.host.errors import MailtuiError
from mailtui.host.files import read_file
from mailtui.host.tools import Tools
from mailtui.services.configuration.cf_text import Logical, logical_lines
from mailtui.services.configuration.dovecot_read import settings
from mailtui.services.configuration.dovecot_text import Place, main_file, read_sources
from mailtui.services.configuration.model import Program
from mailtui.services.configuration.secrecy import shown
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig, pairs
from mailtui.text import clean


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. All text is cleaned for display; what may be a secret is hidden."""

    program: Program
    name: str
    """As in ``Setting``."""
    default: str
    """What would hold if nothing were written: of a service's own parameter, main.cf's value."""
    written: str | None
    """As it stands in a file; None where nothing is written."""
    value: str
    """What holds, with every ``$name`` replaced."""
    place: str = ""
    """File and line where it is written."""

    @property
    def changed(self) -> bool:
        """Whether what is written is something else than the default."""
        return self.written is not None and self.value != self.default


class Listing:
    """Reads the parameters anew each time. Raises what ``Tools.run`` raises."""

    def __init__(self, tools: Tools, postfix: PostfixConfig, dovecot: DovecotConfig) -> None:
        self._tools = tools
        self._postfix = postfix
        self._dovecot = dovecot

    def postfix(self) -> tuple[Parameter, ...]:
        """main.cf's, and those that services of master.cf have of their own."""
        folder = Path(self._postfix.again().get("config_directory"))
        values, written = self._postconf("-x"), self._postconf("-n")
        defaults = self._postconf("-d")
        places = {one.name: one for one in _logical(folder / "main.cf")}
        found = [
            Parameter(
                "postfix",
                clean(name),
                _shown(name, defaults.get(name, "")),
                _shown(name, written[name]) if name in written else None,
                _shown(name, value),
                _place(folder / "main.cf", places[name].number) if name in places else "",
            )
            for name, value in {**written, **values}.items()
        ]
        return (*found, *self._overrides(folder / "master.cf", values))

    def dovecot(self) -> tuple[Parameter, ...]:
        """All settings, those in blocks too."""
        defaults = dict(settings(self._doveconf("-d")))
        written = dict(settings(self._doveconf("-n")))
        places = _places(main_file(self._dovecot))
        found = []
        for name, value in settings(self._doveconf("-a")):
            place = places.get(name)
            found.append(
                Parameter(
                    "dovecot",
                    clean(name),
                    _shown(name, defaults.get(name, "")),
                    _shown(name, value) if place or name in written else None,
                    _shown(name, value),
                    _place(place.file, place.line + 1) if place else "",
                )
            )
        return tuple(found)

    def _overrides(self, file: Path, main: Mapping[str, str]) -> Iterator[Parameter]:
        entries = {tuple(one.text.split(None, 2)[:2]): one for one in _logical(file)}
        values = self._postconf("-Px")
        for name, written in self._postconf("-P").items():
            service, _, parameter = name.rpartition("/")
            entry = entries.get(tuple(service.rsplit("/", 1)))
            yield Parameter(
                "postfix",
                clean(name),
                _shown(parameter, main.get(parameter, "")),
                _shown(parameter, written),
                _shown(parameter, values.get(name, written)),
                _place(file, entry.line_of(parameter)) if entry else "",
            )

    def _postconf(self, option: str) -> dict[str, str]:
        return pairs(self._tools.run(["postconf", *self._postfix.where, option]).text)

    def _doveconf(self, option: str) -> str:
        return self._tools.run(["doveconf", *self._dovecot.where, option, "-P"]).text


def _logical(file: Path) -> Iterator[Logical]:
    try:
        return logical_lines(read_file(file).data.decode("utf-8", "surrogateescape"))
    except MailtuiError:
        return iter(())


def _places(file: Path) -> dict[str, Place]:
    """Where settings stand; nothing for a reader who may not see all files."""
    try:
        return read_sources(file).places()
    except MailtuiError:
        return {}


def _shown(name: str, value: str) -> str:
    return clean(shown(name, value))


def _place(file: Path, line: int) -> str:
    return f"{clean(str(file))}:{line}"
