"""The names that old ones are led to are names that the installed programs have."""

from __future__ import annotations

import pytest

from mailtui.host.tools import LocalTools
from mailtui.services.configuration import dovecot_names, outdated
from mailtui.services.configuration.dovecot_read import settings
from mailtui.services.configuration.dovecot_text import path_of
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import pairs

TOOLS = LocalTools()
_KINDS = ("service", "inet_listener", "namespace", "mailbox")
_BEHIND_A_FILTER = frozenset(("mail_ext_attachment_hash",))
"""Settings that doveconf shows only where something uses them."""


def test_new_names_of_postfix_are_parameters() -> None:
    known = pairs(TOOLS.run(["postconf", "-d"]).text)
    old = outdated._known("parameters").values()
    assert [one.name for one in old if one.to and one.to not in known] == []


def test_new_names_of_dovecot_are_settings() -> None:
    dovecot = DovecotConfig(TOOLS)
    if not dovecot.new_names:
        pytest.skip("names of 2.4 can only be asked of 2.4")
    known = {part for name, _ in settings(TOOLS.run(["doveconf", "-d"]).text) for part in path_of(name)}
    lost = [
        one.to
        for one in dovecot_names._known().values()
        if one.since == "2.4" and one.to and not {one.to, *(f"{kind}_{one.to}" for kind in _KINDS)} & known
    ]
    assert set(lost) <= _BEHIND_A_FILTER
