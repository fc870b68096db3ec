"""A Postfix that asks a directory or a database for its virtual aliases."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from mailtui.host.tools import LocalTools
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.maps.service import Maps


class Shop:
    """Its configuration, with one table of type ``kind`` behind proxymap(8); skips the test without that type."""

    def __init__(self, folder: Path, kind: str, text: str) -> None:
        self.folder = folder
        self.file = folder / "aliases.cf"
        (folder / "master.cf").touch()
        self.say(
            f"compatibility_level = 3.6\nalias_maps =\nvirtual_alias_maps = proxy:{kind}:{self.file}\n"
            f"queue_directory = {folder}\n"
        )
        self.write(text)
        if kind not in self.maps.tables.supported:
            pytest.skip(f"needs postfix-{kind}")

    @property
    def postfix(self) -> PostfixConfig:
        return PostfixConfig(LocalTools(), self.folder)

    @property
    def maps(self) -> Maps:
        return Maps(LocalTools(), self.postfix)

    def say(self, text: str) -> None:
        """More lines of main.cf."""
        main_cf = self.folder / "main.cf"
        main_cf.write_text((main_cf.read_text() if main_cf.exists() else "") + text)
        _cool(main_cf)

    def write(self, text: str, mode: int = 0o640) -> None:
        """The file that says where and what to ask."""
        self.file.write_text(text)
        self.file.chmod(mode)
        _cool(self.file)

    def ask(self, key: str) -> tuple[str | None, str]:
        """Value and problem."""
        (answer,) = self.maps.get(self.file, key)
        return answer.value, answer.problem

    def findings(self) -> dict[str, tuple[str, ...]]:
        """Evidence by the kind of finding."""
        return {finding.id.partition(":")[0]: finding.evidence for finding in self.maps.check()}


def _cool(file: Path) -> None:
    """Postfix waits two seconds before it reads a file that was changed this very moment."""
    os.utime(file, (time.time() - 60,) * 2)
