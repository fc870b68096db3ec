"""``People``: one address, followed to its users, and each user looked for in every place it should be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mailtui.findings import Finding
from mailtui.host.errors import UsageError
from mailtui.host.tools import Tools
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.stores.model import Store
from mailtui.services.people.disk import look
from mailtui.services.people.dovecots import DovecotUser, disagreement
from mailtui.services.people.everybody import Everybody
from mailtui.services.people.leading import aliases_of
from mailtui.services.people.model import Place, Report
from mailtui.services.people.postfixadmin import PostfixAdmin
from mailtui.services.people.telling import say
from mailtui.services.postfix.addresses.keys import address_keys, split_address, split_extension
from mailtui.services.postfix.addresses.lookups import Lookups, TableError
from mailtui.services.postfix.addresses.model import Final, Resolution
from mailtui.services.postfix.addresses.resolver import Resolver
from mailtui.services.postfix.config import PostfixConfig
from mailtui.text import clean

_MOST_USERS = 5
_LISTS = ("virtual_mailbox_maps", "local_recipient_maps", "relay_recipient_maps", "virtual_alias_maps", "alias_maps")


class People:
    """Users of this machine. Nothing is changed."""

    def __init__(self, tools: Tools, postfix: PostfixConfig, dovecot: DovecotConfig) -> None:
        self._tools = tools
        self._postfix = postfix
        self._dovecot = dovecot

    def of(self, address: str) -> Report:
        """Where an address is, and where not.

        Raises UsageError for what is none, and what ``Tools.run`` raises where Postfix cannot be asked at all.
        """
        if not address.strip("@ ") or set("\r\n\0") & set(address):
            raise UsageError("whose address?")
        postfix, dovecot = self._postfix.again(), self._dovecot.again()
        found = Resolver(self._tools, postfix, dovecot).resolve(address)
        places, findings = [_of_postfix(found)], list[Finding]()
        users = self._users(found, address, postfix.get("recipient_delimiter"))
        for user, final in users[:_MOST_USERS]:
            for place, wrong in self._user(postfix, dovecot, user, final, found):
                places.append(place)
                findings += wrong
        return Report(clean(address), _told(places, found, len(users)), tuple(places), tuple(findings))

    def all(self) -> tuple[Finding, ...]:
        """Whom Postfix or Dovecot alone knows, see ``Everybody.check``."""
        return Everybody(self._tools, self._postfix.again(), self._dovecot.again()).check()

    def _users(self, found: Resolution, address: str, delimiters: str) -> list[tuple[str, Final | None]]:
        """Whom the mail goes to here; where it goes nowhere, the address may still be a login."""
        here = [one for one in found.final if one.mailbox or "Dovecot" in one.problem]
        if here:
            return [(_login(one, delimiters), one) for one in here]
        return [(address, None)] if found.address_class != "default" and not found.final else []

    def _user(
        self, postfix: PostfixConfig, dovecot: DovecotConfig, user: str, final: Final | None, found: Resolution
    ) -> Iterator[tuple[Place, tuple[Finding, ...]]]:
        asked = DovecotUser(self._tools, dovecot, user)
        passdb, userdb = asked.passdb(), asked.userdb()
        yield passdb, ()
        yield userdb, tuple(disagreement(found.accepted, passdb, userdb, user, found.reply))
        yield from PostfixAdmin(self._tools, postfix).of(user)
        if asked.store is None:
            return
        yield aliases_of(self._tools, postfix, user), ()
        yield look(asked.store)
        yield asked.quota()
        if final and final.transport == postfix.get("virtual_transport") == "virtual":
            yield self._by_virtual(postfix, asked.store, final)

    def _by_virtual(self, postfix: PostfixConfig, store: Store, final: Final) -> tuple[Place, tuple[Finding, ...]]:
        """virtual(8) writes as virtual_uid_maps says, below virtual_mailbox_base: Dovecot must read just there."""
        lookups = Lookups(postfix, self._tools)
        keys = address_keys(final.address.lower(), postfix.get("recipient_delimiter"), local=False)
        try:
            hits = [lookups.find(f"virtual_{one}_maps", keys) for one in ("uid", "gid")]
        except TableError as error:
            return Place("virtual(8)", clean(store.user), "unknown", clean(error.message)), ()
        uid, gid = (hit.value if hit else "?" for hit in hits)
        wrong: list[Finding] = []
        if (uid, gid) != (str(store.uid), str(store.gid)):
            told = f"virtual(8) writes as {uid}:{gid}", f"Dovecot reads as {store.uid}:{store.gid}"
            wrong.append(say("uid", store.user, *told))
        target = Path(final.mailbox)
        if target != store.root and store.inbox != target:
            wrong.append(say("apart", store.user, f"virtual(8) delivers to {target}", f"Dovecot reads {store.root}"))
        told_all = wrong[0].title if wrong else "virtual(8) writes where and as Dovecot reads"
        return Place("virtual(8)", clean(store.user), "wrong" if wrong else "there", told_all), tuple(wrong)


def _login(final: Final, delimiters: str) -> str:
    """Dovecot's name for who gets it: local(8) writes for users of the machine, who have no domain."""
    if final.transport != "local":
        return final.address
    return split_extension(split_address(final.address)[0], delimiters)[0]


def _of_postfix(found: Resolution) -> Place:
    """What smtpd(8) says, and the tables that list the address."""
    facts = [f"{found.address_class} domain"] if found.address_class else []
    facts += [
        f"{step.parameter}: {step.key} → {step.result}" + (f"  {step.file}:{step.line}" if step.line else "")
        for step in found.steps
        if step.result is not None and step.parameter in _LISTS
    ]
    facts += [f"goes to {one.address}" for one in found.final if one.address != found.address]
    if found.accepted:
        return Place("Postfix", found.address, "there", "Postfix takes mail for it", tuple(dict.fromkeys(facts)))
    return Place("Postfix", found.address, "missing", found.reply, tuple(dict.fromkeys(facts)))


def _told(places: list[Place], found: Resolution, users: int) -> str:
    if found.address_class == "default":
        return "it is of another machine's domain"
    bad = [place for place in places if place.state in ("missing", "wrong")]
    known = [place for place in places if place.state != "unknown"]
    if len(bad) == len(known) or (not users and bad):
        return "there is no such user here"
    if not bad and any(place.name == "userdb" and place.state == "unknown" for place in places):
        return "nothing is wrong as far as it could be looked at: Dovecot could not be asked"
    if not bad:
        whom = f"the users it leads to ({users})" if users > 1 else "it"
        return f"{whom} is everywhere it should be" if users == 1 else f"{whom} are everywhere they should be"
    return f"not as it should be: {', '.join(dict.fromkeys(place.name for place in bad))}"
