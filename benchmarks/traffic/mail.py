"""What happens to messages: each function plays one message's way and counts its outcomes."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from benchmarks.traffic.names import SUBJECTS, Client
from benchmarks.traffic.site import LOCALHOST, Message, Site

LMTP = "mx1.example.org[private/dovecot-lmtp]"
TLS = "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)"
DEFERRALS = (
    "4.7.1 deferred (host {r} said: 450 4.7.1 <{to}>: Recipient address rejected: Greylisted (wait 300 s), see "
    "http://postgrey.example (in reply to RCPT TO command))",
    "4.4.1 deferred (connect to {r}:25: Connection timed out)",
    "4.4.3 deferred (Host or domain name not found. Name service error for name=mx.example type=MX: try again)",
    "4.2.2 deferred (host {r} said: 452-4.2.2 The recipient's inbox is out of storage space (quota) (in reply to "
    "end of DATA command))",
)
BOUNCES = (
    "5.1.1 bounced (host {r} said: 550 5.1.1 <{to}>: Recipient address rejected: User unknown (in reply to RCPT "
    "TO command))",
    "5.7.26 bounced (host {r} said: 550-5.7.26 Your email has been blocked because the sender is unauthenticated. "
    "550 5.7.26 (in reply to end of DATA command))",
)
REMOTE_REPLIES = (
    "250 2.0.0 Ok: queued as {q}",
    "250 2.0.0 OK  1772323200 {q}-gsmtp",
    "250 2.6.0 {m} [InternalId=4711, Hostname=EX1.outlook.example] 9001 bytes in 0.2 Queued mail for delivery",
)

Way = Callable[[Site, float], None]


def _size(site: Site) -> int:
    return int(site.rng.lognormvariate(9.5, 1.4)) + 400


def _remote(site: Site, to: str) -> str:
    """One of the two servers that take mail for the address."""
    domain = to.partition("@")[2]
    return f"mx.{domain}[192.0.2.{zlib.crc32(domain.encode()) % 250 + site.rng.randrange(1, 3)}]"


def _session(
    site: Site,
    start: float,
    sender: str,
    client: Client,
    *,
    service: str = "smtpd",
    extra: str = "",
    message_id: str = "",
) -> tuple[Message, float]:
    """Smtpd and cleanup up to the end of data; returns the message and the time of its last byte."""
    end = start + 0.3 + site.rng.random() * 1.5
    pid = site.pid(service, start, end + 0.3)
    site.connect(start, service, pid, client)
    if site.rng.random() < 0.5 and client is not LOCALHOST:
        site.log(start + 0.05, service, pid, f"Anonymous TLS connection established from {client}: {TLS}")
    message_id = message_id or site.message_id("client.example")
    message = Message(site.queue_id(start + 0.1), sender, _size(site), message_id)
    site.log(start + 0.1, service, pid, f"{message.qid}: client={client}{extra}")
    cleanup = site.pid("cleanup", start + 0.1, end)
    site.log(start + 0.2, "cleanup", cleanup, f"{message.qid}: message-id={message.message_id}")
    site.disconnect(end + 0.3, service, pid, client, "ehlo=2 starttls=1 mail=1 rcpt=1 data=1 quit=1 commands=7")
    return message, end


def _receive(site: Site, start: float, sender: str, **details: str) -> tuple[Message, float]:
    """A message is taken in from outside."""
    message, end = _session(site, start, sender, site.names.client(), **details)
    site.count("received", start + 0.1)
    site.truth.received(sender or "<>", message.size)
    return message, end + 0.02


def _to_mailbox(site: Site, time: float, message: Message, to: str, orig_to: str = "") -> None:
    session = f"{site.rng.getrandbits(96):x}"
    site.status(time, "lmtp", message, to, LMTP, f"2.0.0 sent (250 2.0.0 <{to}> {session} Saved)", orig_to)
    site.delivered(time, message, to)
    if site.rng.random() < site.habits.dovecot_share:
        pid = site.pid("=lmtp", time - 0.2, time)
        told = f"msgid={message.message_id}: saved mail to INBOX"
        site.dovecot(time - 0.01, f"lmtp({to})<{pid}><{session}>: {told}")
        site.truth.dovecot["saved"] += 1
        if site.rng.random() < 0.4:  # Postfix uses a connection more than once
            site.dovecot(time - 0.1, f"lmtp({pid}): Connect from local")
            site.dovecot(time + 0.01, f"lmtp({pid}): Disconnect from local: Logged out (state=READY)")


def _to_world(site: Site, time: float, message: Message, to: str) -> None:
    relay, reply = _remote(site, to), site.rng.choice(REMOTE_REPLIES)
    pid = site.pid("smtp", time - 2, time - 1)
    site.log(time - 0.3, "smtp", pid, f"Trusted TLS connection established to {relay}:25: {TLS}")
    text = reply.format(q=f"4{site.rng.getrandbits(36):09X}", m=message.message_id)
    site.status(time, "smtp", message, to, f"{relay}:25", f"2.0.0 sent ({text})")
    site.delivered(time, message, to)


def _notify(site: Site, time: float, parent: Message, kind: str = "non-delivery") -> None:
    """The sender is told, by a message nobody took in."""
    child = Message(site.queue_id(time), "", 3000 + parent.size // 2, site.message_id("mx1.example.org"))
    bounce, cleanup = site.pid("bounce", time, time + 0.1), site.pid("cleanup", time, time + 0.1)
    site.log(time, "cleanup", cleanup, f"{child.qid}: message-id={child.message_id}")
    site.log(time + 0.01, "bounce", bounce, f"{parent.qid}: sender {kind} notification: {child.qid}")
    site.activate(time + 0.02, child, 1)
    if parent.sender.partition("@")[2].lower().endswith(("example.org", "firma.example")):
        _to_mailbox(site, time + 0.4, child, parent.sender)
    else:
        _to_world(site, time + 2.5, child, parent.sender)
    site.remove(time + 3, child)


def inbound(site: Site, start: float) -> None:
    """A message from outside for one to three mailboxes, some through an alias."""
    message, time = _receive(site, start, site.names.stranger())
    recipients = [site.names.user() for _ in range(site.rng.choice((1, 1, 1, 1, 2, 3)))]
    site.activate(time, message, len(recipients))
    for n, to in enumerate(recipients):
        _to_mailbox(site, time + 0.3 + n / 50, message, to, "info@example.org" if site.rng.random() < 0.1 else "")
    site.remove(time + 0.5, message)


def filtered(site: Site, start: float) -> None:
    """A message through a content filter: one message, two queue files."""
    outer, time = _receive(site, start, site.names.stranger())
    to = site.names.user()
    site.activate(time, outer, 1)
    extra = f", orig_queue_id={outer.qid}, orig_client=mail.example.com[203.0.113.9]"
    extra = extra if site.rng.random() < 0.5 else ""
    service = site.rng.choice(("smtpd", "10025/smtpd"))
    inner, injected = _session(
        site, time + 1, outer.sender, LOCALHOST, service=service, extra=extra, message_id=outer.message_id
    )
    inner.size = outer.size + 600
    site.activate(injected + 0.02, inner, 1)
    reply = f"250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as {inner.qid}"
    site.status(injected + 0.05, "smtp", outer, to, "127.0.0.1[127.0.0.1]:10024", f"2.0.0 sent ({reply})")
    site.remove(injected + 0.06, outer)
    _to_mailbox(site, injected + 0.4, inner, to)
    site.remove(injected + 0.5, inner)


def piped_filter(site: Site, start: float) -> None:
    """A message through a filter that gives it back with sendmail(1)."""
    outer, time = _receive(site, start, site.names.stranger())
    to = site.names.user()
    site.activate(time, outer, 1)
    inner = Message(site.queue_id(time + 1), outer.sender, outer.size + 300, outer.message_id)
    told = "2.0.0 sent (delivered via spamassassin service)"
    site.status(time + 1.02, "pipe", outer, to, "spamassassin", told)
    site.log(time + 1, "pickup", site.pid("pickup", time, time), f"{inner.qid}: uid=111 from=<{outer.sender}>")
    cleanup = site.pid("cleanup", time + 1, time + 1.1)
    site.log(time + 1.01, "cleanup", cleanup, f"{inner.qid}: message-id={inner.message_id}")
    site.remove(time + 1.03, outer)
    site.activate(time + 1.04, inner, 1)
    _to_mailbox(site, time + 1.4, inner, to)
    site.remove(time + 1.5, inner)


def submitted(site: Site, start: float) -> None:
    """A user sends to the world."""
    rng, user = site.rng, site.names.user()
    service = rng.choice(("submission/smtpd", "submission/smtpd", "submissions/smtpd", "smtps/smtpd"))
    extra = f", sasl_method=PLAIN, sasl_username={user}"
    message, time = _receive(site, start, user, service=service, extra=extra)
    recipients = [site.names.stranger() for _ in range(rng.choice((1, 1, 1, 2, 4, 9)))]
    site.activate(time, message, len(recipients))
    for n, to in enumerate(recipients):
        _to_world(site, time + 1.5 + n / 10, message, to)
    site.remove(time + 3, message)


def retried(site: Site, start: float) -> None:
    """A remote host wants it later, and later takes it."""
    message, time = _receive(site, start, site.names.user())
    to = site.names.stranger()
    relay = _remote(site, to)
    why = site.rng.choice(DEFERRALS).format(r=relay, to=to)
    for attempt in range(site.rng.randrange(1, 5)):
        site.activate(time, message, 1)
        if "connect to" in why:
            pid = site.pid("smtp", time, time + 30)
            site.log(time + 30, "smtp", pid, f"connect to {relay}:25: Connection timed out")
        site.status(time + 31, "smtp", message, to, "none" if "Name" in why else f"{relay}:25", why)
        site.deferred(time + 31, first=attempt == 0)
        time += 300 * 2**attempt
    site.activate(time, message, 1)
    _to_world(site, time + 2, message, to)
    site.remove(time + 2.1, message)


def refused(site: Site, start: float) -> None:
    """A remote host does not want it: bounce and notification."""
    message, time = _receive(site, start, site.names.user())
    to = site.names.stranger()
    relay = _remote(site, to)
    site.activate(time, message, 1)
    why = site.rng.choice(BOUNCES).format(r=relay, to=to)
    site.status(time + 2, "smtp", message, to, f"{relay}:25", why)
    site.count("bounced", time + 2)
    _notify(site, time + 2.1, message)
    site.remove(time + 2.3, message)


def unknown_user(site: Site, start: float) -> None:
    """Dovecot knows no such user: a bounce from LMTP."""
    message, time = _receive(site, start, site.names.stranger())
    to = f"nobody{site.rng.randrange(99)}@example.org"
    site.activate(time, message, 1)
    why = f"5.1.1 bounced (host {LMTP} said: 550 5.1.1 <{to}> User doesn't exist: {to} (in reply to RCPT TO command))"
    site.status(time + 0.2, "lmtp", message, to, LMTP, why)
    site.count("bounced", time + 0.2)
    _notify(site, time + 0.3, message)
    site.remove(time + 0.5, message)


def expired(site: Site, start: float) -> None:
    """Two recipients wait until the queue lifetime is over."""
    message, time = _receive(site, start, site.names.user())
    recipients = [site.names.strangers[0], site.names.strangers[1]]
    relay = _remote(site, recipients[0])
    why = DEFERRALS[1].format(r=relay, to="")
    for attempt in range(5):
        site.activate(time, message, 2)
        for to in recipients:
            site.status(time + 30, "smtp", message, to, "none", why)
            site.deferred(time + 30, first=attempt == 0 and to is recipients[0])
        time += 600 * 3**attempt
    site.activate(time, message, 2)
    for to in recipients:
        site.status(time + 30, "smtp", message, to, "none", why)
        site.deferred(time + 30, first=False)
    text = f"{message.qid}: from=<{message.sender}>, status=expired, returned to sender"
    site.log(time + 31, "qmgr", site.qmgr, text)
    site.count("expired", time + 31, by=2)
    _notify(site, time + 31.1, message)
    site.remove(time + 31.5, message)


def forwarded(site: Site, start: float) -> None:
    """A ~/.forward sends it on as a new queue file."""
    message, time = _receive(site, start, site.names.stranger())
    site.activate(time, message, 1)
    child = Message(site.queue_id(time + 0.1), message.sender, message.size + 200, message.message_id)
    cleanup = site.pid("cleanup", time, time + 0.2)
    site.log(time + 0.1, "cleanup", cleanup, f"{child.qid}: message-id={child.message_id}")
    site.activate(time + 0.15, child, 1)
    told = f"2.0.0 sent (forwarded as {child.qid})"
    site.status(time + 0.2, "local", message, "olaf@mx1.example.org", "local", told)
    site.count("forwarded", time + 0.2)
    site.remove(time + 0.3, message)
    _to_world(site, time + 3, child, site.names.stranger())
    site.remove(time + 3.1, child)


def cron(site: Site, start: float) -> None:
    """A local program sends a message with sendmail(1)."""
    message = Message(site.queue_id(start), "root@mx1.example.org", _size(site), site.message_id("mx1.example.org"))
    site.log(start, "pickup", site.pid("pickup", start, start), f"{message.qid}: uid=0 from=<root>")
    cleanup = site.pid("cleanup", start, start + 1)
    site.log(start + 0.1, "cleanup", cleanup, f"{message.qid}: message-id={message.message_id}")
    site.count("received", start)
    site.truth.received(message.sender, message.size)
    site.activate(start + 0.2, message, 1)
    to = site.names.users[0]
    site.status(start + 0.3, "local", message, to, "local", "2.0.0 sent (delivered to maildir)", "root")
    site.delivered(start + 0.3, message, to)
    site.remove(start + 0.4, message)


def held(site: Site, start: float) -> None:
    """A header check holds it; most are released later."""
    released = site.rng.random() < 0.8
    client, sender, to = site.names.client(), site.names.stranger(), site.names.user()
    message, time = _session(site, start, sender, client)
    site.count("received", start + 0.1)
    action = f"hold: header Subject: {site.rng.choice(SUBJECTS)} from {client}"
    text = f"{message.qid}: {action}; from=<{sender}> to=<{to}> proto=ESMTP helo=<m>"
    site.log(time, "cleanup", site.pid("cleanup", time, time), text)
    site.count("held", time)
    if released:
        time += 3000
        site.log(time, "postsuper", site.pid("postsuper", time, time), f"{message.qid}: released from hold")
        site.truth.received(sender, message.size)
        site.activate(time + 1, message, 1)
        _to_mailbox(site, time + 2, message, to)
        site.remove(time + 2.1, message)


def requeued(site: Site, start: float) -> None:
    """The operator requeues it: a new queue file through pickup, the same message."""
    message, time = _receive(site, start, site.names.user())
    to = site.names.stranger()
    relay = _remote(site, to)
    site.activate(time, message, 1)
    site.status(time + 31, "smtp", message, to, "none", DEFERRALS[1].format(r=relay, to=to))
    site.deferred(time + 31, first=True)
    time += 900
    site.log(time, "postsuper", site.pid("postsuper", time, time), f"{message.qid}: requeued")
    again = Message(site.queue_id(time + 5), message.sender, message.size + 100, message.message_id)
    text = f"{again.qid}: uid=0 from=<{message.sender}> orig_id={message.qid}"
    site.log(time + 5, "pickup", site.pid("pickup", time, time), text)
    cleanup = site.pid("cleanup", time, time + 6)
    site.log(time + 5.1, "cleanup", cleanup, f"{again.qid}: message-id={again.message_id}")
    site.activate(time + 5.2, again, 1)
    _to_world(site, time + 8, again, to)
    site.remove(time + 8.1, again)


def refused_at_end(site: Site, start: float) -> None:
    """A milter or a header check refuses it after its last byte: the client keeps it."""
    client, sender, to = site.names.client(), site.names.stranger(), site.names.user()
    message, time = _session(site, start, sender, client)
    envelope = f"from=<{sender}> to=<{to}> proto=ESMTP helo=<{client.name}>"
    text = site.rng.choice((
        f"milter-reject: END-OF-MESSAGE from {client}: 5.7.1 Spam message rejected; {envelope}",
        f"reject: header Subject: {site.rng.choice(SUBJECTS)} from {client}; {envelope}: 5.7.1 no thanks",
        f"reject: body buy this; from=<x> from {client}; {envelope}: 5.7.1 no thanks",
    ))  # fmt: skip
    cleanup = site.pid("cleanup", time, time)
    site.log(time, "cleanup", cleanup, f"{message.qid}: {text}")
    site.count("rejected", time)
    if site.at_least(3, 10):
        site.log(time + 0.01, "cleanup", cleanup, f"{message.qid}: removed (canceled)")


def discarded(site: Site, start: float) -> None:
    """A header check swallows it: taken in, and gone."""
    client, sender = site.names.client(), site.names.stranger()
    message, time = _session(site, start, sender, client)
    site.count("received", start + 0.1)
    action = f"discard: header Subject: {site.rng.choice(SUBJECTS)} from {client}"
    text = f"{message.qid}: {action}; from=<{sender}> to=<x@example.org> proto=ESMTP helo=<h>"
    site.log(time, "cleanup", site.pid("cleanup", time, time), text)
    site.count("discarded", time)


def broken_off(site: Site, start: float) -> None:
    """The connection breaks in the middle of the data: nothing was taken in."""
    client = site.names.client()
    end = start + 5
    pid = site.pid("smtpd", start, end)
    qid = site.queue_id(start + 0.1)
    site.connect(start, "smtpd", pid, client)
    site.log(start + 0.1, "smtpd", pid, f"{qid}: client={client}")
    told = f"lost connection after DATA (20480 bytes) from {client}"
    if site.at_least(3, 10):
        site.log(end - 0.1, "cleanup", site.pid("cleanup", start, end), f"{qid}: removed (canceled)")
        told = f"{qid}: {told}"
    site.log(end - 0.1, "smtpd", pid, told)
    site.disconnect(end, "smtpd", pid, client, "ehlo=1 mail=1 rcpt=1 data=0/1 commands=3/4")


WAYS: dict[Way, float] = {
    inbound: 34,
    filtered: 6,
    piped_filter: 1,
    submitted: 20,
    retried: 3,
    refused: 1.5,
    unknown_user: 1,
    expired: 0.2,
    forwarded: 2,
    cron: 1,
    held: 0.4,
    requeued: 0.2,
    refused_at_end: 1.5,
    discarded: 0.4,
    broken_off: 1,
}
