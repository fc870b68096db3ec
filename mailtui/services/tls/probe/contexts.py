"""OpenSSL as a scanner needs it: nothing verified, everything offered that it can still speak."""

from __future__ import annotations

import ssl
import threading
import warnings
from functools import cache
from typing import Any

from mailtui.services.tls.probe.model import NAMES, KeyKind

# Without SECLEVEL=0 this machine's OpenSSL would refuse old versions itself. Anonymous ciphers are left out: a server
# without a certificate must not look as if it had one.
_CIPHERS = "ALL:!aNULL:!eNULL:@SECLEVEL=0"
_OF_KEY: dict[KeyKind, str] = {"RSA": "aRSA:@SECLEVEL=0", "EC": "aECDSA:@SECLEVEL=0"}
_NAMING_THE_KEY = ("TLSv1.2",)
_VERSIONS = dict(
    zip(
        NAMES,
        (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3),
        strict=True,
    )
)
_MAKING = threading.Lock()


def context(versions: tuple[str, ...], key: KeyKind = "") -> ssl.SSLContext:
    """A context that offers a range of versions, or asks for a kind of certificate.

    Raises ValueError for a version there is none of.
    """
    if unknown := [name for name in versions if name not in _VERSIONS]:
        raise ValueError(f"no TLS version {unknown[0]!r}; there are {', '.join(NAMES)}")
    with _MAKING:
        return _made(_NAMING_THE_KEY if key else tuple(sorted(versions)) or NAMES, _OF_KEY.get(key, _CIPHERS))


@cache
def _made(versions: tuple[str, ...], ciphers: str) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.set_ciphers(ciphers)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of TLS 1.0 and 1.1, which is what is looked for
        made.minimum_version = _VERSIONS[versions[0]]
        made.maximum_version = _VERSIONS[versions[-1]]
    return made


def chain_of(sock: ssl.SSLSocket) -> tuple[bytes, ...]:
    """The certificates in the order in which the server sent them."""
    # Public from Python 3.13 on; before, the object inside has it.
    inner: Any = sock if hasattr(sock, "get_unverified_chain") else getattr(sock, "_sslobj", None)
    sent = inner.get_unverified_chain() if hasattr(inner, "get_unverified_chain") else None
    if sent is None:
        leaf = sock.getpeercert(binary_form=True)
        return (leaf,) if leaf else ()
    return tuple(one if isinstance(one, bytes) else ssl.PEM_cert_to_DER_cert(one.public_bytes()) for one in sent)
