"""What to set for names of old: parameters that are written under one, led to what has replaced them."""

from __future__ import annotations

from collections.abc import Sequence

from mailtui.host.errors import UsageError
from mailtui.services.configuration.dovecot_names import chain
from mailtui.services.configuration.dovecot_text import main_file, read_sources
from mailtui.services.configuration.model import Program, Setting
from mailtui.services.configuration.outdated import outdated_parameter
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.text import clean

_WHICH = "mailtui config check tells what can be replaced"


class Replacing:
    """Makes settings of one machine's outdated ones. Raises UsageError where a person has to decide."""

    def __init__(self, postfix: PostfixConfig, dovecot: DovecotConfig) -> None:
        self._postfix = postfix
        self._dovecot = dovecot

    def settings(self, program: Program, names: Sequence[str]) -> tuple[Setting, ...]:
        """The new ones, and the old ones taken away."""
        made = self._of_postfix(names) if program == "postfix" else self._of_dovecot(names)
        return tuple({one.name: one for one in made}.values())

    def _of_postfix(self, names: Sequence[str]) -> list[Setting]:
        postfix = self._postfix.again()
        written = dict(postfix.set_here)
        for service in postfix.services:
            written |= {f"{service.name}/{service.type}/{name}": value for name, value in service.overrides}
        found: list[Setting] = []
        for name in sorted(names, key=lambda one: "_enforce_" not in one):  # the stricter of two wins
            service_name, slash, parameter = name.rpartition("/")
            prefix = service_name + slash
            old = outdated_parameter(parameter)
            if old is None or name not in written:
                raise UsageError(f"{clean(name)} is not set, or nothing has replaced it", unlock=_WHICH)
            taken = prefix + old.to in (*written, *(one.name for one in found))
            new = old.settings(written[name], taken)
            if new is None:
                raise UsageError(f"{clean(name)} has to be replaced by hand", unlock=old.advice(written[name]))
            found += [Setting(prefix + one.name, one.value) for one in new]
        return found

    def _of_dovecot(self, names: Sequence[str]) -> list[Setting]:
        written = {name: value for name, _, value in read_sources(main_file(self._dovecot)).assignments()}
        found: list[Setting] = []
        for name in names:
            *blocks, own = name.split(" { ")
            value: str | None = written.get(name)
            path = list(chain(own, self._dovecot.new_names))
            if value is None or not path:
                raise UsageError(f"{clean(name)} is not set, or nothing has replaced it", unlock=_WHICH)
            for one in path:
                own, value = one.to, one.value(value) if value is not None else None
            if own and value is None:
                raise UsageError(f"{clean(name)} has to be replaced by hand", unlock=path[-1].advice)
            found += [Setting(name, None), *((Setting(" { ".join([*blocks, own]), value),) if own else ())]
        return found
