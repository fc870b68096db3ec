"""A lab's certificates: new pairs, what its ports serve, and deploying to it."""

from __future__ import annotations

import stat
import time
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from mailtui.host.tools import ShTools
from mailtui.lab import Lab
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.tls.deploy.candidate import Candidate, candidate
from mailtui.services.tls.deploy.dane import Asker
from mailtui.services.tls.deploy.plans import DeployPlans
from mailtui.services.tls.endpoints import Endpoint, dovecot_endpoints, postfix_endpoints
from mailtui.services.tls.pile import read_pile
from mailtui.services.tls.probe import served_by
from mailtui.services.tls.toolbox.forms import key_pem
from mailtui.services.tls.toolbox.keys import new_key
from mailtui.services.tls.toolbox.signing import self_signed

TOOLS = ShTools()
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

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Every port that speaks TLS."""
        return (*postfix_endpoints(self.postfix.again()), *dovecot_endpoints(TOOLS, self.dovecot.again()))

    def served(self, sni: str | None = None) -> dict[str, str]:
        """The fingerprint of what each port serves, by program and address."""
        asked = self.endpoints()
        answers = served_by([end.ask(sni) for end in asked])
        return {f"{end.program} {end}": answer.sha256 for end, answer in zip(asked, answers, strict=True)}

    def files(self) -> Files:
        """Every file of both configurations, with its mode."""
        folders = (self.lab.postfix_config, self.lab.dovecot_config.parent, self.lab.certificate.parent)
        found = {path for folder in folders for path in folder.rglob("*") if path.is_file()}
        wanted = (path for path in found if path.name not in ("prng_exch",) and "/log/" not in str(path))
        return {str(path): (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) for path in wanted}
