"""What the certificates' and ports' views ask of the services."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from mailtui.changes.plan import Plan
from mailtui.findings import Finding

if TYPE_CHECKING:
    from mailtui.services.tls.inventory import Held
    from mailtui.services.tls.listeners import Row
    from mailtui.services.tls.serving import Survey


class ServingPort(Protocol):
    """Certificates on disk beside what ports show."""

    def survey(self) -> Survey:
        """Look at files and ports; takes seconds."""

    def about(self, survey: Survey, held: Held) -> Sequence[Finding]:
        """What is wrong with one certificate, on disk and on ports."""


class Watch(Protocol):
    """Somebody who looks at files."""

    def stop(self) -> None:
        """Look no more."""


class RenewalPort(Protocol):
    """Certificates that are renewed behind our back."""

    def watch(self, files: Callable[[], Iterable[str]], changed: Callable[[], None]) -> Watch:
        """Have ``changed`` called, from another thread, when one of ``files`` becomes another."""


class DeployPort(Protocol):
    """Giving a certificate to the servers."""

    def locked(self, files: Sequence[Path]) -> bool:
        """Whether a passphrase is needed to read them."""

    def of_files(self, files: Sequence[Path], passphrase: bytes | None = None) -> Plan:
        """The plan for the certificate in ``files``; asks ports and the DNS, takes seconds."""


class ListenersPort(Protocol):
    """Ports as they are set and as they are."""

    def rows(self) -> Sequence[Row]:
        """All of them; may run tools."""


class AuditPort(Protocol):
    """Whether TLS is set as it should be."""

    def findings(self, *, ask: bool = True) -> Sequence[Finding]:
        """Everything that is not; ``ask`` for old versions at every port."""
