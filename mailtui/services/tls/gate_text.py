"""What is wrong with the bytes of a file, before anything in it is looked at: OpenSSL's reader of PEM is particular.

What Postfix 3.7 and Dovecot 2.3 do with each was measured. A byte order mark, CRLF, blanks at the ends of lines, text
between blocks and a missing newline at the end harm nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from mailtui.findings import Finding
from mailtui.host.errors import HostError, PermissionDenied
from mailtui.host.files import read_file
from mailtui.services.tls.gate import gate_finding
from mailtui.services.tls.pile import LARGEST, Item, PassphraseNeeded, parse_pile
from mailtui.text import clean

_BEGIN = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----")
_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)
_GLUED = re.compile(rb"-----END [A-Z0-9 ]+-----[ \t]*[^\s]")
_INDENTED = re.compile(rb"^[ \t]+-----BEGIN ", re.MULTILINE)
_GAP = re.compile(rb"[A-Za-z0-9+/=]\r?\n[ \t]*\r?\n[ \t]*[A-Za-z0-9+/=]")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_HEADERS = b"Proc-Type:"


def check_file(path: Path, passphrase: bytes | None = None) -> tuple[tuple[Item, ...], tuple[Finding, ...]]:
    """What stands in a file, and what is wrong with its text; a file that cannot be used is a finding.

    Raises PassphraseNeeded and PermissionDenied: those are no faults of the file.
    """
    try:
        data = read_file(path, limit=LARGEST).data
    except PermissionDenied:
        raise
    except HostError as error:
        kind = "unreadable" if path.exists() else "absent"
        why = clean(re.sub(rf"^{re.escape(str(path))}:? ", "", error.message))
        return (), (gate_finding(kind, clean(str(path)), why=why),)
    return check_bytes(data, str(path), passphrase)


def check_bytes(
    data: bytes, source: str, passphrase: bytes | None = None
) -> tuple[tuple[Item, ...], tuple[Finding, ...]]:
    """The same of bytes."""
    shown = clean(source)
    found = tuple(gate_finding(kind, shown) for kind in _faults(data))
    try:
        return parse_pile(data, source, passphrase), found
    except PassphraseNeeded:
        raise
    except HostError as error:
        return (), found or (gate_finding("unreadable", shown, why=clean(error.message)),)


def _faults(data: bytes) -> Iterator[str]:
    if not data.strip():
        yield "empty"
    elif data.startswith(_UTF16) or b"B\0E\0G\0I\0N\0" in data:
        yield "utf-16"
    elif not _BEGIN.search(data):
        if data[:1] == b"\x30":
            yield "der"
    else:
        yield from _faults_of_pem(data)


def _faults_of_pem(data: bytes) -> Iterator[str]:
    labels = {match[1] for match in _BEGIN.finditer(data)}
    blocks = [match[2] for match in _BLOCK.finditer(data)]
    if len(blocks) < len(_BEGIN.findall(data)):
        yield "truncated"
    if _GLUED.search(data):
        yield "glued"
    if _INDENTED.search(data):
        yield "indented"
    if any(_GAP.search(block) and not block.lstrip().startswith(_HEADERS) for block in blocks):
        yield "gap"
    if labels & {b"PKCS7", b"CMS"}:
        yield "pkcs7"
    if b"TRUSTED CERTIFICATE" in labels:
        yield "trusted"
