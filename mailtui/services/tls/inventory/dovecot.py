"""The certificates that Dovecot is told of: for everybody, and in ``local_name``, ``local`` and ``protocol`` blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mailtui.services.tls.dovecot_settings import CLIENT, DovecotSettings, file_in
from mailtui.services.tls.inventory.model import Named, Side, Use

_EVERYBODY = "dovecot"


class DovecotCertificates:
    """One instance's. Raises what ``DovecotSettings`` raises."""

    def __init__(self, settings: DovecotSettings) -> None:
        self._settings = settings

    def named(self) -> tuple[Named, ...]:
        """Everything that is named, with the blocks it stands in; nothing where there is no TLS at all."""
        every = self._settings.every
        if every.get("ssl") == "no":
            return ()
        return tuple(self._all(every))

    def of(self, protocol: str, address: str, name: str) -> tuple[Named, ...]:
        """What wins for a client; raises Conflict."""
        values = self._settings.of(protocol, address, name)
        use = Use("dovecot", _EVERYBODY, self._settings.pairs[0][0])
        pairs = [(values.get(certificate, ""), values.get(key, "")) for certificate, key in self._settings.pairs]
        return tuple(self._named(certificate, key, use) for certificate, key in pairs if file_in(certificate))

    def _all(self, every: Mapping[str, str]) -> Iterator[Named]:
        client = CLIENT[self._settings.new_names]
        for path, value in every.items():
            blocks, _, setting = path.rpartition(" { ")
            for certificate, key in (*self._settings.pairs, client):
                if setting == certificate and file_in(value):
                    beside = every.get(f"{blocks} {{ {key}" if blocks else key) or every.get(key, "")
                    side: Side = "client" if (certificate, key) == client else "server"
                    use = Use("dovecot", blocks or _EVERYBODY, setting, side, _asked_for(blocks))
                    yield self._named(value, beside, use)

    def _named(self, certificate: str, key: str, use: Use) -> Named:
        old_names = not self._settings.new_names
        files = tuple(dict.fromkeys(filter(None, (file_in(certificate), file_in(key)))))
        if "-----BEGIN" in certificate + key:
            return Named((), use, "the certificate stands in the configuration itself")
        if old_names and any(one and not one.strip().startswith("<") for one in (certificate, key)):
            return Named(files, use, f"{use.setting} holds a name where Dovecot wants <, then the name of the file")
        return Named(files, use, has_password=self._has_password)

    @property
    def _has_password(self) -> bool:
        return any(self._settings.every.get(name) for name in ("ssl_key_password", "ssl_server_key_password"))


def _asked_for(blocks: str) -> str:
    """The name in a ``local_name`` block."""
    found = (block.removeprefix("local_name ") for block in blocks.split(" { ") if block.startswith("local_name "))
    return next(found, "").strip('"')
