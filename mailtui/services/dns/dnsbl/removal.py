"""Taking a list out of the restrictions or of ``postscreen_dnsbl_sites``, and leaving all else as it was written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from mailtui.services.dns.dnsbl.model import is_paid

POSTSCREEN = "postscreen_dnsbl_sites"

Written = Callable[[str], str | None]
"""What is written for a parameter, or for ``service/type/parameter``."""


def removing(zone: str, places: Iterable[str], written: Written) -> tuple[str, ...]:
    """The command that takes ``zone`` out; none where it stands in a value that something else is written for.

    Nor where a list of the same value is paid for: its name holds a key, which is not to be shown.
    """
    settings = []
    for place in dict.fromkeys(places):
        before = written(place) or ""
        after = without(before, zone, sites=place.endswith(POSTSCREEN))
        if after == before or is_paid(after):
            return ()
        settings.append(f"{place}={after}")
    return ("mailtui", "config", "set", "postfix", *settings) if settings else ()


def without(value: str, zone: str, *, sites: bool) -> str:
    """``value`` without the rules, or the sites, that name ``zone``."""
    name = re.escape(zone)
    if sites:
        found = rf"(?<![^\s,]){name}(?:=[^\s,*]*)?(?:\*[+-]?[0-9]+)?(?![^\s,])[\s,]*"
    else:
        found = rf"(?<![^\s,])(?:warn_if_reject[\s,]+)?[a-z_]+[\s,]+{name}(?:=[^\s,]*)?(?![^\s,])[\s,]*"
    left = re.sub(found, "", value, flags=re.IGNORECASE)
    return value if left == value else left.rstrip(" ,\t")
