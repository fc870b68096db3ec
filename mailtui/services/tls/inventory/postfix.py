"""The certificates that Postfix is told of (TLS_README, postconf(5)).

For a server ``smtpd_tls_chain_files`` goes before the older pairs of parameters, one for each algorithm; a table of
``tls_server_sni_maps`` goes before both for the names it has. postscreen(8) leaves TLS to tlsproxy(8), whose parameters
are ``tlsproxy_tls_*``; the client's are ``smtp_tls_*`` and ``lmtp_tls_*``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from mailtui.host.errors import MailtuiError
from mailtui.host.files import read_file
from mailtui.host.tools import Tools
from mailtui.services.postfix.config import MasterService, PostfixConfig
from mailtui.services.postfix.maps.text import Source
from mailtui.services.postfix.opening import why_not_opened
from mailtui.services.postfix.tables import COMPILED, file_of, kind_of, words
from mailtui.services.tls.inventory.model import Named, Side, Use
from mailtui.services.tls.listeners.postfix import level, on

SNI = "tls_server_sni_maps"
_PAIRS = (("cert_file", "key_file"), ("eccert_file", "eckey_file"), ("dcert_file", "dkey_file"))
_PREFIX: dict[str, tuple[str, Side]] = {
    "smtpd": ("smtpd_tls", "server"),
    "postscreen": ("tlsproxy_tls", "server"),
    "smtp": ("smtp_tls", "client"),
    "lmtp": ("lmtp_tls", "client"),
}
_TEXTS = ("texthash", *COMPILED)
_BEGIN = b"-----BEGIN"


class PostfixCertificates:
    """One instance's, read once. Raises what ``PostfixConfig`` raises."""

    def __init__(self, tools: Tools, postfix: PostfixConfig) -> None:
        self._tools = tools
        self._postfix = postfix

    def named(self) -> tuple[Named, ...]:
        """Everything that is named, for each place that names it."""
        found: list[Named] = []
        for service in self._postfix.services:
            found += [*self.of_service(service), *self._by_name(service)]
        return tuple(dict.fromkeys(found))

    def of_service(self, service: MasterService) -> Iterator[Named]:
        """What one entry of master.cf uses for a client that asks for no name; nothing where it has no TLS."""
        program = service.command.split(" ")[0]
        if program not in _PREFIX:
            return
        own = self._postfix.of_service(service)
        prefix, side = _PREFIX[program]
        if side == "server" and level(own) == "none" and not on(own.get("smtpd_tls_wrappermode")):
            return
        chains = tuple(words(own.get(f"{prefix}_chain_files")))
        if chains:
            setting = f"{prefix}_chain_files"
            yield Named(chains, Use("postfix", _place(service, setting), setting, side), key_first=True)
            return
        for certificate, key in _PAIRS:
            file = own.get(f"{prefix}_{certificate}")
            if file not in ("", "none"):
                setting = f"{prefix}_{certificate}"
                files = dict.fromkeys(filter(None, (file, own.get(f"{prefix}_{key}"))))
                yield Named(tuple(files), Use("postfix", _place(service, setting), setting, side))

    def names(self) -> tuple[str, ...]:
        """The names, or ``.parents`` of names, for which there is a certificate in a table."""
        tables = {table for service in self._servers for table in words(self._postfix.of_service(service).get(SNI))}
        return tuple(dict.fromkeys(name for table in sorted(tables) for name, _ in self.entries(table)))

    def entries(self, table: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Names and files of one table, as its source says; none of a table that cannot be listed."""
        if kind_of(table) in _TEXTS and file_of(table):
            try:
                source = Source.read(read_file(Path(file_of(table))).data)
            except MailtuiError:
                return ()
            pairs = [(one.key, one.value) for one in source.entries if one.readable]
        elif kind_of(table) == "inline":
            said = self._tools.run(["postmap", *self._postfix.where, "-s", table], check=False).stdout
            pairs = [(key, value) for key, _, value in (line.partition(b"\t") for line in said.splitlines())]
        else:
            return ()
        return tuple((_text(key).lower(), tuple(words(_text(value)))) for key, value in pairs)

    def from_table(self, service: MasterService, name: str) -> tuple[str, bytes] | None:
        """The table that answers to a name a client asks for, and the PEM blocks in it as they are served; or None.

        The blocks hold private keys: they are for comparing, and for nobody's eyes.
        """
        for table in words(self._postfix.of_service(service).get(SNI)):
            for key in _keys(name):
                found = self._asked(table, key)
                if _BEGIN in found:
                    return table, found
        return None

    def _asked(self, table: str, key: str) -> bytes:
        """What a table answers; asked once, since most services share theirs."""
        if (table, key) not in self._answers:
            argv = ["postmap", *self._postfix.where, "-F", "-q", key, table]
            self._answers[table, key] = b"" if why_not_opened(table) else self._tools.run(argv, check=False).stdout
        return self._answers[table, key]

    @cached_property
    def _answers(self) -> dict[tuple[str, str], bytes]:
        return {}

    @cached_property
    def _servers(self) -> tuple[MasterService, ...]:
        return tuple(one for one in self._postfix.services if one.command.split(" ")[0] in ("smtpd", "postscreen"))

    def _by_name(self, service: MasterService) -> Iterator[Named]:
        if service in self._servers:
            for table in words(self._postfix.of_service(service).get(SNI)):
                for name, files in self.entries(table):
                    use = Use("postfix", _place(service, SNI), table, name=name)
                    yield Named(files, use, "" if files else f"{table} names no file for {name}", key_first=True)


def _place(service: MasterService, setting: str) -> str:
    """Where a parameter of a service stands: in its own entry, or in main.cf."""
    return f"{service.name}/{service.type}" if setting in dict(service.overrides) else "main.cf"


def _keys(name: str) -> Iterator[str]:
    """What Postfix looks up for a name: itself, then each parent with a dot before."""
    wanted = name.lower().rstrip(".")
    yield wanted
    rest = wanted
    while "." in rest:
        rest = rest.partition(".")[2]
        yield f".{rest}"


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
