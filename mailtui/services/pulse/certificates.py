"""When the certificates end that Postfix and Dovecot are set to serve."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mailtui.host.errors import MailtuiError, PermissionDenied
from mailtui.host.files import read_file
from mailtui.host.tools import Tools
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.pulse_model import CertificateState

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from mailtui.services.tls.inventory.model import Named

_MAX_FILE = 2**20


def certificate_states(tools: Tools, postfix: PostfixConfig, dovecot: DovecotConfig) -> tuple[CertificateState, ...]:
    """Every certificate file in use, once, with all that use it."""
    users: dict[str, list[str]] = {}
    for one in _named(tools, postfix, dovecot):
        name = one.use.program.capitalize()
        for path in one.files if one.key_first else one.files[:1]:
            if one.use.side == "server" and name not in users.setdefault(path, []):
                users[path].append(name)
    states = (read_certificate(path, ", ".join(names)) for path, names in users.items() if names)
    return tuple(state for state in states if state is not None)


def _named(tools: Tools, postfix: PostfixConfig, dovecot: DovecotConfig) -> Iterator[Named]:
    """What both configurations name; that a program does not answer is told with its service."""
    # Imported here: what reads certificates takes long to load, and the console must start at once.
    from mailtui.services.tls.dovecot_settings import DovecotSettings
    from mailtui.services.tls.inventory.dovecot import DovecotCertificates
    from mailtui.services.tls.inventory.postfix import PostfixCertificates

    with suppress(MailtuiError):
        yield from PostfixCertificates(tools, postfix).named()
    with suppress(MailtuiError):
        yield from DovecotCertificates(DovecotSettings(tools, dovecot)).named()


def read_certificate(path: str, used_by: str) -> CertificateState | None:
    """When the first certificate of a file ends, and whose it is; None for a key in a file of its own."""
    try:
        data = read_file(Path(path), limit=_MAX_FILE).data
    except PermissionDenied:
        return CertificateState(path, (), used_by, None, "this user may not read it", "run mailtui with sudo")
    except MailtuiError as error:
        return CertificateState(path, (), used_by, None, error.message, error.unlock)
    from cryptography import x509

    if b"PRIVATE KEY-----" in data and b"CERTIFICATE-----" not in data:
        return None
    try:
        leaf = x509.load_pem_x509_certificates(data)[0]
        return CertificateState(path, _holders(leaf), used_by, leaf.not_valid_after_utc.timestamp())
    except ValueError:
        return CertificateState(path, (), used_by, None, f"{path} holds no certificate in PEM form that can be read")


def _holders(certificate: Certificate) -> tuple[str, ...]:
    """The host names a certificate is for; its common name where it lists none."""
    from cryptography import x509

    with suppress(x509.ExtensionNotFound):
        listed = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return tuple(listed.get_values_for_type(x509.DNSName))
    common = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return tuple(str(attribute.value) for attribute in common)
