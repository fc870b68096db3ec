"""Roundcube's configuration: PHP assignments to ``$config`` (before 1.0 ``$rcmail_config``), read and never run.

Only values that stand there as they are count; what PHP would have to work out is no value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDERS = (
    "etc/roundcube",
    "etc/roundcubemail",
    "var/www/roundcube*",
    "var/www/html/roundcube*",
    "var/www/*/roundcube*",
    "var/lib/roundcube",
    "usr/share/roundcube*",
    "opt/roundcube*",
    "srv/www/roundcube*",
)
"""Where distributions and people put it, below the root."""
FILES = ("config.inc.php", "config/config.inc.php", "config/main.inc.php", "main.inc.php")
_LONGEST = 2**20
_TOKEN = re.compile(
    r"//[^\n]*|\#[^\n]*|/\*.*?\*/|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|.",
    re.DOTALL,
)
_ASSIGNED = re.compile(r"\$(?:rcmail_)?config\[\s*(?P<name>'[^']+'|\"[^\"]+\")\s*\]\s*=\s*(?P<value>[^;]*);", re.DOTALL)
_STRING = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\$]|\\.)*)\"", re.DOTALL)
_TRUSTING = re.compile(r"verify_peer(?:_name)?['\"]\s*=>\s*false|allow_self_signed['\"]\s*=>\s*true", re.IGNORECASE)
_KEY = re.compile(r"(?:'[^']*'|\"[^\"]*\")\s*=>\s*")


@dataclass(frozen=True, slots=True)
class Roundcube:
    """One installation."""

    file: Path
    """Its configuration."""
    settings: Mapping[str, str]
    """Single values; ``true`` and ``false`` as words."""
    lists: Mapping[str, tuple[str, ...]]
    """Arrays: their values that are strings."""
    trusting: frozenset[str] = frozenset()
    """Arrays that switch off verifying certificates or their names."""

    @property
    def folder(self) -> Path:
        """The folder of the program, or of the configuration where that lies apart."""
        return self.file.parent.parent if self.file.parent.name == "config" else self.file.parent

    def get(self, *names: str) -> str:
        """The first of these settings that has a value."""
        return next((self.settings[name] for name in names if self.settings.get(name)), "")


def installations(root: Path = Path("/")) -> Iterator[Roundcube]:
    """Every installation found in the usual places, each once; one that may not be read is left out."""
    seen: set[Path] = set()
    for pattern in FOLDERS:
        for folder in sorted(root.glob(pattern)):
            for name in FILES:
                try:
                    file = (folder / name).resolve(strict=True)
                    if file in seen:
                        continue
                    text = file.read_bytes()[:_LONGEST].decode("utf-8", "replace")
                except (OSError, RuntimeError):
                    continue
                seen.add(file)
                yield parse(file, text)


def parse(file: Path, text: str) -> Roundcube:
    """What a file sets; the last assignment counts."""
    settings: dict[str, str] = {}
    lists: dict[str, tuple[str, ...]] = {}
    trusting: set[str] = set()
    for found in _ASSIGNED.finditer(_without_comments(text)):
        name, value = found["name"][1:-1], found["value"].strip()
        if value.startswith(("[", "array")):
            lists[name] = tuple(map(_unquoted, _STRING.finditer(_KEY.sub("", value))))
            (trusting.add if _TRUSTING.search(value) else trusting.discard)(name)
        elif whole := _STRING.fullmatch(value):
            settings[name] = _unquoted(whole)
        elif re.fullmatch(r"\w+", value):
            settings[name] = value.lower() if value.lower() in ("true", "false", "null") else value
    return Roundcube(file, settings, lists, frozenset(trusting))


def _without_comments(text: str) -> str:
    tokens = (found[0] for found in _TOKEN.finditer(text))
    return "".join("" if token[0] == "#" or token[:2] in ("//", "/*") else token for token in tokens)


def _unquoted(found: re.Match[str]) -> str:
    return re.sub(r"\\(.)", r"\1", found[1] if found[1] is not None else found[2])
