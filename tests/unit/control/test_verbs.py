"""Which commands start and reload: systemd's where it keeps the service, the program's own where not."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailtui.host.errors import MailtuiError, UsageError
from mailtui.services.control.systemd import Systemd
from mailtui.services.control.verbs import Verb, Verbs
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from tests.support.tools import Answer, RecordedTools

_SHOW = "systemctl show --property=LoadState,ActiveState,SubState,UnitFileState,MainPID,NRestarts -- {}.service"
_UNIT = "LoadState=loaded\nActiveState={}\nSubState=running\nUnitFileState=enabled\nMainPID=812\nNRestarts=2\n"


def _tools(**states: str) -> RecordedTools:
    answers: dict[str, str | bytes | Answer | MailtuiError] = {
        _SHOW.format(name): _UNIT.format(state) if state else "LoadState=not-found\n" for name, state in states.items()
    }
    return RecordedTools(answers)


def _verbs(tools: RecordedTools, systemd: Path, *, instance: bool = False) -> Verbs:
    folder = Path("/etc/postfix-out") if instance else None
    return Verbs(PostfixConfig(tools, folder), DovecotConfig(tools), Systemd(tools, systemd))


def test_a_unit_that_runs_is_systemd_s_and_tested_first(tmp_path: Path) -> None:
    commands = _verbs(_tools(dovecot="active"), tmp_path).commands("dovecot", "restart")
    assert commands.tests == (DovecotConfig(RecordedTools({})).test(),)
    assert commands.deeds == (("systemctl", "restart", "--", "dovecot.service"),)
    assert commands.by_systemd


@pytest.mark.parametrize(
    ("verb", "deeds"),
    [
        ("reload", (("postfix", "reload"),)),
        ("restart", (("postfix", "stop"), ("postfix", "start"))),
        ("start", (("postfix", "start"),)),
    ],
)
def test_without_systemd_the_program_does_it_itself(tmp_path: Path, verb: Verb, deeds: object) -> None:
    commands = _verbs(_tools(), tmp_path / "nothing").commands("postfix", verb)
    assert commands.tests == (("postfix", "check"),)
    assert commands.deeds == deeds
    assert not commands.by_systemd


def test_what_somebody_started_by_hand_is_not_reloaded_by_systemd(tmp_path: Path) -> None:
    verbs = _verbs(_tools(postfix="inactive"), tmp_path)
    assert verbs.commands("postfix", "reload").deeds == (("postfix", "reload"),)
    assert verbs.commands("postfix", "start").deeds == (("systemctl", "start", "--", "postfix.service"),)


def test_an_instance_of_its_own_is_no_unit(tmp_path: Path) -> None:
    commands = _verbs(_tools(postfix="active"), tmp_path, instance=True).commands("postfix", "reload")
    assert commands.deeds == (("postfix", "-c", "/etc/postfix-out", "reload"),)


def test_a_service_beside_them_is_known_by_any_of_its_names(tmp_path: Path) -> None:
    verbs = _verbs(_tools(apache2="", httpd="active", rspamd="active", postgrey=""), tmp_path)
    assert verbs.commands("apache2", "reload").deeds == (("systemctl", "reload-or-restart", "--", "httpd.service"),)
    assert verbs.commands("rspamd", "restart").tests == (("rspamadm", "configtest", "-q"),)
    with pytest.raises(UsageError):
        verbs.commands("postgrey", "restart")
    with pytest.raises(UsageError):
        verbs.commands("sshd", "restart")


def test_only_systemd_can_enable(tmp_path: Path) -> None:
    commands = _verbs(_tools(postfix="active"), tmp_path).commands("postfix", "enable")
    assert (commands.tests, commands.deeds) == ((), (("systemctl", "enable", "--", "postfix.service"),))
    with pytest.raises(UsageError):
        _verbs(_tools(), tmp_path / "nothing").commands("postfix", "enable")


def test_what_systemd_tells(tmp_path: Path) -> None:
    unit = Systemd(_tools(dovecot="failed"), tmp_path).unit("dovecot")
    assert unit is not None
    assert (unit.active, unit.enabled, unit.pid, unit.restarts) == ("failed", "enabled", 812, 2)
    assert Systemd(_tools(), tmp_path / "nothing").unit("dovecot") is None
