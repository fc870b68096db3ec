"""What userdb answers, and what it says instead."""

from pathlib import Path

import pytest

from mailtui.host.errors import HostError, PermissionDenied, UsageError
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.stores.service import Stores
from mailtui.services.dovecot.stores.userdb import NoSuchUser
from tests.support.tools import Answer, RecordedTools

OLD = {"dovecot --version": "2.3.19.1 (x)\n", "doveconf -n": "", "doveconf mail_location": "mail_location = \n"}
NEW = {
    "dovecot --version": "2.4.1-4 (x)\n",
    "doveconf -n": "namespace inbox {\n  inbox = yes\n  separator = /\n}\n",
    **{f"doveconf {name}": "" for name in ("mail_path", "mail_control_path", "mail_inbox_path", "mail_alt_path")},
    "doveconf mail_driver": "mail_driver = maildir\n",
    "doveconf mail_index_path": "mail_index_path = /i/%{user | domain}\n",
}


def stores(base: dict[str, str], **answers: str | Answer) -> Stores:
    asked = {f"doveadm user -- {users}": answer for users, answer in answers.items()}
    tools = RecordedTools({**base, **asked})
    return Stores(tools, DovecotConfig(tools))


def fields(*pairs: tuple[str, str]) -> str:
    return "".join(f"{name}\t{value}\n" for name, value in pairs)


def record(home: str, *more: tuple[str, str]) -> str:
    return fields(("uid", "5000"), ("gid", "5001"), ("home", home), *more)


HEAD = "field\tvalue\n"


def test_a_user_of_2_3() -> None:
    store = stores(OLD, ann=HEAD + record("/h/ann", ("mail", "maildir:~/M:LAYOUT=fs:INDEX=MEMORY"))).store("ann")
    assert (store.uid, store.gid, store.root, store.layout) == (5000, 5001, Path("/h/ann/M"), "fs")
    assert store.index_in_memory
    assert store.index_root is None


def test_a_user_of_2_4_gets_what_is_set_for_all_where_userdb_is_silent() -> None:
    store = stores(NEW, **{"ann@x": HEAD + record("/h/ann", ("mail_path", "/h/ann/Maildir"))}).store("ann@x")
    assert (store.format, store.root, store.index_root) == ("maildir", Path("/h/ann/Maildir"), Path("/i/x"))
    assert (store.layout, store.separator) == ("maildir++", "/")


def test_a_layout_that_was_set_in_2_4() -> None:
    said = {**NEW, "doveconf -n": "mailbox_list_layout = fs\n"}
    store = stores(said, ann=HEAD + record("/h/ann", ("mail_path", "~/M"))).store("ann")
    assert (store.layout, store.separator) == ("fs", "/")


def test_many_are_asked_for_at_once_and_those_that_fail_do_not_shift_the_others() -> None:
    whole = HEAD + record("/h/a", ("mail", "mbox:~/a")) + record("/h/b", ("mail", "mbox:~/b"))
    gone = Answer(HEAD + "\n\n", "\nuserdb lookup: user gone doesn't exist\n", 67)
    first = HEAD + record("/h/a", ("mail", "mbox:~/a"))
    each: dict[str, str | Answer] = {
        "a": first,
        "gone": gone,
        "b": HEAD + record("/h/b", ("mail", "imapc:")),
    }
    found = [*stores(OLD, **{"a b": whole}).stores(("a", "b"))]
    assert [getattr(one, "root", one) for one in found] == [Path("/h/a/a"), Path("/h/b/b")]
    one, two, three = stores(
        OLD, **{"a gone b": Answer(first + record("/h/b"), "no gone", 67), "gone b": Answer(HEAD, "", 67)}, **each
    ).stores(("a", "gone", "b"))
    assert getattr(one, "root", None) == Path("/h/a/a")
    assert isinstance(two, NoSuchUser)
    assert isinstance(three, HostError)
    assert "imapc" in three.message


@pytest.mark.parametrize(
    ("said", "kind", "word"),
    [
        ("connect(/run/dovecot/auth-userdb) failed: Permission denied", PermissionDenied, "may not"),
        ("connect(/run/dovecot/auth-userdb) failed: No such file or directory", HostError, "stopped"),
        ("\x1b[2Jsomething else", HostError, "something else"),
    ],
)
def test_what_keeps_dovecot_from_answering(said: str, kind: type[HostError], word: str) -> None:
    with pytest.raises(kind, match=word) as raised:
        stores(OLD, ann=Answer("", f"Error: {said}\n", 75)).store("ann")
    assert "\x1b" not in raised.value.message


@pytest.mark.parametrize("name", ["*", "a?", "%", "", "a\nb"])
def test_a_pattern_is_no_user(name: str) -> None:
    with pytest.raises(UsageError):
        stores(OLD).store(name)


def test_a_user_id_by_name_that_is_not_here() -> None:
    with pytest.raises(HostError, match="not on this machine"):
        stores(OLD, ann=HEAD + fields(("uid", "no such"), ("gid", "1"), ("mail", "mbox:/m"))).store("ann")


def test_the_namespace_gives_names_their_prefix_and_separator(tmp_path: Path) -> None:
    said = {**OLD, "doveconf -n": "namespace inbox {\n  inbox = yes\n  prefix = INBOX/\n  separator = /\n}\n"}
    for name in ("cur", ".Sent", ".A.B"):
        (tmp_path / "M" / name).mkdir(parents=True)
    services = stores(said, ann=HEAD + record(str(tmp_path), ("mail", "maildir:~/M")))
    found = services.mailboxes(services.store("ann"))
    assert [one.name for one in found] == ["INBOX", "INBOX/A/B", "INBOX/Sent"]
    assert services.mailbox(found[0].store, "inbox") == found[0]
    with pytest.raises(HostError, match="no mailbox"):
        services.mailbox(found[0].store, "Sent")
