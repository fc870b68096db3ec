"""Clients that bring no message, users of Dovecot, and what the machine itself has to say."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.traffic.names import SPAM_ZONES, Client
from benchmarks.traffic.site import Site

Visit = Callable[[Site, float], None]

REJECTS = (
    "RCPT from {c}: 554 5.7.1 <{to}>: Relay access denied",
    "RCPT from {c}: 550 5.1.1 <{to}>: Recipient address rejected: User unknown in virtual mailbox table",
    "RCPT from {c}: 554 5.7.1 Service unavailable; Client host [{ip}] blocked using {z}; https://{z}/{ip}",
    "RCPT from {c}: 450 4.7.25 Client host rejected: cannot find your hostname, [{ip}]",
    "RCPT from {c}: 450 4.1.8 <{f}>: Sender address rejected: Domain not found",
    "RCPT from {c}: 504 5.5.2 <win>: Helo command rejected: need fully-qualified hostname",
    "RCPT from {c}: 450 4.2.0 <{to}>: Recipient address rejected: Greylisted, see http://postgrey.example/",
    "MAIL from {c}: 552 5.3.4 Message size exceeds fixed limit",
    "DATA from {c}: 503 5.5.0 <DATA>: Data command rejected: Improper use of SMTP command pipelining",
    "CONNECT from {c}: 554 5.7.1 <{c}>: Client host rejected: Access denied",
)
ENDS = ("lost connection after {s} from {c}", "timeout after {s} from {c}", "too many errors after {s} from {c}")
WARNINGS = (
    ("smtpd", "hostname {n} does not resolve to address {ip}: Name or service not known"),
    ("smtpd", "non-SMTP command from {c}: GET / HTTP/1.1"),
    ("smtpd", "TLS library problem: error:0A000102:SSL routines::unsupported protocol:statem_srvr.c:1657:"),
    ("smtpd", "Connection rate limit exceeded: 61 from {c} for service smtp"),
    ("smtpd", "database /etc/postfix/virtual.db is older than source file /etc/postfix/virtual"),
    ("cleanup", "milter inet:localhost:8891: can't read SMFIC_BODYEOB reply packet header: Success"),
    ("qmgr", "connect to transport private/old: No such file or directory"),
    ("smtp", "host {c} greeted me with my own hostname mx1.example.org"),
    ("dnsblog", "dnsblog_query: lookup error for DNS query 4.3.2.1.{z}: Name service error type=A: try again"),
)
AUTH_FAILURES = (
    "imap-login: Disconnected: Connection closed (auth failed, 1 attempts in 2 secs): {who}",
    "imap-login: Login aborted: Connection closed (auth failed, 1 attempts in 2 secs) (auth_failed): {who}",
)


def _turned_away(site: Site, start: float, action: str, what: str) -> None:
    rng, names = site.rng, site.names
    client, sender, to = names.client(), names.stranger(), names.user()
    end = start + 0.5 + rng.random() * 3
    pid = site.pid("smtpd", start, end)
    site.connect(start, "smtpd", pid, client)
    for n in range(rng.choice((1, 1, 1, 2))):
        told = rng.choice(REJECTS).format(c=client, ip=client.address, to=to, f=sender, z=rng.choice(SPAM_ZONES))
        helo = rng.choice((client.name, "ylmf-pc", "[x] status=sent", f"[{client.address}]"))
        text = f"NOQUEUE: {action}: {told}; from=<{sender}> to=<{to}> proto=ESMTP helo=<{helo}>"
        site.log(start + 0.3 + n / 10, "smtpd", pid, text)
        site.count(what, start + 0.3 + n / 10)
    if rng.random() < 0.4:
        prefix = "NOQUEUE: " if site.at_least(3, 10) else ""
        stage = rng.choice(("RCPT", "EHLO", "AUTH", "UNKNOWN", "CONNECT"))
        site.log(end - 0.01, "smtpd", pid, prefix + rng.choice(ENDS).format(s=stage, c=client))
    site.disconnect(end, "smtpd", pid, client, "ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4")


def rejected(site: Site, start: float) -> None:
    """Smtpd refuses one or two recipients."""
    _turned_away(site, start, "reject", "rejected")


def reject_warned(site: Site, start: float) -> None:
    """``warn_if_reject`` in front of a restriction."""
    _turned_away(site, start, "reject_warning", "reject_warnings")


def password_guess(site: Site, start: float) -> None:
    """Somebody tries passwords on the submission service."""
    client = Client("unknown", f"198.51.100.{site.rng.randrange(1, 255)}")
    pid = site.pid("submission/smtpd", start, start + 3)
    site.connect(start, "submission/smtpd", pid, client)
    user = f", sasl_username={site.names.user()}" if site.at_least(3, 9) else ""
    told = f"{client}: SASL LOGIN authentication failed: UGFzc3dvcmQ6{user}"
    site.warn(start + 2, "submission/smtpd", pid, told)
    site.log(start + 2.5, "submission/smtpd", pid, f"lost connection after AUTH from {client}")
    site.disconnect(start + 2.6, "submission/smtpd", pid, client, "ehlo=1 auth=0/1 commands=1/2")


def screened(site: Site, start: float) -> None:
    """Postscreen looks at a client and refuses it."""
    pid = site.pid("postscreen", start, start + 7)
    peer = f"[198.51.100.{site.rng.randrange(1, 255)}]:{site.rng.randrange(1025, 65535)}"
    site.log(start, "postscreen", pid, f"CONNECT from {peer} to [192.0.2.1]:25")
    site.log(start + 0.1, "postscreen", pid, f"PREGREET 14 after 0.1 from {peer}: EHLO ylmf-pc\\r\\n")
    site.log(start + 6, "postscreen", pid, f"DNSBL rank 5 for {peer}")
    site.truth.postscreen["connections"] += 1
    told = f"550 5.7.1 Service unavailable; client [198.51.100.1] blocked using {SPAM_ZONES[0]}"
    envelope = f"from=<{site.names.stranger()}>, to=<{site.names.user()}>, proto=ESMTP, helo=<ylmf-pc>"
    site.log(start + 6.5, "postscreen", pid, f"NOQUEUE: reject: RCPT from {peer}: {told}; {envelope}")
    site.count("rejected", start + 6.5)
    site.log(start + 6.6, "postscreen", pid, f"DISCONNECT {peer}")


def trouble(site: Site, start: float) -> None:
    """One of the warnings every site has."""
    daemon, text = site.rng.choice(WARNINGS)
    client = site.names.client()
    text = text.format(c=client, n=client.name, ip=client.address, z=site.rng.choice(SPAM_ZONES))
    site.warn(start, daemon, site.pid(daemon, start, start + 1), text)


def failure(site: Site, start: float) -> None:
    """A daemon dies of its configuration and master says so."""
    pid, master = site.pid("trivial-rewrite", start, start + 1), site.qmgr - 1
    site.warn(start, "trivial-rewrite", pid, "main.cf configuration error: mydestination", "fatal")
    told = f"process /usr/lib/postfix/sbin/trivial-rewrite pid {pid} exit status 1"
    site.warn(start + 0.01, "master", master, told)


def operator(site: Site, start: float) -> None:
    """Housekeeping lines: a reload, anvil's statistics, a changed table."""
    if site.rng.random() < 0.1:
        site.log(start, "master", site.qmgr - 1, "reload -- version 3.7.11, configuration /etc/postfix")
    pid = site.pid("anvil", start, start)
    site.log(start, "anvil", pid, "statistics: max connection rate 3/60s for (smtp:192.0.2.7) at Mar  1 01:02:03")
    table = "table hash:/etc/postfix/virtual(0,lock|fold_fix|utf8_request) has changed -- restarting"
    site.log(start + 1, "smtpd", site.pid("smtpd", start, start + 1), table)


