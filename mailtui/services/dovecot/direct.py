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
    """Where the mail is, in the words of this Dovecot."""
    common = ["mail_plugins=", "stats_writer_socket_path="]
    if config.new_names:
        layout = [f"mailbox_list_layout={store.layout}"] if store.format == "maildir" else []
        return [*common, f"mail_driver={store.format}", f"mail_path={_literal(store.root)}", *layout]
    path = _literal(store.root).replace(":", "::")
    layout = [":LAYOUT=fs"] if store.format == "maildir" and store.layout == "fs" else []
    return [*common, "".join([f"mail_location={store.format}:{path}", *layout])]


def _literal(path: Path) -> str:
    """A path in which Dovecot finds no variable."""
    return str(path).replace("%", "%%")
