"""Every mail domain has a postmaster whom mail reaches."""

from __future__ import annotations

from typing import cast

from mailtui.services.checks.roles import roles
from mailtui.services.postfix.addresses.model import Final, Resolution
from mailtui.services.postfix.addresses.resolver import Resolver


class _Resolver:
    """Knows what becomes of some addresses, and takes all others."""

    def __init__(self, **found: Resolution) -> None:
        self._found = {name.replace("_", "@", 1).replace("_", "."): one for name, one in found.items()}

    def resolve(self, address: str, sender: str = "", client: str = "") -> Resolution:
        taken = Resolution(address, "virtual alias", True, "250 2.1.5 Ok", (), (Final("a@b.example", "smtp", ""),))
        return self._found.get(address, taken)


def _refused(address: str) -> Resolution:
    return Resolution(address, "virtual alias", False, f"550 5.1.1 <{address}>: User unknown")


def test_a_postmaster_that_is_refused_is_a_warning_an_abuse_a_notice() -> None:
    resolver = _Resolver(
        postmaster_shop_example=_refused("postmaster@shop.example"), abuse_shop_example=_refused("abuse@shop.example")
    )
    found = roles(("shop.example", "fine.example"), cast(Resolver, resolver))
    assert [(one.id, one.severity) for one in found] == [
        ("role.postmaster:shop.example", "warning"),
        ("role.abuse:shop.example", "notice"),
    ]
    assert "User unknown" in found[0].evidence[0]


def test_one_that_is_taken_and_reaches_nobody_counts_too() -> None:
    final = Final("gone@shop.example", "lmtp", "", problem="Dovecot knows no user gone@shop.example")
    lost = Resolution("postmaster@shop.example", "virtual alias", True, "250 2.1.5 Ok", (), (final,))
    found = roles(("shop.example",), cast(Resolver, _Resolver(postmaster_shop_example=lost)))
    assert [one.evidence for one in found] == [("Dovecot knows no user gone@shop.example",)]


def test_where_all_is_well_nothing_is_said() -> None:
    assert roles(("shop.example",), cast(Resolver, _Resolver())) == ()
