"""When the certificates end that Postfix and Dovecot are set to serve."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mailtui.host.errors import MailtuiError, PermissionDenied
from mailtui.host.files import read_file
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.pulse_model import CertificateState

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_POSTFIX = ("smtpd_tls_cert_file", "smtpd_tls_eccert_file", "smtpd_tls_dcert_file")
_CHAINS = "smtpd_tls_chain_files"
_MAX_FILE = 2**20


def certificate_states(postfix: PostfixConfig, dovecot: DovecotConfig) -> tuple[CertificateState, ...]:
    """Every certificate file in use, once, with all that use it."""
    users: dict[str, list[str]] = {}
    for name, found in (("Postfix", postfix_files(postfix)), ("Dovecot", dovecot_files(dovecot))):
        with suppress(MailtuiError):  # that the program does not answer is told with its service
            for path in found:
                if name not in users.setdefault(path, []):
                    users[path].append(name)
    states = (read_certificate(path, ", ".join(names)) for path, names in users.items())
    return tuple(state for state in states if state is not None)


def postfix_files(postfix: PostfixConfig) -> Iterator[str]:
    """The files of main.cf and of services with a certificate of their own (TLS_README)."""
    if _serves_tls(postfix):
        chains = _names(postfix.get(_CHAINS))
        yield from chains or (postfix.get(name) for name in _POSTFIX if postfix.get(name) not in ("", "none"))
    for service in postfix.services:
        for name, value in service.overrides:
            if name in (*_POSTFIX, _CHAINS):
                yield from _names(value)


def _serves_tls(postfix: PostfixConfig) -> bool:
    levels = [postfix.get("smtpd_tls_security_level")]
    levels += [value for s in postfix.services for name, value in s.overrides if name == "smtpd_tls_security_level"]
    wrapped = any(dict(service.overrides).get("smtpd_tls_wrappermode") == "yes" for service in postfix.services)
    return wrapped or postfix.get("smtpd_use_tls") == "yes" or any(level not in ("", "none") for level in levels)


def _names(value: str) -> list[str]:
    return [name for name in re.split(r"[,\s]+", value) if name not in ("", "none")]


def dovecot_files(dovecot: DovecotConfig) -> Iterator[str]:
    """The files in ``doveconf -n``: ``ssl_cert = <file`` (2.3), ``ssl_server { cert_file = file }`` (2.4).

    All of them, those of a ``local_name`` or a protocol too.
    """
    if dovecot.get("ssl") == "no":
        return
    blocks: list[str] = []
    for line in dovecot.text.splitlines():
        words = line.split()
        if words[-1:] == ["{"]:
            blocks.append(words[0])
        elif words == ["}"] and blocks:
            blocks.pop()
        elif len(words) > 2 and words[1] == "=" and "/" in words[2]:
            name = f"{blocks[-1]}_{words[0]}" if blocks else words[0]
            if name.endswith(("ssl_cert", "ssl_alt_cert", "ssl_server_cert_file", "ssl_server_alt_cert_file")):
                yield line.partition("=")[2].strip().lstrip("<").strip('"')


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
