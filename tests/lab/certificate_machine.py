"""A lab's certificates: new pairs, what its ports serve, and deploying to it."""

from __future__ import annotations

import os
import stat
import time
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from mailtui.changes import files as changes_files
from mailtui.host.files import atomic_replace
from mailtui.host.tools import LocalTools
from mailtui.lab import Lab
from mailtui.services.configuration import reloading
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.tls.asker import Asker
from mailtui.services.tls.deploy import proof
from mailtui.services.tls.deploy.candidate import Candidate, candidate
from mailtui.services.tls.deploy.plans import DeployPlans
from mailtui.services.tls.dovecot_settings import DovecotSettings
from mailtui.services.tls.listeners.dovecot import dovecot_listeners
from mailtui.services.tls.listeners.model import Listener
from mailtui.services.tls.listeners.postfix import postfix_listeners
from mailtui.services.tls.pile import read_pile
from mailtui.services.tls.probe import KeyKind, served_by
from mailtui.services.tls.toolbox.forms import key_pem
from mailtui.services.tls.toolbox.keys import new_key
from mailtui.services.tls.toolbox.signing import self_signed

TOOLS = LocalTools()
LONG_AGO = (1, 1)
NAME = "mx.lab.example"
Files = dict[str, tuple[bytes, int]]


def make(folder: Path, *names: str, kind: str = "ec") -> tuple[Path, Path]:
    """Certificate and key files of a new pair."""
    folder.mkdir(parents=True, exist_ok=True)
    key = new_key(kind)
    signed = self_signed(key, names or (NAME, "localhost"), 90, time.time())
    certificate, private = folder / "cert.pem", folder / "key.pem"
    certificate.write_bytes(signed.public_bytes(Encoding.PEM))
    private.touch(mode=0o600)
    private.write_bytes(key_pem(key).data)
    return certificate, private


def hasten(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take out the waiting: for programs to settle, for a resolver, and Postfix's for files that changed just now."""

    def replace_and_age(path: Path, data: bytes, *, expected: str, follow: bool = False) -> None:
        atomic_replace(path, data, expected=expected, follow=follow)
        os.utime(path, LONG_AGO)

    monkeypatch.setattr(changes_files, "atomic_replace", replace_and_age)
    monkeypatch.setattr(reloading, "SETTLED", 0.2)
    monkeypatch.setattr(proof, "PATIENCE", 8.0)
    monkeypatch.setattr("mailtui.services.tls.deploy.service.DNS_SECONDS", 0.2)
    for name in ("main.cf", "master.cf"):
        os.utime(lab.postfix_config / name, LONG_AGO)


class Machine:
    """A lab as somebody who deploys to it sees it."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.postfix = PostfixConfig(TOOLS, lab.postfix_config)
        self.dovecot = DovecotConfig(TOOLS, lab.dovecot_config)

    def plans(self, resolver: Asker) -> DeployPlans:
        """Plans that ask a resolver of the test's own."""
        return DeployPlans(TOOLS, self.postfix, self.dovecot, lambda: resolver)

    def candidate(self, *files: Path) -> Candidate:
        """The candidate in files."""
        items = tuple(item for file in files for item in read_pile(file))
        return candidate(items, names=(), now=time.time(), roots=())

    def listeners(self) -> tuple[Listener, ...]:
        """Every port that speaks TLS."""
        settings = DovecotSettings(TOOLS, self.dovecot.again())
        found = (*postfix_listeners(self.postfix.again()), *dovecot_listeners(settings))
        return tuple(one for one in found if one.tls and one.starttls is not None)

    def served(self, sni: str = "", key: KeyKind = "") -> dict[str, str]:
        """The fingerprint of what each port serves, by program and address."""
        asked = self.listeners()
        answers = served_by([replace(one.ask(sni), key=key) for one in asked])
        return {f"{one.program} {one.name}": answer.sha256 for one, answer in zip(asked, answers, strict=True)}

    def files(self) -> Files:
        """Every file of both configurations, with its mode."""
        folders = (self.lab.postfix_config, self.lab.dovecot_config.parent, self.lab.certificate.parent)
        found = {path for folder in folders for path in folder.rglob("*") if path.is_file()}
        wanted = (path for path in found if path.name not in ("prng_exch",) and "/log/" not in str(path))
        return {str(path): (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) for path in wanted}
