"""What no rule of its own tells apart is told by its family: what it says of the system, of a message, of a login.

Lines as operators ask about them in public threads; wording: the sources of Dovecot 2.3 and 2.4, Pigeonhole, Postfix.
"""

from __future__ import annotations

import pytest

from tests.unit.stories.support import incidents

IMAP = "dovecot: imap(u@x.example)<7><S3ss>: Error: "
LIMITS = [
    (f"{IMAP}open() failed with file /srv/m/u/x: Too many open files", "A process may open no more files"),
    ("dovecot: imap-login: Error: accept() failed: Too many open files", "A process may open no more files"),
    ("dovecot: auth: Fatal: epoll_create(): Too many open files", "A process may open no more files"),
    ("postfix/error[7]: warning: cannot open /etc/hosts: Too many open files", "A process may open no more files"),
    ("dovecot: master: Error: service(imap): fork() failed: Resource temporarily unavailable (ulimit -u 4096 reached?)", "No more processes may be started"),
    (f"{IMAP}mmap() failed with index file /srv/m/u/dovecot.index.cache: Cannot allocate memory", "A process got no more memory"),
    ("dovecot: imap(u)<7><s>: Panic: data stack: Out of memory when allocating 268435496 bytes", "A process got no more memory"),
    ("dovecot: config: Warning: service auth { client_limit=1000 } is lower than required under max. load (1250)", "A limit of Dovecot is lower than the others may need (auth)"),
]  # fmt: skip
DISKS = [
    (f"{IMAP}stat(/srv/m/u) failed: Stale file handle", "A file on NFS vanished while it was open"),
    (f"{IMAP}write(/srv/m/u/tmp/1) failed: Read-only file system", "A file system is read-only"),
    (f"{IMAP}opendir(/srv/m/u/Maildir/cur) failed: Input/output error", "A disk or file system has errors"),
    ("dovecot: lda(root)<3><GW>: Error: chdir(/root/) failed: Permission denied (euid=65534(nobody) egid=65534(nogroup) missing +x perm: /root, dir owned by 0:0 mode=0700)", "Mail for root cannot be delivered"),
    ("dovecot: lda(u): Error: net_connect_unix(/run/dovecot/stats-writer) failed: Permission denied", "A program may not report to Dovecot's statistics"),
]  # fmt: skip
MAILBOXES = [
    (f"{IMAP}Mailbox INBOX: UID=86: read(compress((buffer))) failed: read((buffer)) failed: zlib.read((buffer)): missing gz trailer at 116198 (read reason=)", "A compressed message cannot be read"),
    (f"{IMAP}Mailbox Trash: Saving mail: read() failed: read(/m/cur/16.M3P5.x,S=6014:2,RS) failed: Decryption error: no private key available (read reason=)", "Encrypted mail of a user cannot be read"),
    ("dovecot: dsync-server(u@x.example)<S>: Warning: Mailbox changes caused a desync. You may want to run dsync again: Remote lost mailbox GUID 1", "dsync found that a mailbox had changed meanwhile"),
    ("dovecot: imap(u)<7><s>: Warning: Transaction log file /m/dovecot.index.log was locked for 45 seconds (mdbox storage rebuild)", "A mailbox was locked for long"),
    ("dovecot: imap(u)<7><s>: Warning: Subscriptions file /m/subscriptions: Removing invalid entry: foo", "The list of subscribed folders had a wrong line"),
    ("dovecot: imap(u)<7><s>: Warning: /m: Original mail_alt_path=/alt, but currently mail_alt_path is empty", "Old mail or attachments lie elsewhere"),
    ("dovecot: pop3(u)<7><s>: Error: UIDL: File name not found (pop3_uidl_format=%f not supported by storage?)", "POP3 cannot name messages"),
]  # fmt: skip
OTHER_SERVERS = [
    (f"{IMAP}imapc(imap.example.net:993): Authentication failed: [AUTHENTICATIONFAILED] Invalid credentials", "The other server refuses Dovecot's login"),
    ("dovecot: imap(u)<7><s>: Warning: imapc(imap.example.net:993): connect(192.0.2.9, 993) failed: Connection refused - reconnecting (delay 0 ms)", "Fetching mail from the other server fails"),
    ("dovecot: dsync-local(u)<s>: Error: dsync(mx2): I/O has stalled, no activity for 600 seconds (last sent=mail, last recv=mail_request)", "Replication or dsync failed"),
    ("dovecot: lmtp(u)<7><s>: Error: fts_tika: PUT http://tika:9998/tika/ failed: connect(192.0.2.9:9998) failed: Connection refused", "The server for full text search does not answer well"),
    ("dovecot: imap-login: Error: haproxy(v2): Client disconnected: Not using TCP (type=2, rip=192.0.2.9)", "A connection came without the HAProxy header"),
    ("postfix/postscreen[7]: warning: dnsblog reply timeout 10s for bl.example.net", "A DNS list does not answer postscreen"),
]  # fmt: skip
LOGINS = [
    ("dovecot: lmtp(7): Error: lmtp-server: conn unix:pid=9,uid=5 [2]: rcpt u@x.example: Failed to lookup user u@x.example: Internal error occurred. Refer to server log for more information.", "Dovecot cannot look up a user (u@x.example)"),
    ("dovecot: auth: Fatal: Unknown database driver 'mysql'", "Dovecot was installed without the database"),
    (f"{IMAP}Couldn't drop privileges: User is missing UID (see mail_uid setting)", "A user's entry in the user database is wrong"),
    (f"{IMAP}Invalid settings in userdb: userdb returned 0 as uid", "A user's entry in the user database is wrong"),
    ("dovecot: config: Error: Invalid something", "Dovecot's configuration is wrong"),
    ("dovecot: auth: Warning: auth workers: Auth request was queued for 7 seconds, 6 left in queue (see auth_worker_max_count)", "Logins wait for a free auth worker"),
    ("dovecot: auth: Error: plain(u@x.example,192.0.2.9,<s>): Request 1234.1 timed out after 150 secs, state=1", "Dovecot's authentication is too slow"),
    ("dovecot: auth: Error: ldap(u@x.example,192.0.2.9,<s>): Authenticated user not found from userdb, auth lookup id=12", "A user has a password, but no entry in the user database (u@x.example)"),
    ("dovecot: auth: Error: passwd-file /etc/dovecot/users: User u@x.example exists more than once", "A user stands more than once"),
    ("dovecot: imap-login: Error: Diffie-Hellman key exchange requested, but no DH parameters provided. Set ssh_dh=</path/to/dh.pem", "A client without elliptic curves"),
    ("dovecot: imap-login: Error: Failed to initialize SSL server context: Can't load DH parameters (ssl_dh setting): error:1408518A:SSL routines:ssl3_ctx_ctrl:dh key too small: user=<>, rip=192.0.2.9", "The file of DH parameters cannot be used"),
    ("dovecot: dovecot-lda(u)<7><s>: Fatal: setgid(5000(vmail) from userdb lookup) failed with euid=1000(u), gid=1000(u), egid=1000(u): Operation not permitted (This binary should probably be called with process group set to 5000(vmail) instead of 1000(u))", "A Dovecot program runs as a user"),
]  # fmt: skip
PROGRAMS = [
    (f"{IMAP}Module is for different version 2.3.ABIv13(2.3.13)", "Dovecot's parts do not fit together"),
    ("postfix/postfix-script[7]: warning: unable to create missing queue directories", "Postfix cannot make the folders of its queue"),
    ("postfix/postfix-script[7]: warning: symlink leaves directory: /etc/postfix/./makedefs.out", "A link in /etc/postfix leads out of it"),
    ("postfix/postfix-script[7]: warning: not owned by root: /var/spool/postfix/etc/tokens", "A file in Postfix's chroot belongs to somebody else"),
    ("postfix/postfix-script[7]: warning: not owned by root: /var/spool/postfix/pid", "A file of Postfix has the wrong owner"),
    ("dovecot: auth: Error: BUG: Authentication client sent broken CONT request", "Two programs do not understand each other"),
    ("dovecot: imap(u)<7><s>: Error: old-stats: write(/run/dovecot/stats-mail) failed: Resource temporarily unavailable", "Dovecot's statistics fail"),
    ("dovecot: log(7): Warning: Log connection fd 6 listening 3 prefix 'imap-login: ' is sending input faster than we can write", "Dovecot logs faster"),
    ("postfix/local[7]: warning: required alias not found: mailer-daemon", "A required alias is missing"),
    ("postfix/master[7]: warning: to change inet_interfaces, stop and start Postfix", "A change of Postfix's configuration needs a restart"),
    ("postfix/verify[7]: warning: unrecognized request: \"x\", ignored", "Programs of Postfix do not understand each other"),
    ("postfix/smtpd[7]: warning: error loading certificate chain: key at index 1 in /etc/ssl/x.pem does not match the certificate", "A TLS file or setting of Postfix"),
    ("postfix/local[7]: warning: biff_notify: Connection refused", "Postfix cannot tell logged-in users"),
    ("postfix/smtpd[7]: panic: myfree: corrupt or unallocated memory block", "A program ended in a panic"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "title"), LIMITS + DISKS + MAILBOXES + OTHER_SERVERS + LOGINS + PROGRAMS)
