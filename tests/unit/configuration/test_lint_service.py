"""What the lint makes of what doveconf says."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailtui.host.errors import PermissionDenied
from mailtui.services.configuration.lint.service import Lint
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from tests.support.tools import Answer, RecordedTools


def _lint(tmp_path: Path, answer: Answer) -> Lint:
    file = tmp_path / "dovecot.conf"
    file.write_text("")
    tools = RecordedTools(
        {
            f"doveconf -c {file} -n": answer,
            " ".join(DovecotConfig(RecordedTools({}), file).test()): answer,
            f"doveconf -c {file} base_dir": "base_dir = /nowhere\n",
            "dovecot --version": "2.3.19.1 (9b53102964)\n",
        }
    )
    return Lint(tools, PostfixConfig(tools), DovecotConfig(tools, file))


def test_who_may_not_read_a_file_is_told_that_and_nothing_about_it(tmp_path: Path) -> None:
    said = "doveconf: Fatal: Error in configuration file x line 9: ssl_key: Can't open file /k: Permission denied\n"
    with pytest.raises(PermissionDenied):
        _lint(tmp_path, Answer(stderr=said, code=89)).dovecot()


def test_what_dovecot_warns_of_is_passed_on(tmp_path: Path) -> None:
    said = (
        "doveconf: Warning: NOTE: You can get a new clean config file with: doveconf -Pn > dovecot-new.conf\n"
        "doveconf: Warning: Obsolete setting in /etc/dovecot/dovecot.conf:25: 'imaps' protocol is no longer necessary\n"
        "doveconf: Warning: service auth { client_limit=1000 } is lower than required under max. load (1400)\n"
    )
    found = {one.id: one for one in _lint(tmp_path, Answer(stderr=said)).dovecot()}
    assert set(found) == {"configuration.outdated:imaps", "configuration.complaint:service auth"}
    assert "/etc/dovecot/dovecot.conf:25" in found["configuration.outdated:imaps"].evidence[0]
