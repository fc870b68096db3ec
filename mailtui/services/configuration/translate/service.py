"""``Translator``: a how-to judged and translated for the Postfix and the Dovecot that are installed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from importlib.resources import files

from mailtui.host.errors import MailtuiError
from mailtui.host.tools import Tools
from mailtui.services.configuration.dovecot_read import settings
from mailtui.services.configuration.dovecot_text import path_of
from mailtui.services.configuration.model import PROGRAMS, Program, Setting
from mailtui.services.configuration.translate.databases import auth_default, database
from mailtui.services.configuration.translate.model import Judged, Translation, Verdict
from mailtui.services.configuration.translate.of_dovecot import OfDovecot
from mailtui.services.configuration.translate.of_postfix import OfPostfix
from mailtui.services.configuration.translate.pieces import Assignment, Block, Piece, Service, pieces
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig, pairs
from mailtui.text import clean

_SIGNS = re.compile(r"[={}]")
"""Lines without them are prose between the others."""
Told = tuple[int, str, Program | None, Verdict]


class Translator:
    """Reads both configurations when it is made. For a program that cannot be asked nothing is translated."""

    def __init__(self, tools: Tools, postfix: PostfixConfig, dovecot: DovecotConfig) -> None:
        self._silent: dict[Program | None, str] = {}
        self._postfix, self._dovecot = OfPostfix({}, ()), OfDovecot((), new=False)
        try:
            self._postfix = _of_postfix(tools, postfix)
        except MailtuiError as error:
            self._silent["postfix"] = error.message
        try:
            self._dovecot = _of_dovecot(tools, dovecot)
        except MailtuiError as error:
            self._silent["dovecot"] = error.message

    def translate(self, text: str) -> Translation:
        """Every line that sets something, in order, and what to set."""
        told = [self._if_asked(*one) for piece in pieces(text, self._owner) for one in self._judged(piece)]
        wanted: dict[Program, dict[str, Setting]] = {program: {} for program in PROGRAMS}
        for _, _, program, verdict in told:
            for setting in verdict.settings if program else ():
                wanted[program or "postfix"][setting.name] = setting
        return Translation(
            tuple(_line(*one) for one in told),
            {program: tuple(found.values()) for program, found in wanted.items() if found},
        )

    def _if_asked(self, number: int, text: str, program: Program | None, verdict: Verdict) -> Told:
        """The same; that nothing is known where the program could not be asked."""
        why = self._silent.get(program)
        return number, text, program, Verdict("unknown", (), f"Nothing is known of it here: {why}") if why else verdict

    def _owner(self, name: str) -> Program | None:
        own = name.rpartition("/")[2]
        of_postfix, of_dovecot = self._postfix.knows(own), self._dovecot.knows(own)
        if of_postfix == of_dovecot:
            return None
        return "postfix" if of_postfix else "dovecot"

    def _judged(self, piece: Piece) -> Iterator[Told]:
        if isinstance(piece, Assignment):
            yield piece.number, piece.text, piece.program, self._assignment(piece)
        elif isinstance(piece, Service):
            yield piece.number, piece.text, "postfix", self._postfix.service(piece.text)
        elif isinstance(piece, Block):
            for number, text, verdict in self._block((), piece):
                yield number, text, "dovecot", verdict
        elif piece.is_command:
            yield piece.number, piece.text, None, Verdict("by hand", (), "A command of the shell: it is not run here.")
        elif _SIGNS.search(piece.text) or self._known(piece.text.split(maxsplit=1)[0]):
            yield (
                piece.number,
                piece.text,
                None,
                Verdict("unknown", (), "It sets nothing: is there an = or a brace missing?"),
            )

    def _known(self, name: str) -> bool:
        return self._postfix.knows(name) or self._dovecot.knows(name)

    def _assignment(self, piece: Assignment) -> Verdict:
        if piece.program == "postfix":
            return self._postfix.parameter(piece.name, piece.value)
        if piece.program == "dovecot":
            return self._dovecot.setting((), piece.name, piece.value)
        return Verdict("unknown", (), "Neither program has a parameter of this name, or both have.")

    def _block(self, outside: Sequence[str], block: Block) -> Iterator[tuple[int, str, Verdict]]:
        if block.header.startswith("auth ") and not outside:
            yield from auth_default(block, new=self._dovecot.new)
            return
        made = database(block, new=self._dovecot.new) if not outside else None
        if made is not None:
            yield block.number, f"{block.header} {{ … }}", made
            return
        blocks = [*outside, _header(block.header)]
        if not block.items:
            yield block.number, f"{block.header} {{ }}", Verdict("by hand", (), "An empty block sets nothing.")
        for one in block.items:
            if isinstance(one, Block):
                yield from self._block(blocks, one)
            else:
                yield one.number, one.text, self._dovecot.setting(blocks, one.name, one.value)


def _header(header: str) -> str:
    """A block's header as this Dovecot writes it."""
    return {"protocol managesieve": "protocol sieve"}.get(header, header)


def _line(number: int, text: str, program: Program | None, verdict: Verdict) -> Judged:
    becomes = tuple(_written(program, one) for one in verdict.settings)
    return Judged(number, clean(text), program, verdict.judgement, becomes, clean(verdict.why))


def _written(program: Program | None, setting: Setting) -> str:
    """A setting as it would be written, on one line."""
    if program == "postfix":
        service = setting.name.count("/") == 1
        return clean(setting.value or "" if service else f"{setting.name} = {setting.value}")
    *blocks, name = path_of(setting.name)
    return clean("".join(f"{one} {{ " for one in blocks) + f"{name} = {setting.value}" + " }" * len(blocks))


def _of_postfix(tools: Tools, postfix: PostfixConfig) -> OfPostfix:
    defaults = pairs(tools.run(["postconf", *postfix.where, "-d"]).text)
    return OfPostfix(defaults, [f"{one.name}/{one.type}" for one in postfix.services])


def _of_dovecot(tools: Tools, dovecot: DovecotConfig) -> OfDovecot:
    said = dovecot.everything("-a") + tools.run(["doveconf", "-d"]).text
    paths = [path_of(name) for name, _ in settings(said)]
    known = {path[-1] for path in paths} | {part for path in paths for part in path if " " not in part}
    new = dovecot.new_names
    return OfDovecot(known if new else known | _in_blocks(), new=new)


def _in_blocks() -> frozenset[str]:
    """Settings of blocks that doveconf(1) up to 2.3 does not show while there is no such block."""
    return frozenset(json.loads(files(__package__).joinpath("in_blocks.json").read_text(encoding="utf-8")))
