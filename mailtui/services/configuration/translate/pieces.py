"""A how-to taken apart: which of its lines are Postfix's, which are Dovecot's, and what they set.

How-tos mix files, ``postconf -e`` commands, prompts of a shell and signs of a word processor.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from mailtui.services.configuration.model import Program

LONGEST = 4096
"""Characters of a line; nobody writes longer ones into a configuration."""
DEEPEST = 20
"""Blocks in one another."""
_PROMPT = re.compile(r"^\s*(?:\S*[$#>]\s+)?(?:sudo\s+)?(?=postconf\s)")
_MASTER = re.compile(r"^\S+\s+(?:inet|unix|unix-dgram|fifo|pass)\s+[-yn?]\s+[-yn?]\s+[-yn?]\s")
_ASSIGNMENT = re.compile(r"^\s*([A-Za-z][\w/.-]*)\s*=\s*(.*)$")
_OPEN = re.compile(r"^\s*([^#={}]+?)\s*\{\s*(.*)$")
_SHELL = re.compile(
    r"^\s*(?:\S*[$#>]\s+)?(?:sudo\s+)?(?:/\S+/)?(?:apt|apt-get|dnf|yum|cat|tee|vi|vim|nano|systemctl|service|init\.d/\w+|mkdir|"
    r"chown|chmod|touch|cp|mv|ln|useradd|groupadd|usermod|postmap|postalias|newaliases|openssl|certbot|telnet)\s"
)
_FENCE = re.compile(r"^\s*(?:```.*|<[/\w]+>|EOF|\.\.\.)\s*$")
_PLAIN = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-") | {"\u00a0": " "})
_QUOTES = str.maketrans(dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"') | dict.fromkeys("\u2018\u2019\u201a", "'"))


@dataclass(slots=True)
class Assignment:
    """A parameter and its value, as it stands there."""

    number: int
    name: str
    value: str
    text: str
    program: Program | None = None


@dataclass(slots=True)
class Service:
    """An entry of master.cf in one line."""

    number: int
    text: str


@dataclass(slots=True)
class Block:
    """A block of Dovecot's."""

    number: int
    header: str
    items: list[Assignment | Block] = field(default_factory=list)

    def value(self, name: str) -> str:
        """What is set directly in it; ``""`` where nothing is."""
        return next((one.value for one in self.items if isinstance(one, Assignment) and one.name == name), "")


@dataclass(slots=True)
class Other:
    """A line that sets nothing."""

    number: int
    text: str
    is_command: bool = False
    """Whether it is a command."""


Piece = Assignment | Service | Block | Other
Owner = Callable[[str], Program | None]
"""Whose parameter a name is; None for nobody's or both."""


def pieces(text: str, owner: Owner) -> list[Piece]:
    """In their order. A name that could be anybody's is whose most others are."""
    found: list[Piece] = []
    blocks: list[Block] = []
    for number, line in enumerate(text.translate(_PLAIN).translate(_QUOTES).splitlines(), 1):
        if not line.strip() or _FENCE.match(line):
            continue
        if len(line) > LONGEST:
            found.append(Other(number, f"{line[:60].strip()} …"))
            continue
        if blocks:
            _inside(number, line, blocks)
        elif not _continues(line, found, owner):
            found += _begins(number, line, blocks, owner)
    main = _most(found)
    for one in found:
        if isinstance(one, Assignment) and one.program is None:
            one.program = main
    return found


def _begins(number: int, line: str, blocks: list[Block], owner: Owner) -> Iterator[Piece]:
    command = _PROMPT.match(line)
    opened = _OPEN.match(line)
    assigned = _ASSIGNMENT.match(line)
    if command:
        yield from _of_postconf(number, line[command.end() :], line)
    elif _SHELL.match(line) and not opened and not _MASTER.match(line):
        yield Other(number, line.strip(), is_command=True)
    elif line.lstrip().startswith("#"):
        return
    elif _MASTER.match(line):
        yield Service(number, " ".join(line.split()))
    elif assigned:
        value = _without_comment(assigned[2])
        yield Assignment(number, assigned[1], value, line.strip(), owner(assigned[1]))
    elif opened:
        block = Block(number, " ".join(opened[1].split()))
        yield block
        _open(number, block, opened[2], blocks)
    else:
        yield Other(number, line.strip())


def _continues(line: str, found: Sequence[Piece], owner: Owner) -> bool:
    """Whether a line goes on with what stands before it, as in main.cf and master.cf; then it is added there."""
    last = found[-1] if found else None
    if not line[0].isspace() or line.lstrip().startswith("#"):
        return False
    if isinstance(last, Service):
        last.text += " " + " ".join(_without_comment(line).split())
        return True
    assigned = _ASSIGNMENT.match(line)
    if isinstance(last, Assignment) and last.program != "dovecot" and not (assigned and owner(assigned[1])):
        last.value = f"{last.value} {_without_comment(line.strip())}".strip()
        last.text += " " + line.strip()
        return True
    return False


def _inside(number: int, line: str, blocks: list[Block]) -> None:
    """A line in a block, which may hold more than one sign of it: ``client { mode = 0660 }``."""
    rest = line.strip()
    while rest and not rest.startswith("#"):
        if rest.startswith("}"):
            blocks.pop()
            rest = rest[1:].strip()
            if not blocks:
                return
            continue
        opened, assigned = _OPEN.match(rest), _ASSIGNMENT.match(rest)
        if assigned:
            value, closing = _up_to_closing(assigned[2])
            blocks[-1].items.append(Assignment(number, assigned[1], value, line.strip(), "dovecot"))
            rest = closing
        elif opened and len(blocks) < DEEPEST:
            block = Block(number, " ".join(opened[1].split()))
            blocks[-1].items.append(block)
            blocks.append(block)
            rest = opened[2]
        else:
            return


def _open(number: int, block: Block, rest: str, blocks: list[Block]) -> None:
    blocks.append(block)
    _inside(number, rest, blocks)


def _up_to_closing(value: str) -> tuple[str, str]:
    """A value, and the closing braces behind it that are no part of it."""
    depth = 0
    for place, sign in enumerate(value):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if depth < 0:
            return _without_comment(value[:place]), value[place:]
    return _without_comment(value), ""


def _of_postconf(number: int, command: str, line: str) -> Iterator[Piece]:
    try:
        words = shlex.split(command)[1:]
    except ValueError:
        words = []
    for word in words:
        assigned = _ASSIGNMENT.match(word)
        if assigned and not word.startswith("-"):
            yield Assignment(number, assigned[1], assigned[2].strip(), line.strip(), "postfix")


def _without_comment(value: str) -> str:
    return value.strip() if "{" in value else re.split(r"\s#", f" {value}", maxsplit=1)[0].strip()


def _most(found: Sequence[Piece]) -> Program | None:
    counts: dict[Program, int] = {"postfix": 0, "dovecot": 0}
    for one in found:
        program = one.program if isinstance(one, Assignment) else "postfix" if isinstance(one, Service) else None
        program = "dovecot" if isinstance(one, Block) else program
        if program:
            counts[program] += 1
    if counts["postfix"] == counts["dovecot"]:
        return None
    return "postfix" if counts["postfix"] > counts["dovecot"] else "dovecot"
