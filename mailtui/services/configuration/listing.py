"""Every parameter of both programs: its default, what is written and where, and what holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from mailtui.host.errors import MailtuiError
from mailtui.host.files import read_file
from mailtui.host.tools import Tools
from mailtui.services.configuration.cf_text import Logical, logical_lines
from mailtui.services.configuration.dovecot_read import settings
from mailtui.services.configuration.dovecot_text import Place, key, main_file, read_sources
from mailtui.services.configuration.manual import Manual
from mailtui.services.configuration.model import Program
from mailtui.services.configuration.secrecy import shown
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig, pairs
from mailtui.text import clean

_MANPAGES = Path("/usr/share/man")


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
    about: str = ""
    """The first sentence of the manual about it."""

    @property
    def changed(self) -> bool:
        """Whether what is written is something else than the default."""
        return self.written is not None and self.default not in (self.written, self.value)

    def contains(self, words: Iterable[str]) -> bool:
        """Whether each word, in either case, stands in its name, its value, its default or in what the manual says."""
        text = "\n".join((self.name, self.value, self.written or "", self.default, self.about)).casefold()
        return all(word.casefold() in text for word in words)


class Listing:
    """Reads the parameters anew each time. Raises what ``Tools.run`` raises."""

    def __init__(self, tools: Tools, postfix: PostfixConfig, dovecot: DovecotConfig) -> None:
        self._tools = tools
        self._postfix = postfix
        self._dovecot = dovecot

    def of(self, program: Program) -> tuple[Parameter, ...]:
        """Those of one program, with what the manual says."""
        found = self.postfix() if program == "postfix" else self.dovecot()
        return tuple(replace(one, about=self._manual.line(program, one.name)) for one in found)

    def about(self, parameter: Parameter) -> str:
        """All that the manual says of one, paragraphs apart by an empty line; ``""`` where nothing is installed."""
        return self._manual.about(parameter.program, parameter.name)

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
        defaults = {key(name): (name, value) for name, value in settings(self._dovecot.everything("-d", "-P"))}
        values = {key(name): (name, value) for name, value in settings(self._dovecot.everything("-a", "-P"))}
        written = {key(name) for name, _ in settings(self._dovecot.again().text)}
        places = _places(main_file(self._dovecot))
        found = []
        for one in (*values, *(one for one in defaults if one not in values)):
            name, value = values.get(one) or defaults[one]
            place = places.get(one)
            name = defaults[one][0] if one in defaults else name
            found.append(
                Parameter(
                    "dovecot",
                    clean(name),
                    _shown(name, defaults[one][1] if one in defaults else ""),
                    _shown(name, value) if place or one in written else None,
                    _shown(name, value),
                    _place(place.file, place.line + 1) if place else "",
                )
            )
        return tuple(found)

    @cached_property
    def _manual(self) -> Manual:
        try:
            return Manual(Path(self._postfix.get("manpage_directory")))
        except MailtuiError:
            return Manual(_MANPAGES)

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
