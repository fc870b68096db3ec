"""doveadm on mail in a folder, without userdb and so without the running service: as the mail user, by ``-o`` settings.

As root doveadm would leave files of root's in the mailbox, hence setpriv(1). ``stats_writer_socket_path`` is root's.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from mailtui.host.errors import PermissionDenied
from mailtui.host.tools import SEARCH_PATH
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.stores.model import Store

_NOBODY = "mailtui"
"""What a user is called of whom only the folder is known."""


def command(config: DovecotConfig, store: Store, words: Sequence[str], arguments: Sequence[str]) -> tuple[str, ...]:
    """The argv of a mail command on a store. Raises PermissionDenied where only root could become the mail user."""
    settings = [word for pair in _settings(config, store) for word in ("-o", pair)]
    alone = ("--no-userdb-lookup",) if config.new_names else ()
    doveadm = ("doveadm", *config.where, *settings, "-f", "tab", *words, *alone, "--", *arguments)
    words_of_user = (f"USER={store.user or _NOBODY}", f"HOME={store.home or store.root}")
    return (*_as_mail_user(store), "env", "-i", f"PATH={SEARCH_PATH}", "LC_ALL=C", *words_of_user, *doveadm)


def _as_mail_user(store: Store) -> tuple[str, ...]:
    if os.geteuid() == 0:
        return ("setpriv", f"--reuid={store.uid}", f"--regid={store.gid}", "--clear-groups", "--")
    if os.geteuid() != store.uid:
        raise PermissionDenied(f"only root may work as user {store.uid}", unlock="sudo mailtui")
    return ()


def _settings(config: DovecotConfig, store: Store) -> list[str]:
    """Where the mail is, in the words of this Dovecot; what is elsewhere too, lest it be made a second time here."""
    common = ["mail_plugins=", "stats_writer_socket_path="]
    elsewhere = {"index": store.index_root, "control": store.control_root, "inbox": store.inbox, "alt": store.alt}
    places = {name: path for name, path in elsewhere.items() if path is not None}
    default = "maildir++" if store.format == "maildir" else "fs"
    if config.new_names:
        layout = [f"mailbox_list_layout={store.layout}"] if store.layout != default else []
        more = [f"mail_{name}_path={_literal(path)}" for name, path in places.items()]
        return [*common, f"mail_driver={store.format}", f"mail_path={_literal(store.root)}", *layout, *more]
    layout = [f"LAYOUT={store.layout}"] if store.layout != default else []
    more = [f"{name.upper()}={_escaped(path)}" for name, path in places.items()]
    return [*common, f"mail_location={':'.join([store.format, _escaped(store.root), *layout, *more])}"]


def _escaped(path: Path) -> str:
    """A path as a part of ``mail_location``."""
    return _literal(path).replace(":", "::")


def _literal(path: Path) -> str:
    """A path in which Dovecot finds no variable."""
    return str(path).replace("%", "%%")
