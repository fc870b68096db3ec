"""Sessions and quota, in the forms of both generations of Dovecot."""

import pytest

from mailtui.host.errors import HostError, UsageError
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.of_user import Quota, Session, quota, sessions
from tests.support.tools import Answer, RecordedTools

WHO = "doveadm -f tab who -1 -- ann@x"
QUOTA = "doveadm -f tab quota get -u ann@x --"


def asked(command: str, answer: str | Answer) -> tuple[RecordedTools, DovecotConfig]:
    tools = RecordedTools({command: answer})
    return tools, DovecotConfig(tools)


def test_sessions_of_2_3_and_of_2_4() -> None:
    old = "username\tproto\tpid\tip\nann@x\timap\t17144\t192.0.2.1\njoann@x\timap\t2\t192.0.2.2\n"
    new = "username\tservice\tpid\tip\tdest_ip\nann@x\timap\t17144\t192.0.2.1\t192.0.2.9\n"
    for said in (old, new):
        assert sessions(*asked(WHO, said), "ann@x") == (Session("imap", "17144", "192.0.2.1"),)


def test_nobody_is_there() -> None:
    assert sessions(*asked(WHO, "username\tproto\tpid\tip\n"), "ann@x") == ()


def test_limits_and_what_has_none() -> None:
    said = "Quota name\tType\tValue\tLimit\t%\nUser quota\tSTORAGE\t556\t102400\t0\nUser \x1b[2J\tMESSAGE\t447\t-\t0\n"
    storage, message = quota(*asked(QUOTA, said), "ann@x")
    assert storage == Quota("User quota", "STORAGE", 556, 102400)
    assert (message.value, message.limit) == (447, None)
    assert message.root.isprintable()


def test_no_quota_plugin() -> None:
    unknown = Answer("", "Fatal: Unknown command 'quota', but plugin quota exists. Try to set mail_plugins=quota\n", 75)
    assert quota(*asked(QUOTA, unknown), "ann@x") == ()


def test_a_complaint_is_no_answer_whatever_the_exit_status() -> None:
    with pytest.raises(HostError, match="anvil"):
        sessions(*asked(WHO, Answer("username\tproto\tpid\tip\n", "Error: connect(anvil) failed\n", 0)), "ann@x")


def test_a_pattern_is_nobody() -> None:
    with pytest.raises(UsageError):
        sessions(*asked(WHO, ""), "*")
