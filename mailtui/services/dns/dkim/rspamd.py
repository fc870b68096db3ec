"""What rspamd signs with: ``rspamadm configdump -j dkim_signing``, the configuration as rspamd itself reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mailtui.host.errors import HostError, MailtuiError
from mailtui.host.files import read_file
from mailtui.host.tools import Tools
from mailtui.services.dns.dkim.signers import ANY, Signers, Signing

_TIMEOUT = 5.0
_SELECTOR = "dkim"
_PATH = "/var/lib/rspamd/dkim/$domain.$selector.key"
_NAME = "rspamd, dkim_signing"
_LARGEST = 4 * 2**20


def signers(tools: Tools) -> Signers:
    """The keys rspamd knows of; none where it is not installed."""
    if not tools.find("rspamadm"):
        return Signers()
    try:
        said = tools.run(["rspamadm", "configdump", "-j", "dkim_signing"], timeout=_TIMEOUT).text
        told: dict[str, Any] = json.loads(said)
        if told.get("enabled") is False:
            return Signers()
        unread = ("rspamd takes keys from Redis, which are not read",) if told.get("use_redis") else ()
        return Signers(tuple(_signings(told)), unread)
    except (MailtuiError, ValueError, AttributeError, TypeError) as error:
        return Signers((), (f"rspamd's configuration: {error}",))


def _signings(told: dict[str, Any]) -> Iterator[Signing]:
    selector, path = str(told.get("selector") or _SELECTOR), str(told.get("path") or _PATH)
    selectors, paths = (_map(told.get(name)) for name in ("selector_map", "path_map"))
    blocks: dict[str, Any] = told.get("domain") or {}
    for domain, block in blocks.items():
        for one in block.get("selectors") or [block]:
            yield _signing(domain, str(one.get("selector") or selector), str(one.get("path") or path))
    for domain in {**selectors, **paths}:
        yield _signing(domain, selectors.get(domain, selector), paths.get(domain, path))
    if told.get("try_fallback", True):
        yield Signing(ANY, selector, _NAME, Path(path.replace("$selector", selector)), certain=False)


def _signing(domain: str, selector: str, path: str) -> Signing:
    domain = domain.lower()
    return Signing(domain, selector, _NAME, Path(path.replace("$selector", selector).replace("$domain", domain)))


def _map(where: object) -> dict[str, str]:
    """A map that is a file of ``domain value`` lines; those from elsewhere are left out."""
    if not isinstance(where, str) or not where.removeprefix("file://").startswith("/"):
        return {}
    try:
        text = read_file(Path(where.removeprefix("file://")), limit=_LARGEST).data.decode("utf-8", "surrogateescape")
    except HostError:
        return {}
    lines = (line.partition("#")[0].split() for line in text.splitlines())
    return {words[0].lower(): words[1] for words in lines if len(words) > 1}
