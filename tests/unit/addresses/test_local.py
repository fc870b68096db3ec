"""What local(8) makes of aliases: aliases(5), local(8) "ALIASING", on tables in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from mailtui.host.tools import ToolResult
from mailtui.host.users import Account
from mailtui.services.postfix.addresses import mailboxes
from mailtui.services.postfix.addresses.alias_targets import alias_targets
from mailtui.services.postfix.addresses.aliases import LocalDelivery
from mailtui.services.postfix.addresses.classes import AddressClasses
from mailtui.services.postfix.addresses.local_state import Forwarded, Outcome
from mailtui.services.postfix.addresses.lookups import Lookups
from mailtui.services.postfix.addresses.model import Final
from mailtui.services.postfix.addresses.routing import Router
from tests.support.tools import RecordedTools
from tests.unit.addresses.test_keys import Settings

MAIN = {
    "alias_maps": "hash:/aliases",
    "mydestination": "here.example",
    "myorigin": "here.example",
    "append_at_myorigin": "yes",
    "local_transport": "local:here.example",
    "default_transport": "smtp",
    "recipient_delimiter": "+",
    "owner_request_special": "yes",
    "allow_mail_to_commands": "alias, forward",
    "allow_mail_to_files": "alias, forward",
    "mail_spool_directory": "/var/mail/",
    "propagate_unmatched_extensions": "canonical, virtual",
}


class TableTools(RecordedTools):
    """postmap(1) on one table in memory."""

    def __init__(self, table: Mapping[str, str]) -> None:
        super().__init__()
        self._table = table

    def run(self, argv: Sequence[str], *, stdin: bytes = b"", **_: Any) -> ToolResult:
        found = [f"{key}\t{self._table[key]}\n" for key in stdin.decode().splitlines() if key in self._table]
        return ToolResult(tuple(argv), 0 if found else 1, "".join(found).encode(), b"", 0.0, False)


def outcomes(table: Mapping[str, str], address: str, came_by: Sequence[str] = (), **main: str) -> Iterator[Outcome]:
    postfix = Settings(**(MAIN | main))
    lookups = Lookups(postfix, TableTools(table))
    local = LocalDelivery(postfix, lookups, Router(postfix, lookups, AddressClasses(postfix, lookups)))
    return local.deliver(address, "local", "mx.here.example", came_by)


def delivered(table: Mapping[str, str], address: str, came_by: Sequence[str] = (), **main: str) -> list[str]:
    """New mail as ``> address``, deliveries as ``address mailbox``, failures as ``address ! why``."""
    told = []
    for outcome in outcomes(table, address, came_by, **main):
        if isinstance(outcome, Forwarded):
            told.append(f"> {outcome.address}")
        else:
            user = outcome.address.partition("@")[0]
            told.append(f"{user} ! {outcome.problem}" if outcome.problem else f"{user} {outcome.mailbox}")
    return told


def test_an_alias_leads_to_users_here_and_makes_new_mail_for_others() -> None:
    table = {"list": "daemon, x@far.example, nobody-here"}
    assert delivered(table, "list@here.example") == [
        "daemon /var/mail/daemon",
        "> x@far.example",
        'nobody-here ! unknown user: "nobody-here"',
    ]


def test_a_file_gets_one_message_once_and_a_command_once_for_each_name() -> None:
    table = {"a": "b, /tmp/archive, |cat, |cat", "b": "/tmp/archive, |cat"}
    assert delivered(table, "a@here.example") == ["b /tmp/archive", "b |cat", "a |cat"]


def test_files_and_commands_are_for_those_lists_that_main_cf_names(tmp_path: Path) -> None:
    members = tmp_path / "members"
    members.write_text("/tmp/archive\n|cat\n")
    table = {"a": f":include:{members}"}
    refused = ["a ! mail to file is restricted", "a ! mail to command is restricted"]
    assert delivered(table, "a@here.example") == refused
    allowed = {"allow_mail_to_files": "include", "allow_mail_to_commands": "include"}
    assert delivered(table, "a@here.example", **allowed) == ["a /tmp/archive", "a |cat"]
    assert delivered({"a": "/tmp/archive, |cat"}, "a@here.example", **allowed) == refused


def test_an_alias_that_names_itself_means_the_user_and_a_circle_ends() -> None:
    assert delivered({"daemon": "daemon, /x"}, "Daemon@here.example") == ["daemon /var/mail/daemon", "Daemon /x"]
    (told,) = delivered({"a": "b", "b": "a"}, "a@here.example")
    assert "alias database loop" in told


def test_users_of_a_list_with_an_owner_get_mail_of_their_own() -> None:
    table = {"list": "daemon, man", "owner-list": "man"}
    assert delivered(table, "list@here.example") == ["> daemon@here.example", "> man@here.example"]
    assert delivered(table, "list@here.example", owner_request_special="no") == [
        "daemon /var/mail/daemon",
        "man /var/mail/man",
    ]


def test_a_file_that_is_included_twice_or_includes_itself_is_read_once(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text(f"x@far.example\n:include:{two}\n")
    two.write_text(f"y@far.example\n:include:{one}\n")
    table = {"list": f":include:{one}, :include:{two}, :include:{one}"}
    assert delivered(table, "list@here.example") == ["> x@far.example", "> y@far.example"]


def test_whoever_stands_in_an_included_file_gets_mail_of_his_own(tmp_path: Path) -> None:
    members = tmp_path / "members"
    members.write_text("# the team\ndaemon, \\man\nlist, other\n")
    table = {"list": f":include:{members}", "other": "/archive"}
    assert delivered(table, "list@here.example") == [
        "> daemon@here.example",
        "> man@here.example",
        "> list@here.example",
        "other /archive",
    ]


def test_a_backslash_before_a_name_means_nothing() -> None:
    assert delivered({"a": "\\daemon", "daemon": "x@far.example"}, "a@here.example") == ["> x@far.example"]


def test_an_alias_within_an_included_file_makes_mail_of_its_own_for_whoever_is_no_alias(tmp_path: Path) -> None:
    members = tmp_path / "members"
    members.write_text("ben\n")
    table = {"list": f":include:{members}, daemon", "ben": f":include:{members}, man"}
    assert delivered(table, "list@here.example") == ["> man@here.example", "daemon /var/mail/daemon"]
    assert delivered(table, "list@here.example", reset_owner_alias="yes") == [
        "man /var/mail/man",
        "daemon /var/mail/daemon",
    ]


@pytest.mark.parametrize("how", ["relative", "missing", "a folder", "open to all"])
def test_an_included_file_that_local_8_refuses_is_a_bounce_with_the_reason(tmp_path: Path, how: str) -> None:
    members = tmp_path / "members"
    members.write_text("daemon\n")
    members.chmod(0o666 if how == "open to all" else 0o644)
    name = {"relative": "members", "missing": tmp_path / "none", "a folder": tmp_path}.get(how, members)
    (told,) = delivered({"list": f":include:{name}"}, "list@here.example")
    assert told.startswith("list ! mail system configuration error: ")


def test_aliases_that_lead_in_circles_with_branches_come_to_an_end() -> None:
    table = {"a": "b, c, daemon", "b": "c, a", "c": "a, b"}
    told = set(delivered(table, "a@here.example"))
    assert "daemon /var/mail/daemon" in told
    assert any("alias database loop for" in one for one in told)


def test_mail_that_comes_back_to_a_recipient_is_a_loop() -> None:
    table = {"a": "b, daemon", "b": "man"}
    assert delivered(table, "a@here.example", came_by=("b@here.example",)) == [
        "b ! mail forwarding loop for b@here.example",
        "daemon /var/mail/daemon",
    ]


def test_the_home_of_a_users_own_list_is_meant_by_a_tilde(tmp_path: Path) -> None:
    (tmp_path / "daemon").write_text("~/box, ~man/box\n")
    home, *refused = delivered({}, "daemon@here.example", forward_path=f"{tmp_path}/$user")
    assert home == "daemon /usr/sbin/box"
    assert refused == ["daemon ! mail system configuration error: ~man/box is in no home directory"]


def test_the_list_of_an_extension_passes_no_extension_on(tmp_path: Path) -> None:
    (tmp_path / "daemon").write_text("x@far.example\n")
    (tmp_path / "daemon+own").write_text("y@far.example\n")
    main = {
        "forward_path": f"{tmp_path}/$user$recipient_delimiter$extension {tmp_path}/$user",
        "propagate_unmatched_extensions": "forward",
    }
    assert delivered({}, "daemon+a@here.example", **main) == ["> x+a@far.example"]
    assert delivered({}, "daemon+own@here.example", **main) == ["> y@far.example"]


def test_mail_waits_for_a_user_whose_home_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailboxes, "account", lambda name: Account(name, "/nonexistent/home"))
    (told,) = delivered({}, "daemon@here.example", require_home_directory="yes")
    assert told == "daemon ! cannot access home directory /nonexistent/home: No such file or directory: mail waits"
    assert delivered({}, "daemon@here.example") == ["daemon /var/mail/daemon"]


def test_a_users_own_list_that_leads_to_him_again_means_the_mailbox(tmp_path: Path) -> None:
    (tmp_path / "daemon").write_text("team, x@far.example\n")
    told = delivered({"team": "daemon"}, "daemon@here.example", forward_path=f"{tmp_path}/$user")
    assert told == ["daemon /var/mail/daemon", "> x@far.example"]


def test_a_list_of_the_users_own_comes_before_the_mailbox(tmp_path: Path) -> None:
    (tmp_path / "daemon").write_text("\\daemon, man, x@far.example\n")
    assert delivered({}, "daemon@here.example", forward_path=f"{tmp_path}/$user") == [
        "daemon /var/mail/daemon",
        "> man@here.example",
        "> x@far.example",
    ]


@pytest.mark.parametrize(
    ("main", "told"),
    [
        ({"luser_relay": "$user@far.example"}, ["> ghost@far.example"]),
        ({"luser_relay": "daemon"}, ["daemon /var/mail/daemon"]),
        ({"fallback_transport": "lmtp:unix:x"}, ["ghost "]),
        ({}, ['ghost ! unknown user: "ghost"']),
    ],
)
def test_who_is_unknown_goes_where_main_cf_says(main: dict[str, str], told: list[str]) -> None:
    assert delivered({}, "ghost@here.example", **main) == told


@pytest.mark.parametrize(
    ("value", "targets"),
    [
        ("a, b", ["a", "b"]),
        ('"|cat, dog", /x', ["|cat, dog", "/x"]),
        ('"a \\" b"@x.example', ['"a \\" b"@x.example']),
        (" , ", []),
        (":include:/a b", [":include:/a b"]),
    ],
)
def test_the_targets_of_an_alias(value: str, targets: list[str]) -> None:
    assert list(alias_targets(value)) == targets


def test_a_transport_without_a_place_goes_where_the_mail_was_routed_to() -> None:
    """Not to the address's domain: ``local_transport`` is ``local:$myhostname`` where nobody sets it."""
    (named,) = outcomes({}, "daemon@[127.0.0.1]", mailbox_transport="tb:box")
    (unnamed,) = outcomes({}, "daemon@[127.0.0.1]", mailbox_transport="tc")
    assert isinstance(named, Final)
    assert isinstance(unnamed, Final)
    assert (named.nexthop, unnamed.nexthop) == ("box", "mx.here.example")
