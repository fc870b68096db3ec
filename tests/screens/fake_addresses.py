"""The way of one address, as invented."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from mailtui.host.errors import MailtuiError
from mailtui.services.postfix.addresses.model import Final, Resolution, Step

_HASH = "hash:/etc/postfix/virtual"
_FILE = "/etc/postfix/virtual"
BOSS = Resolution(
    "boss@shop.example",
    "virtual alias",
    True,
    "250 2.1.5 Ok",
    (
        Step("recipient", "virtual_alias_domains", "shop.example", "shop.example", "virtual alias"),
        Step("recipient", "virtual_alias_maps", _HASH, "boss@shop.example", "info@shop.example", _FILE, 7),
        Step("rewriting", "virtual_alias_maps", _HASH, "boss@shop.example", "info@shop.example", _FILE, 7),
        Step("rewriting", "virtual_alias_maps", _HASH, "info@shop.example", "anna@shop.example", _FILE, 2),
        Step("rewriting", "virtual_alias_maps", _HASH, "anna@shop.example", None),
        Step("rewriting", "virtual_alias_maps", _HASH, "@shop.example", None),
    ),
    (Final("anna@shop.example", "error", "5.1.1 User unknown", problem="5.1.1 User unknown in virtual alias table"),),
)
"""An alias that leads to nobody."""
CIRCLE = replace(
    BOSS,
    steps=(
        Step("rewriting", "virtual_alias_maps", _HASH, "boss@shop.example", "info@shop.example", _FILE, 7),
        Step("rewriting", "virtual_alias_maps", _HASH, "info@shop.example", "boss@shop.example", _FILE, 3),
    ),
    problem="boss@shop.example leads in a circle",
)
FINE = replace(BOSS, final=())


@dataclass
class FakeResolver:
    found: Resolution = BOSS
    fails: MailtuiError | None = None
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    def resolve(self, address: str, sender: str = "", client: str = "") -> Resolution:
        self.asked.append((address, sender, client))
        if self.fails:
            raise self.fails
        return self.found
