"""``passdb``, ``userdb`` and the ``auth default`` of 1.x: blocks whose form is another in each version.

Source: doc.dovecot.org, "Upgrading": 1.2 to 2.0 (``auth``), 2.3 to 2.4 (named databases, ``fields``).
"""

from __future__ import annotations

from collections.abc import Iterator

from mailtui.services.configuration.model import Setting
from mailtui.services.configuration.translate.location import new_variables
from mailtui.services.configuration.translate.model import Verdict
from mailtui.services.configuration.translate.pieces import Assignment, Block

_OF_1 = "Since 2.0 there is no block auth default."
_NAMED = "Since 2.4 databases have names, and settings in place of args."
_SOCKETS = {"client": "", "master": ""}


def database(block: Block, *, new: bool) -> Verdict | None:
    """What a ``passdb`` or ``userdb`` becomes; None for one that this Dovecot reads as it is."""
    kind, _, name = block.header.partition(" ")
    driver = block.value("driver") or name
    if kind not in ("passdb", "userdb") or (not new and not name) or (new and name and not block.value("args")):
        return None
    args = block.value("args")
    if not new:
        # Empty ones, too: those that stand there belong to another driver.
        settings = (Setting(f"{kind} {{ driver", driver), Setting(f"{kind} {{ args", args))
        return Verdict("changed", settings, "Since 2.0 its name is the setting driver.")
    return _named(kind, driver, args)


def auth_default(block: Block, *, new: bool) -> Iterator[tuple[int, str, Verdict]]:
    """Line, text and verdict of each thing in an ``auth`` block of 1.x."""
    for one in block.items:
        if isinstance(one, Assignment):
            yield one.number, one.text, _of_auth(one)
        elif one.header.startswith(("passdb ", "userdb ")):
            yield one.number, f"{one.header} {{ … }}", database(one, new=new) or _plain(one)
        elif one.header == "socket listen":
            for socket in one.items:
                if isinstance(socket, Block):
                    yield socket.number, f"{socket.header} {{ … }}", _socket(socket)


def _of_auth(one: Assignment) -> Verdict:
    if one.name == "mechanisms":
        return Verdict("changed", (Setting("auth_mechanisms", one.value),), _OF_1)
    return Verdict("gone", (), f"{_OF_1} {one.name} has its place in service auth where it is needed.")


def _plain(block: Block) -> Verdict:
    """A database of 1.x for 2.4, whose blocks have the name again."""
    return Verdict("same", (Setting(f"{block.header} {{ driver", block.header.partition(" ")[2]),))


def _socket(block: Block) -> Verdict:
    path = block.value("path")
    if block.header not in _SOCKETS or not path:
        return Verdict("by hand", (), "It is a listener of service auth since 2.0.")
    where = f"service auth {{ unix_listener {path} {{"
    mode = block.value("mode") or "0600"
    safe = "0660" if mode[-1:] in "2367" else mode
    settings = [Setting(f"{where} mode", safe)]
    settings += [Setting(f"{where} {name}", block.value(name)) for name in ("user", "group") if block.value(name)]
    if safe != mode:
        return Verdict("dangerous", tuple(settings), f"Mode {mode} lets everybody on this machine open it. {_OF_1}")
    return Verdict("changed", tuple(settings), _OF_1)


def _named(kind: str, driver: str, args: str) -> Verdict:
    where = f"{kind} {driver} {{"
    settings = [Setting(f"{where} driver", driver)]
    if driver in ("sql", "ldap", "dict", "lua", "checkpassword", "oauth2"):
        why = f"The settings of {args or 'its file'} stand in the block {kind} {driver} itself."
        return Verdict("by hand", (), f"{_NAMED} {why}")
    options = dict(word.partition("=")[::2] for word in args.split() if "=" in word)
    rest = [word for word in args.split() if "=" not in word]
    if driver == "static":
        settings += [Setting(f"{where} fields {{ {name}", new_variables(value)) for name, value in options.items()]
    elif driver == "passwd-file":
        settings += [Setting(f"{where} passwd_file_path", new_variables(path)) for path in rest]
        if "scheme" in options:
            settings.append(Setting(f"{where} default_password_scheme", options["scheme"]))
        if "username_format" in options:
            settings.append(Setting(f"{where} auth_username_format", new_variables(options["username_format"])))
    elif driver == "pam" and rest and not rest[-1].startswith("%"):
        settings.append(Setting(f"{where} service_name", rest[-1]))
    return Verdict("changed", tuple(settings), _NAMED)
