"""Whether a file is still named by a configuration: what a server goes on to read must not be taken away."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from mailtui.host.errors import MailtuiError, ToolMissing
from mailtui.host.tools import Tools
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig

if TYPE_CHECKING:
    from mailtui.services.tls.inventory.model import Named


def still_named(tools: Tools, postfix: PostfixConfig, dovecot: DovecotConfig, files: Iterable[Path]) -> str:
    """The program that names one of ``files``, or that cannot tell; ``""`` where none does."""
    from mailtui.services.tls.dovecot_settings import DovecotSettings
    from mailtui.services.tls.inventory.dovecot import DovecotCertificates
    from mailtui.services.tls.inventory.postfix import PostfixCertificates

    looks: dict[str, Callable[[], tuple[Named, ...]]] = {
        "Postfix": lambda: PostfixCertificates(tools, postfix.again()).named(),
        "Dovecot": lambda: DovecotCertificates(DovecotSettings(tools, dovecot.again())).named(),
    }
    wanted = set(map(str, files))
    for program, look in looks.items():
        try:
            if any(wanted & set(named.files) for named in look()):
                return program
        except ToolMissing:
            continue
        except MailtuiError:
            return program
    return ""