def reader(site: Site, start: float) -> None:
    """A user reads mail over IMAP or POP3."""
    if site.rng.random() >= site.habits.dovecot_share:
        return
    rng, user = site.rng, site.names.user()
    pid, session = site.pid("=imap", start, start + 400), f"{rng.getrandbits(90):x}"
    who = f"user=<{user}>, method=PLAIN, rip=198.51.100.7, lip=192.0.2.1, mpid={pid}, TLS, session=<{session}>"
    verb = "Logged in" if site.habits.dovecot >= (2, 4) else "Login"
    protocol = rng.choice(("imap", "imap", "imap", "pop3"))
    site.dovecot(start, f"{protocol}-login: {verb}: {who}")
    site.truth.dovecot["logins"] += 1
    end = start + rng.random() * 400
    counts = "in=512 out=2048 deleted=0 expunged=0 trashed=0 hdr_count=0 hdr_bytes=0 body_count=0 body_bytes=0"
    counts = "top=0/0, retr=1/2048, del=1/7, size=9000" if protocol == "pop3" else counts
    site.dovecot(end, f"{protocol}({user})<{pid}><{session}>: Disconnected: Logged out {counts}")


def wrong_password(site: Site, start: float) -> None:
    """A login to Dovecot fails."""
    if site.rng.random() >= site.habits.dovecot_share:
        return
    user = site.names.user()
    who = f"user=<{user}>, method=PLAIN, rip=203.0.113.77, lip=192.0.2.1, TLS, session=<{site.rng.getrandbits(90):x}>"
    site.dovecot(start, f"auth: passwd-file({user},203.0.113.77): Password mismatch")
    modern = site.habits.dovecot >= (2, 4)
    site.dovecot(start + 2, AUTH_FAILURES[modern].format(who=who))
    site.truth.dovecot["login_failures"] += 1


def mailbox_trouble(site: Site, start: float) -> None:
    """Dovecot complains about a mailbox."""
    if site.rng.random() >= site.habits.dovecot_share:
        return
    user = site.names.user()
    told = f"Transaction log file /var/vmail/{user}/dovecot.index.log: marked corrupted"
    site.dovecot(start, f"imap({user})<{site.qmgr}><x{site.rng.getrandbits(60):x}>: Error: {told}")
    site.truth.dovecot["errors"] += 1


VISITS: dict[Visit, float] = {
    rejected: 16,
    reject_warned: 0.6,
    password_guess: 3,
    screened: 2,
    trouble: 28,
    failure: 0.2,
    operator: 2,
    reader: 12,
    wrong_password: 2,
    mailbox_trouble: 0.5,
}
