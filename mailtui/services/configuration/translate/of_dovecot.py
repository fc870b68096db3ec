"""Single settings of Dovecot out of a how-to, of whichever version, for the one that is installed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mailtui.services.configuration.dangers import danger
from mailtui.services.configuration.dovecot_names import Renamed, chain
from mailtui.services.configuration.model import Setting
from mailtui.services.configuration.translate.location import new_variables, split_location
from mailtui.services.configuration.translate.model import Verdict
from mailtui.services.configuration.translate.sieve import scripts

_PROTOCOLS = {"imaps": "imap", "pop3s": "pop3", "managesieve": "sieve", "none": ""}


class OfDovecot:
    """Judges for one Dovecot: the names it knows, and whether it is 2.4 or later."""

    def __init__(self, known: Collection[str], *, new: bool) -> None:
        self._known = known
        self.new = new

    def knows(self, name: str) -> bool:
        """Whether a name is or was a setting, in any version."""
        return name in self._known or any(chain(name, self.new)) or any(chain(name, not self.new))

    def setting(self, blocks: Sequence[str], name: str, value: str) -> Verdict:
        """What is to be made of a setting that stands in these blocks."""
        if name == "protocols":
            return self._protocols(value)
        if name == "mail_plugins" and self.new and "$mail_plugins" in value:
            plugins = [one for one in value.split() if one != "$mail_plugins"]
            new = tuple(_setting([*blocks, "mail_plugins"], plugin, "yes") for plugin in plugins)
            return Verdict("changed", new, "Since 2.4 plugins are added in a block.")
        found = scripts(name, value) if self.new and list(blocks) == ["plugin"] else ()
        if found:
            return Verdict("changed", found, "Since 2.4 each script is a block.")
        changes = list(chain(name, self.new))
        if not changes:
            return self._today(blocks, name, value)
        return self._changed(blocks, changes, value)

    def _changed(self, blocks: Sequence[str], changes: Sequence[Renamed], value: str) -> Verdict:
        why = " ".join(one.advice for one in changes)
        new: str | None = value
        for number, one in enumerate(changes):
            if one.how == "location" and new is not None:
                parts = split_location(new)
                settings = tuple(_setting(blocks, *part) for part in parts.items()) if parts else ()
                return Verdict("changed" if parts else "by hand", settings, why)
            if one.how == "gone" or (not one.to and number == len(changes) - 1 and one.how != "by_hand"):
                return Verdict("gone", (), why)
            new = one.value(new) if new is not None else None
        if new is None:
            return Verdict("by hand", (), why)
        verdict = self._today(blocks, changes[-1].to, new)
        if verdict.judgement in ("dangerous", "unknown"):
            return verdict
        return Verdict("changed", verdict.settings, why)

    def _today(self, blocks: Sequence[str], name: str, value: str) -> Verdict:
        plugin = bool(blocks) and blocks[0] == "plugin"
        if not self._has(blocks, name) and not (plugin and not self.new):
            return Verdict("unknown", (), f"This Dovecot knows no {name}.")
        new = new_variables(value) if self.new else value
        setting = _setting(() if plugin and self.new else blocks, name, new)
        found = danger("dovecot", setting, advised=True)
        if found is not None:
            better = () if found.better is None else (Setting(setting.name, found.better),)
            return Verdict("dangerous", better, f"It {found.title}. {found.advice}")
        if plugin and self.new:
            return Verdict("changed", (setting,), "Since 2.4 the settings of plugins stand in no block.")
        if new != value:
            return Verdict("changed", (setting,), "Since 2.4 variables are written so.")
        return Verdict("same", (setting,))

    def _has(self, blocks: Sequence[str], name: str) -> bool:
        """Whether this Dovecot knows a setting there: of a block ``service x`` as ``service_…``, too."""
        kinds = [block.partition(" ")[0] for block in blocks[-1:]]
        return name in self._known or any(f"{kind}_{name}" in self._known for kind in kinds)

    def _protocols(self, value: str) -> Verdict:
        words = value.replace(",", " ").split()
        new = " ".join(dict.fromkeys(filter(None, (_PROTOCOLS.get(word, word) for word in words))))
        if new == value:
            return Verdict("same", (Setting("protocols", new),))
        why = "imaps and pop3s are listeners since 2.0, and open wherever TLS is on; managesieve is sieve."
        return Verdict("changed", (Setting("protocols", new),) if new else (), why)


def _setting(blocks: Sequence[str], name: str, value: str) -> Setting:
    return Setting(" { ".join([*blocks, name]), value)
