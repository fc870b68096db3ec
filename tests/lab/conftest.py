"""One lab for the tests of a module; a test that breaks it makes its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest

from mailtui.lab import Lab
from mailtui.services.dovecot.repair import action
from tests.lab.workshop import Goldens

_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here, and leave it out only where Postfix cannot run at all."""
    able = os.geteuid() == 0 and shutil.which("postfix", path=_PATH) and shutil.which("dovecot", path=_PATH)
    for item in items:
        if "tests/lab/" in str(item.path):
            item.add_marker(pytest.mark.lab)
            if not able:
                item.add_marker(pytest.mark.skip(reason="needs root, Postfix and Dovecot"))


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A running lab without traffic."""
    with Lab(retry_seconds=5) as running:
        yield running


@pytest.fixture(scope="module")
def goldens(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Goldens]:
    """Golden mailboxes; a repair looks twice without a pause, since nobody else writes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(action, "AGAIN_AFTER", 0.0)
        yield Goldens(lab, tmp_path_factory.mktemp("golden"))
