"""A Maildir's files: the uidlist against the index and the messages, the keywords against the messages."""

from __future__ import annotations

from mailtui.services.dovecot.index import messages, uidlist
from mailtui.services.dovecot.index.damage import CONTROL, MAIL
from mailtui.services.dovecot.index.flaws import Flaw, in_the_way
from mailtui.services.dovecot.index.looking import Looking, listed
from mailtui.services.dovecot.index.reading import read
from mailtui.services.dovecot.index.replay import State
from mailtui.services.dovecot.index.uidlist import UidList
from mailtui.services.dovecot.index.uidlist_mended import mended


def look_at(looking: Looking, state: State) -> tuple[UidList, int | None]:
    """The uidlist as far as it can be read, and how many messages there are. Raises OSError."""
    folder = looking.required(looking.mailbox.mail)
    files = messages.maildir(folder)
    control = looking.open(looking.mailbox.control)
    uids = _uidlist(looking, control, state, files)
    if uids.uidvalidity and state.complete:
        _compare(looking, uids, state, files)
    _keywords(looking, control, files)
    if uids.files and not files and not messages.has_cur(folder):
        looking.say(Flaw("maildir.cur", f"{len(uids.files)} messages are listed"), "cur", MAIL)
    return uids, len(files)


def _uidlist(looking: Looking, control: int | None, state: State, files: dict[bytes, bytes]) -> UidList:
    raw = read(control, "dovecot-uidlist") if control is not None else None
    if raw is None and files and state.flags:
        looking.say(Flaw("uidlist.missing", f"{len(files)} messages are there"), "dovecot-uidlist", CONTROL)
    if raw is not None and raw.instead:
        looking.say(in_the_way(raw), raw.name, CONTROL)
    if raw is None or raw.instead:
        return UidList(None, None, {}, ())
    looking.rights(raw, CONTROL)
    uids = uidlist.parse(raw.data)
    for flaw in uids.flaws:
        looking.say(flaw, raw.name, CONTROL)
    # What cannot be mended is missed beyond that.
    return uidlist.parse(mended(raw.data, files)) if uids.flaws and uids.uidvalidity else uids


def _compare(looking: Looking, uids: UidList, state: State, files: dict[bytes, bytes]) -> None:
    if state.uidvalidity and state.uidvalidity != uids.uidvalidity:
        says = f"UIDVALIDITY {uids.uidvalidity}, {state.uidvalidity} in the index"
        here = len(files.keys() & set(uids.files.values()))
        kind = "uidlist.uidvalidity" if 2 * here >= len(files) else "uidlist.foreign"
        looking.say(Flaw(kind, says), "dovecot-uidlist", CONTROL)
        return
    missing = [uid for uid in state.flags if uid not in uids.files]
    unlisted = len(files.keys() - set(uids.files.values()))
    if missing and unlisted:  # a file without a line is a new message; an index without both is merely old
        says = f"{len(missing)} messages: UID {listed(missing)}"
        looking.say(Flaw("uidlist.lost", says), "dovecot-uidlist", CONTROL)


def _keywords(looking: Looking, control: int | None, files: dict[bytes, bytes]) -> None:
    raw = read(control, "dovecot-keywords") if control is not None else None
    if raw is not None and raw.instead:
        looking.say(in_the_way(raw), raw.name, CONTROL)
        return
    if raw is not None:
        looking.rights(raw, CONTROL)
    names, wrong = messages.keyword_names(raw.data if raw else b"")
    if wrong:
        looking.say(Flaw("keywords.line", f"{wrong} lines"), "dovecot-keywords", CONTROL)
    used = {number for info in set(files.values()) for number in messages.keyword_letters(info)}
    if used - names.keys():
        letters = ", ".join(chr(ord("a") + number) for number in sorted(used - names.keys()))
        looking.say(Flaw("keywords.unnamed", f"letters {letters}"), "dovecot-keywords", CONTROL)