def test_a_family_tells_what_it_means_and_what_to_do(line: str, title: str) -> None:
    (incident,) = incidents(line)
    assert incident.title.startswith(title)
    assert incident.action != "Read the lines around it."


def test_one_limit_of_the_system_is_one_incident_whoever_meets_it() -> None:
    (incident,) = incidents("\n".join(line for line, _ in LIMITS[:4]))
    assert (incident.count, incident.who) == (4, "us")


@pytest.mark.parametrize("call", ["gettimeofday()", "imapc(imap.example.net:993)", "director(192.0.2.9:9090/out)"])
def test_what_is_no_database_is_not_told_as_one(call: str) -> None:
    (incident,) = incidents(f"{IMAP}{call}: something odd")
    assert "database" not in incident.title


def test_a_user_s_name_decides_nothing() -> None:
    """What a family looks for is looked for in the reason, not in whom it hits."""
    (incident,) = incidents(
        "dovecot: imap(haproxy-NFS-stats@x.example)<7><S3ss>: Error: something nobody has ever seen"
    )
    assert incident.action == "Read the lines around it."


@pytest.mark.parametrize(("before", "action"), [(1_900, "HAProxy"), (2_000, "Read the lines around it.")])
def test_no_more_is_looked_at_than_a_program_says_itself(before: int, action: str) -> None:
    """A line of 60 KB of ``haproxy haproxy …`` took a search thirteen seconds."""
    (incident,) = incidents(f"{IMAP}{'odd ' * (before // 4)}Client not trusted (HAProxy)")
    assert action in f"{incident.title} {incident.action}"
