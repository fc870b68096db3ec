"""``resolve`` follows aliases, included files and users' own lists in circles as the real local(8) does."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailtui.host.tools import LocalTools
from mailtui.lab import Lab
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.addresses.resolver import Resolver
from mailtui.services.postfix.config import PostfixConfig
from tests.lab.address_agreement import differences
from tests.lab.address_cases import Case
from tests.lab.address_machine import AddressMachine

ALIASES = """\
itself: \\itself, ITSELF, far@far.test
daemon: :include:{0}/around, daemon
two: :include:{0}/around, gone@loc.test
man: man
list: games, man, gone
owner-list: \\news
team: :include:{0}/members, {0}/archive
files: :include:{0}/filed
command: "|/bin/cat >/dev/null", :include:{0}/commanding
twice: both, both, games
both: games, man+x, "|/bin/cat >/dev/null"
nested: :include:{0}/outer, :include:{0}/inner
relative: :include:members
open: :include:{0}/open
folder: :include:{0}
missing: :include:{0}/missing
link: :include:{0}/link
home: ~/Mail
again: again@vm.test
circle: round
round: circle
via: owned
owned: :include:{0}/members, tail
owner-owned: owned-boss
owned-boss: \\news
tail: games
plain: \\games
games+deep: man
"a b": games
"""
FILES = {
    "around": "two\ntwo@va.test\n",
    "members": "# who\ngames, \\man\ngames+x\nlist\n",
    "filed": "{0}/archive\n",
    "commanding": '"|/bin/cat >/dev/null"\n',
    "outer": ":include:{0}/inner\nman\n:include:{0}/outer\n",
    "inner": "games, gone\n",
    "open": "man\n",
    "forward.man": "\\man, man, gone\n",
    "forward.games": "games, sync@loc.test, both\n",
    "forward.games+f": "{0}/archive, gone+\n",
    "forward.sys": "# nothing but a comment\n",
    "forward.bin": ":include:{0}/filed, :include:{0}/members\n",
    "forward.sync": "sync@vm.test\n",
}
QUICK = (
    *("itself@loc.test", "daemon@loc.test", "list@loc.test", "team@loc.test", "nested@loc.test", "open@loc.test"),
    *("circle@loc.test", "plain@loc.test", "games+f@loc.test", "bin@loc.test"),
)
"""A few of them, for every run of the tests."""
ADDRESSES = (
    *(f"{line.partition(':')[0]}@loc.test" for line in ALIASES.splitlines() if line[:1] != '"'),
    '"a b"@loc.test',
    *("daemon+x@loc.test", "games+f@loc.test", "games+g@loc.test", "man+y@loc.test", "list+z@loc.test"),
    *("games@loc.test", "sys@loc.test", "bin@loc.test", "sync@loc.test", "team+x@loc.test", "two@va.test"),
)
VIRTUAL = "two@va.test daemon@loc.test\nagain@vm.test again@loc.test\nsync@vm.test sync+a@loc.test man@loc.test\n"


@pytest.fixture(scope="module")
def machine(lab: Lab) -> AddressMachine:
    return AddressMachine(lab)


def _case(folder: Path, kind: str, **main: str) -> Case:
    case = Case(0, folder)
    case.main = {
        "mydestination": "loc.test",
        "myorigin": "loc.test",
        "virtual_alias_domains": "va.test",
        "virtual_mailbox_domains": "vm.test",
        "virtual_alias_maps": f"texthash:{folder}/virtual",
        "recipient_delimiter": "+",
        "default_transport": "ta",
        "local_recipient_maps": "",
        "alias_maps": f"{kind}:{folder}/aliases",
        "mail_spool_directory": f"{folder}/spool/",
        "forward_path": f"{folder}/forward.$user$recipient_delimiter$extension {folder}/forward.$user",
        **main,
    }
    texts = {"virtual": VIRTUAL, **FILES}
    case.tables = {name: ("", text.format(folder)) for name, text in texts.items()}
    case.tables["aliases"] = (kind, ALIASES.format(folder))
    (folder / "open").touch()
    (folder / "open").chmod(0o666)
    (folder / "link").unlink(missing_ok=True)
    (folder / "link").symlink_to(folder / "inner")
    return case


OTHERWISE = (
    {"propagate_unmatched_extensions": "alias, include", "allow_mail_to_files": "alias, include"},
    {"reset_owner_alias": "yes", "allow_mail_to_commands": "include", "luser_relay": "mail+$user"},
    {"owner_request_special": "no", "mailbox_transport": "tb:box", "allow_mail_to_files": ""},
)


def _disagreements(machine: AddressMachine, main: dict[str, str], addresses: tuple[str, ...]) -> list[str]:
    lab, tools = machine.lab, LocalTools()
    kind = PostfixConfig(tools, lab.postfix_config).get("default_database_type")
    case = _case(machine.folder, kind, **main)
    case.addresses = addresses
    machine.configure(case)
    did = machine.tries(case)
    resolver = Resolver(tools, PostfixConfig(tools, lab.postfix_config), DovecotConfig(tools, lab.dovecot_config))
    return [
        f"{address}: {told}"
        for address, done in did.items()
        for told in differences(done, resolver.resolve(address, case.sender, "127.0.0.1"))
    ]


@pytest.mark.slow
def test_what_local_8_does_is_what_was_resolved(machine: AddressMachine) -> None:
    assert _disagreements(machine, {}, QUICK) == []


@pytest.mark.slow
@pytest.mark.parametrize("main", ({}, *OTHERWISE), ids=lambda main: " ".join(main) or "as delivered")
def test_so_it_is_with_every_address_and_other_settings(machine: AddressMachine, main: dict[str, str]) -> None:
    assert _disagreements(machine, main, ADDRESSES) == []
