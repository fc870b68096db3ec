"""The ACME clients of this machine and what they renew: certbot, acme.sh, lego, each by the files it keeps.

certbot: ``renewal/NAME.conf`` and ``renewal-hooks`` (its documentation, "Renewing certificates"); acme.sh:
``NAME/NAME.conf`` with ``Le_ReloadCmd``; lego: ``certificates/NAME.json``, while its hook stands in the line of cron or
systemd that runs it.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from mailtui.host.errors import MailtuiError
from mailtui.host.files import read_file
from mailtui.services.tls.renewal.model import Lineage
from mailtui.text import clean

CERTBOT = Path("etc/letsencrypt")
ACME_SH = (Path("root/.acme.sh"), Path("etc/acme.sh"))
LEGO = (Path("root/.lego"), Path("etc/lego"), Path("var/lib/lego"), Path("etc/ssl/lego"))
_TIMERS = (
    "etc/crontab",
    "etc/cron.d/*",
    "etc/cron.daily/*",
    "var/spool/cron/crontabs/*",
    "etc/systemd/system/*.service",
)
_HOOKS_OF_CONF = ("renew_hook", "post_hook", "deploy_hook", "deploy-hook", "renew-hook", "post-hook")
_LARGEST = 2**20
_MOST = 500
_LEGO_HOOK = re.compile(r"(?!\s*#).*\blego\b.*-hook[ =]")
_WRAPPED = re.compile(r"__ACME_BASE64__START_(.*)__ACME_BASE64__END_")


def lineages(root: Path = Path("/")) -> tuple[Lineage, ...]:
    """Everything that is renewed here, as far as this user may read; nothing is run."""
    return (*_certbot(root), *_acme_sh(root), *_lego(root))


def keeps(file: Path, root: Path = Path("/")) -> bool:
    """Whether an ACME client puts the next certificate or key under this name."""
    return any(file in (one.key, one.chain) for one in lineages(root))


def _certbot(root: Path) -> Iterator[Lineage]:
    home = root / CERTBOT
    folders = (home / "renewal-hooks/deploy", home / "renewal-hooks/post")
    shared = (*_settings(home / "cli.ini"), *(text for folder in folders for text in _scripts(folder)))
    for file in _glob(home, "renewal/*.conf"):
        text = _text(file)
        if text is None:
            continue
        values = _pairs(text)
        live = home / "live" / file.stem
        key, chain = (Path(values.get(name, str(live / f"{name}.pem"))) for name in ("privkey", "fullchain"))
        yield Lineage("certbot", clean(file.stem), key, chain, file, (*_hooks(values), *shared))


def _acme_sh(root: Path) -> Iterator[Lineage]:
    for home in ACME_SH:
        for file in _glob(root / home, "*/*.conf"):
            text = _text(file) if file.stem == file.parent.name.removesuffix("_ecc") else None
            values = _pairs(text or "")
            if "Le_Domain" not in values:
                continue
            key = Path(values.get("Le_RealKeyPath") or file.with_suffix(".key"))
            chain = Path(values.get("Le_RealFullChainPath") or file.parent / "fullchain.cer")
            reload = unwrapped(values.get("Le_ReloadCmd", ""))
            yield Lineage(
                "acme.sh", clean(file.parent.name), key, chain, file, _with_scripts([reload] if reload else [])
            )


def _lego(root: Path) -> Iterator[Lineage]:
    lines = (line for _, text in timer_files(root) for line in text.splitlines())
    hooks = _with_scripts(line for line in lines if _LEGO_HOOK.match(line))
    for home in LEGO:
        for file in _glob(root / home, "certificates/*.json"):
            stem = file.name.removesuffix(".json")
            if not stem.endswith(".issuer"):
                key, chain = file.with_name(f"{stem}.key"), file.with_name(f"{stem}.crt")
                yield Lineage("lego", clean(stem), key, chain, root / home, hooks)


def unwrapped(value: str) -> str:
    """A command as acme.sh keeps it: plain, or in base64 between two marks."""
    match = _WRAPPED.fullmatch(value)
    if match is None:
        return value
    try:
        return base64.b64decode(match[1], validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def _with_scripts(commands: Iterable[str]) -> tuple[str, ...]:
    """Commands, and the texts of the scripts they name."""
    found = list(commands)
    for command in tuple(found):
        files = (Path(word.strip("'\"")) for word in command.split())
        found += [text for file in files if file.is_absolute() and (text := _text(file)) is not None]
    return tuple(found)


def timer_files(root: Path) -> Iterator[tuple[Path, str]]:
    """Files of cron and systemd that may run a client, with their text."""
    for pattern in _TIMERS:
        for file in _glob(root, pattern):
            if (text := _text(file)) is not None:
                yield file, text


def _settings(file: Path) -> tuple[str, ...]:
    return _hooks(_pairs(_text(file) or ""))


def _hooks(values: dict[str, str]) -> tuple[str, ...]:
    return _with_scripts(values[name] for name in _HOOKS_OF_CONF if values.get(name))


def _scripts(folder: Path) -> Iterator[str]:
    """The texts of what is run: files that may be executed."""
    for file in _glob(folder, "*"):
        if os.access(file, os.X_OK) and (text := _text(file)) is not None:
            yield text


def _pairs(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, sign, value = line.partition("=")
        if sign and not line.lstrip().startswith(("#", ";", "[")):
            found[name.strip()] = value.strip().strip("'\"")
    return found


def _glob(folder: Path, pattern: str) -> list[Path]:
    """What cannot be read is not there for us."""
    try:
        return sorted(path for path in folder.glob(pattern) if path.is_file())[:_MOST]
    except OSError:
        return []


def _text(file: Path) -> str | None:
    """What cannot be read, and what is no text, says nothing."""
    try:
        data = read_file(file, limit=_LARGEST).data
    except MailtuiError:
        return None
    return None if b"\0" in data else data.decode("utf-8", "surrogateescape")
