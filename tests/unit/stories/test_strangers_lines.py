"""Lines of the shapes that strangers' logs have: each is told with its own cause, and nothing that fails is overlooked."""

from __future__ import annotations

import pytest

from mailtui.maillog.parser import Parser
from tests.unit.stories.support import incidents

OURS = [
    # filters beside the mail server
    ("opendkim[9]: mail._domainkey.x.example: key data is not secure: /etc can be read or written by other users", "OpenDKIM cannot use its key"),
    ("opendkim[9]: BDF2E1C1982: error loading key 'mail._domainkey.x.example'", "OpenDKIM cannot use its key"),
    ("amavis[9]: (01234-05) (!!)TROUBLE in check_mail: virus_scan FAILED: ALL VIRUS SCANNERS FAILED", "The virus scanner does not answer"),
    ("amavis[9]: (01234-05) (!)connect to /run/clamav/clamd.ctl failed, attempt #1: Can't connect to a UNIX socket", "The virus scanner does not answer"),
    ("clamav-milter[9]: ERROR: No clamd server appears to be available", "The virus scanner does not answer"),
    ("rspamd[9]: <sc39ye>; lua; lua_redis.lua:1074: cannot upload script to 127.0.0.1: timeout while connecting the server", "Rspamd does not reach its Redis"),
    ("rspamd[9]: <c474cc>; lua; dkim_signing.lua:88: signing failure: cannot make request to load DKIM key", "Rspamd cannot sign mail"),
    ("spamd[9]: spamd: could not create IO::Socket::IP socket on [127.0.0.1]:783: Address already in use", "A mail filter could not do its work"),
    # Postfix
    ("postfix/smtpd[9]: warning: SASL authentication failure: cannot connect to saslauthd server: No such file or directory", "Nobody can log in: SASL does not work"),
    ("postfix/smtpd[9]: warning: a.example[192.0.2.7]: SASL PLAIN authentication failed: Connection lost to authentication server", "Postfix lost Dovecot's auth service during logins (192.0.2.7)"),
    ("postfix/smtp[9]: warning: SASL authentication failure: No worthy mechs found", "Our login at another server finds no mechanism"),
    ("postfix/postscreen[9]: warning: psc_dnsbl_request: connect to private/dnsblog service: Resource temporarily unavailable", "Postscreen does not reach dnsblog or tlsproxy"),
    ("postfix/postscreen[9]: warning: haproxy read: time limit exceeded", "A connection came without the HAProxy header"),
    ("postfix/postscreen[9]: fatal: watchdog timeout", "A Postfix daemon hung and was ended"),
    ("postfix/dnsblog[9]: warning: dnsblog_query: lookup error for DNS query 7.2.0.192.list.example: Host or domain name not found. Name service error for name=7.2.0.192.list.example type=A: Host not found, try again", "A DNS list does not answer postscreen"),
    ("postfix/smtpd[9]: warning: problem talking to server private/anvil: Permission denied", "A Postfix service does not answer (private/anvil)"),
    ("postfix/smtpd[9]: warning: problem talking to server 127.0.0.1:10031: Connection refused", "A policy service does not answer (127.0.0.1:10031)"),
    ("postfix/postdrop[9]: warning: unable to look up public/pickup: No such file or directory", "Postfix is not running: mail of local programs"),
    ("postfix/postdrop[9]: warning: mail_queue_enter: create file maildrop/637.875: Permission denied", "Local programs cannot hand in mail"),
    ("postfix/qmgr[9]: fatal: scan_dir_push: open directory active: Permission denied", "A process may not do what it needs to"),
    # Dovecot
    ("dovecot: lmtp(u@x.example)<9><S1>: Warning: Dict server timeout: No input for 30.025 secs (1 commands pending) - reconnected", "A dict of Dovecot cannot be used"),
    ("dovecot: imap-login: Error: master(imap): Auth request timed out (received 0/12 bytes)", "Dovecot's authentication is too slow or hangs"),
    ("dovecot: master: Error: service(indexer): Process 1104621 is ignoring idle SIGINT", "A Dovecot process does not answer its master (indexer)"),
    ("dovecot: master: Warning: service(stats): client_limit (1000) reached, client connections are being dropped", "A service has reached its process limit (stats)"),
    ("dovecot: auth: Error: sql(u@x.example,127.0.0.1,<S1>): Invalid password in passdb: Not a valid MD5-CRYPT or PLAIN-MD5 password", "A stored password is in a form Dovecot does not take (u@x.example)"),
    ("dovecot: auth: Fatal: ldap /etc/dovecot/ldap.conf: Error in configuration file /etc/dovecot/ldap.conf line 12: Invalid boolean: x", "Dovecot's configuration is wrong (/etc/dovecot/ldap.conf)"),
    ("dovecot: auth-worker(9): Error: mysql(db): Connect failed to database (mail): Can't connect to server - waiting for 5 seconds before retry", "Dovecot cannot ask its user database (mysql)"),
    ("dovecot: indexer-worker(u@x.example)<9><S1>: Warning: fts-flatcurve(INBOX): Could not write message data: uid=2; Term too long (> 245)", "A message with a very long word is not in the full text index (u@x.example)"),
    ("dovecot: indexer-worker(u@x.example): Error: FTS Xapian: Low memory indexing : DatabaseCorruptError - (null)", "The full text index of a user is damaged (u@x.example)"),
    ("dovecot: imap(u@x.example)<9><S1>: Error: quota: Failed to get quota resource STORAGE_LIMIT: quota-count: Listing namespaces failed", "Dovecot cannot find out a user's quota"),
    ("dovecot: imap(u@x.example)<9><S1>: Error: last_login_dict: Failed to write value: dict-server returned failure: commit failed", "A dict of Dovecot cannot be used"),
    ("dovecot: imap(u@x.example)<9><S1>: Error: net_connect_unix(/run/dovecot/stats-writer) failed: Permission denied", "A program may not report to Dovecot's statistics"),
    ("dovecot: managesieve(u@x.example)<9><S1>: Fatal: Failed to open Sieve storage.", "A Sieve script failed"),
    ("dovecot: dsync-server(u@x.example)<S1>: Error: read(mx2.example) failed: EOF (last sent=mailbox_delete, last recv=handshake)", "Replication or dsync failed (u@x.example)"),
    ("dovecot: doveadm(u@x.example): Error: sync: /usr/bin/doveadm-server disconnected unexpectedly: EOF", "Replication or dsync failed (u@x.example)"),
    ("dovecot: submission(u@x.example)<9><S1>: Error: Failed to establish connection: connect(127.0.0.1:25) failed: Connection refused", "Dovecot's submission does not reach Postfix"),
    ("dovecot: imap-login: Disconnected: TLS handshake failed: SSL_accept() failed: error:0A000416:SSL routines::sslv3 alert certificate unknown: SSL alert number 46: user=<>, rip=192.0.2.7", "Clients do not accept our certificate"),
    ("dovecot: auth: Fatal: passdb-lua: initialization failed: lua_load(/var/lib/dovecot/p.lua) failed: error loading file", "Dovecot cannot ask its user database"),
    ("dovecot: imap: Error: Couldn't load required plugin /usr/lib/dovecot/modules/lib90_x_plugin.so: dlopen() failed: no such file", "Dovecot cannot load a plugin"),
    ("dovecot: imap: Fatal: Plugin 'imap_sieve' not found from directory /usr/lib/dovecot/modules", "Dovecot cannot load a plugin"),
    ("dovecot: stats: Error: conn unix:stats-writer: didn't send a proper VERSION", "Dovecot's parts do not fit together"),
    ("dovecot: pop3(u)<9><S1>: Error: Couldn't init INBOX: Timeout while waiting for lock", "A mailbox could not be locked in time (u)"),
    ("dovecot: imap-login: Error: Timeout waiting for handshake from auth server. my pid=12, input bytes=0", "Dovecot's authentication is too slow"),
    ("dovecot: imap-login: Error: anvil: Anvil lookup timed out", "Dovecot's anvil does not answer"),
    ("dovecot: imap(u)<9><S1>: Error: imap-hibernate: Couldn't hibernate imap client: Server is busy", "Idle IMAP sessions cannot be put to sleep"),
    ("dovecot: script: Error: execv(/usr/local/bin/quota-warning.sh) failed: No such file or directory", "A program that Dovecot calls cannot be started (/usr/local"),
    ("dovecot: lmtp(u)<9><S1>: Error: mail_crypt_plugin: decrypt_private_key(u) failed: Cannot decrypt", "Encrypted mail of a user cannot be read"),
    ("dovecot: imap(u)<9><S1>: Error: mbox sync: UID inserted in the middle of mailbox /home/u/mail/inbox (817 > 787, seq=18)", "INBOX of u: messages got new UIDs"),
    ("dovecot: imap-login: Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10): user=<u@x.example>, method=PLAIN, rip=192.0.2.7, lip=192.0.2.1, TLS", "A user has more connections open than allowed (u@x.example)"),
]  # fmt: skip
NOT_URGENT = [
    ("dovecot: imap-login: Warning: Timeout leak: 0x7f4967d39730 (auth-server-connection.c:397)", "Dovecot reports a leak of its own"),
    ("dovecot: imap(u@x.example)<9><S1>: Warning: Maildir /srv/m/u: Synchronization took 124 seconds (0 new msgs)", "Reading a Maildir took long (/srv/m/u)"),
    ("postfix/smtpd[9]: warning: run-time library vs. compile-time header version mismatch: OpenSSL 3.2.0 may not be compatible with OpenSSL 3.1.0", "The TLS library is another version"),
    ("postfix/qmqpd[9]: warning: unknown[192.0.2.7]: malformed netstring", "Clients that speak another protocol"),
]  # fmt: skip
FINE = [
    "dovecot: ssl-params: Generating SSL parameters",
    "opendkim[9]: BDF2E1C1982: key retrieval failed (s=mail, d=y.example): 'mail._domainkey.y.example' record not found",
    "postfix/verify[9]: cache btree:/var/lib/postfix/verify_cache full cleanup: retained=0 dropped=0 entries",
    "rspamd[9]: <c82966>; task; rspamd_message_parse: loaded message; id: <cannot.connect@x.example>; size: 2805",
    "amavis[9]: (01234-05) Passed CLEAN {RelayedInbound}, [192.0.2.7]:25 <a@x.example> -> <b@y.example>, Hits: -1",
]


