"""Recipients Dovecot does not know: its user databases, and what sent the message there.

Forms of ``doveconf -n``: Dovecot 2.3 ``userdb { driver = … args = … }``, 2.4 ``userdb passwd-file { … }``.
"""

from __future__ import annotations

import re

from mailtui.host.errors import PermissionDenied
from mailtui.services.dovecot.strangers import refuse_strangers
from mailtui.services.explain.arguments import is_one_user
from mailtui.services.explain.case import Case
from mailtui.services.postfix.tables import file_of

_BLOCK = re.compile(r"^userdb(?: (?P<name>[\w-]+))? \{\n(?P<body>.*?)^\}", re.MULTILINE | re.DOTALL)
_SETTING = re.compile(r"^ +(?P<name>\w+) = (?P<value>.*)$", re.MULTILINE)
_PATH = re.compile(r"(?<!\S)/\S+")
_UNKNOWN_USER = 67
"""doveadm's exit status for a user that does not exist (EX_NOUSER)."""


def unknown_user(case: Case) -> None:
    """Dovecot said so over LMTP: name its databases, ask them again, and say who accepted the address."""
    if not case.through_socket:
        return
    user_is_known = _ask_dovecot(case)
    databases = user_databases(case.dovecot.text)
    for database in databases:
        case.found.add(f"Dovecot looks users up in userdb {database}")
    if user_is_known:
        case.found.advise("Send the message again: Dovecot knows the user now.")
        return
    accepted = case.lookups.find_address("virtual_mailbox_maps", case.address)
    if accepted:
        case.found.add(f"virtual_mailbox_maps ({accepted.table}) has {accepted.key}, so Postfix accepts it")
    _what_to_do(case, databases)


def user_databases(configuration: str) -> tuple[str, ...]:
    """The user databases in the order they are asked: driver, and file where there is one."""
    return tuple(_described(block) for block in _BLOCK.finditer(configuration))


def _described(block: re.Match[str]) -> str:
    settings = {match["name"]: match["value"] for match in _SETTING.finditer(block["body"])}
    driver = settings.get("driver") or block["name"] or "of no driver"
    path = settings.get("passwd_file_path") or ""
    if not path and (found := _PATH.search(settings.get("args", ""))):
        path = found[0]
    return f"{driver} {path}".rstrip()


def _ask_dovecot(case: Case) -> bool:
    if not is_one_user(case.address):
        return False
    argv = ("doveadm", *case.dovecot.where, "user", "--", case.address)
    case.found.offer(*argv)
    try:
        refuse_strangers(case.dovecot, case.address)
    except PermissionDenied as error:
        case.found.add(f"doveadm user was not run: {error.told}")
        return False
    answer = case.tools.run(argv, check=False)
    if answer.code == 0:
        case.found.add(f"doveadm user finds {case.address} now")
        return True
    if answer.code == _UNKNOWN_USER or "doesn't exist" in answer.error_text:
        case.found.add(f"doveadm user does not find {case.address}")
    else:
        said = answer.error_text.strip().splitlines()[-1:] or [f"exit status {answer.code}"]
        case.found.add(f"doveadm user gave no answer: {said[0]}")
    return False


def _what_to_do(case: Case, databases: tuple[str, ...]) -> None:
    place = f"userdb {databases[0]}" if databases else "Dovecot's userdb"
    case.found.advise(f"If {case.address} should exist, add it to {place}.")
    origin = case.recipient.orig_to
    hit = next(case.lookups.aliases(origin), None) if origin else None
    if hit is not None:
        file = file_of(hit.table) or hit.table
        case.found.advise(f"Otherwise take {case.address} out of the alias {hit.key} in {file}.")
        if case.recipient.status == "deferred":
            # The queue holds what the alias led to: cleanup asks for that when it is requeued, not for the alias.
            case.found.blame(hit.parameter, hit.table, case.address, likeliest=True)
            case.found.advise(f"To take along what waits: an alias for {case.address} itself, then requeue.")
    else:
        case.found.advise("Otherwise take it out of the table by which Postfix accepts it, or tell the sender.")
