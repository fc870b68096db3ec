"""What the installed manuals say of a parameter.

For Postfix that is postconf(5) in ``$manpage_directory``. Dovecot installs no such page: what it has is the comment
above each setting in its example configuration, which packages put under ``/usr/share``.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import takewhile
from pathlib import Path

from mailtui.host.errors import MailtuiError
from mailtui.host.files import read_file
from mailtui.text import clean

EXAMPLES = (
    "/usr/share/dovecot/conf.d/*.conf",
    "/usr/share/doc/dovecot*/example-config/conf.d/*.conf",
    "/usr/share/examples/dovecot*/conf.d/*.conf",
    "/etc/dovecot/conf.d/*.conf",
)
_LARGEST = 8 * 2**20
_HEADING = re.compile(r"^\.SH (\w+) \(default: ", re.MULTILINE)
_FONT = re.compile(r"\\f(?:\[\w*\]|\(\w\w|\w)")
_SIGNS = (("\\(bu", "*"), ("\\-", "-"), ("\\&", ""), ("\\(aq", "'"), ("\\e", "\\"))
_PARAGRAPHS = (".PP", ".IP", ".br", ".sp")
_EVERY_TRANSPORT = "transport"
"""The name under which postconf(5) describes what every transport has of its own."""
_SETTING = re.compile(r"^#?([a-z][a-z0-9_]+) *=")
_SENTENCE = re.compile(r"(?<=[^.]{3}[.!?])\s+(?=[A-Z\"$])")


class Manual:
    """Read when first asked; whatever is not installed says nothing."""

    def __init__(self, manpages: Path, examples: Iterable[str] = EXAMPLES) -> None:
        self._manpages = manpages
        self._examples = tuple(examples)

    def about(self, program: str, name: str) -> str:
        """All that is said of a parameter, paragraphs apart by an empty line; ``""`` where nothing is.

        ``name`` is one as in ``Setting``.
        """
        if program != "postfix":
            return self._dovecot.get(name.rpartition("{")[2].strip(), "")
        parameter = name.rpartition("/")[2]
        of_each = _EVERY_TRANSPORT + parameter[parameter.find("_") :]
        return self._postfix.get(parameter) or self._postfix.get(of_each, "")

    def line(self, program: str, name: str) -> str:
        """The first sentence of it."""
        first = self.about(program, name).partition("\n\n")[0].replace("\n", " ")
        return _SENTENCE.split(first, maxsplit=1)[0]

    @cached_property
    def _postfix(self) -> Mapping[str, str]:
        return troff_sections(_page(self._manpages / "man5" / "postconf.5"))

    @cached_property
    def _dovecot(self) -> Mapping[str, str]:
        said: dict[str, str] = {}
        for pattern in self._examples:
            for file in sorted(Path("/").glob(pattern.lstrip("/"))):
                for name, words in comments(_text(file)).items():
                    said.setdefault(name, words)
        return said


def troff_sections(page: str) -> dict[str, str]:
    """What each section says whose heading is a parameter with its default."""
    starts = list(_HEADING.finditer(page))
    ends = [*(start.start() for start in starts[1:]), len(page)]
    return {start[1]: _plain(page[start.end() : end]) for start, end in zip(starts, ends, strict=False)}


def comments(text: str) -> dict[str, str]:
    """The comment above each setting, and above each that is commented out."""
    said: dict[str, str] = {}
    block: list[str] = []
    for line in map(str.strip, text.splitlines()):
        setting = _SETTING.match(line)
        if setting:
            if block:
                said.setdefault(setting[1], clean(" ".join(block)))
            block = []
        elif line.startswith("# "):
            block.append(line[2:].strip())
        elif line != "#":
            block = []
    return said


def _plain(section: str) -> str:
    lines = section.split("\n")[1:]
    paragraphs = [""]
    for line in takewhile(lambda one: not one.startswith(".SH"), lines):
        macro, _, words = line.partition(" ")
        if not line.startswith("."):
            paragraphs[-1] += _characters(line) + " "
        elif macro in _PARAGRAPHS:
            item = _characters(words.strip('"')).strip(" *")
            paragraphs.append((f"* {item}: " if item else "* ") if macro == ".IP" else "")
    return "\n\n".join(clean(" ".join(one.split())) for one in paragraphs if one.strip(" *"))


def _characters(line: str) -> str:
    for sign, meaning in _SIGNS:
        line = line.replace(sign, meaning)
    return _FONT.sub("", line).strip()


def _page(path: Path) -> str:
    """A page, packed or not."""
    packed = path.with_name(f"{path.name}.gz")
    if not packed.is_file():
        return _text(path)
    try:
        data = read_file(packed, limit=_LARGEST).data
        return zlib.decompressobj(wbits=31).decompress(data, _LARGEST).decode("utf-8", "replace")
    except (MailtuiError, zlib.error):
        return ""


def _text(path: Path) -> str:
    try:
        return read_file(path, limit=_LARGEST).data.decode("utf-8", "replace")
    except MailtuiError:
        return ""