def test_a_container_that_writes_the_level_for_the_host_names_no_host() -> None:
    event = Parser().parse(
        b"2026-07-30T15:34:29.638599+01:00 INFO    postfix/smtpd[422]: connect from a.example[192.0.2.7]"
    )
    assert (event.event, event.host, event.daemon, event.pid) == ("connect", "", "smtpd", 422)


def told(line: str) -> list[tuple[str, str, str]]:
    return [(one.title, one.who, one.severity) for one in incidents(line)]


@pytest.mark.parametrize(("line", "title"), OURS)
def test_what_fails_at_ours_is_told_as_ours(line: str, title: str) -> None:
    ((found, who, severity),) = told(line)
    assert found.startswith(title)
    assert "us" in who
    assert severity in ("error", "warning")


@pytest.mark.parametrize(("line", "title"), NOT_URGENT)
def test_what_costs_no_mail_is_a_notice(line: str, title: str) -> None:
    ((found, _, severity),) = told(line)
    assert found.startswith(title)
    assert severity == "notice"


@pytest.mark.parametrize("line", FINE)
def test_what_is_as_it_should_be_is_no_incident(line: str) -> None:
    assert told(line) == []


def test_rspamds_own_log_is_rspamds_whatever_follows_its_process() -> None:
    event = Parser().parse(
        b"2026-07-18 18:12:17 #500639(controller) redis_async_new: cannot connect to redis /run/r.sock"
    )
    assert (event.event, event.daemon, event.pid) == ("filter-failed", "rspamd", 500639)
