"""Warnings and fatal errors an operator meets once in years are told with what to do; wording: Postfix's source."""

from __future__ import annotations

import pytest

from tests.unit.stories.support import only

FATAL = {
    "smtpd": {
        "in parameter smtpd_relay_restrictions or smtpd_recipient_restrictions, specify at least one working instance "
        "of: reject_unauth_destination, defer_unauth_destination": "No restriction denies relaying",
        "restriction class `strict' needs a definition": "A restriction of smtpd is written wrong",
        "policy service syntax error: inet:127.0.0.1": "A restriction of smtpd is written wrong",
        "milter service syntax error: inet:": "A milter in main.cf is written wrong",
        "the Postfix SMTP server must run with $mail_owner privileges": "A service in master.cf has the wrong columns",
        "ldap:/etc/postfix/users.cf: bad numerical configuration: timeout = x": "A database table's file",
        'proxymap service is not configured for table "hash:/etc/x"': "A table is asked for through proxymap",
        "smtpd_sasl_mechanism_filter discards all mechanisms in 'PLAIN LOGIN'": "No SASL mechanism is left",
        "cannot open PRNG exchange file /var/lib/postfix/prng_exch: Permission denied": "TLS has no random numbers",
    },
    "pipe": {
        "user= command-line attribute specifies mail system owner postfix": "A pipe service runs as a user",
        "get_service_attr: unknown username: spamd": "A pipe service runs as a user",
    },
    "master": {
        "file /etc/postfix/main.cf: parameters mail_owner and default_privs: specify the same user": "A user or group",
        "could not find any active network interfaces": "Postfix has no network protocol",
    },
    "smtp": {
        "specify a password table via the `smtp_sasl_password_maps' configuration parameter": "Logging in at the relay",
        "smtp_connect: bad smtp_bind_address parameter: 192.0.2.300: Invalid": "An address a client is to be bound to",
    },
    "bounce": {"bounce_template: undefined $name in failure template: x": "bounce_template_file"},
    "local": {
        "configuration error: mailbox_size_limit is smaller than message_size_limit": "Two parameters contradict"
    },
    "cleanup": {"cleanup_finish: move to incoming queue failed: Read-only file system": "A file of the mail queue"},
    "postlogd": {"logfile '/var/log/postfix.log' write error: Permission denied": "Postfix cannot write its log"},
}
WARNING = {
    "smtpd": {
        "No certs for key at index 1 in /etc/ssl/mail.pem": "A certificate and its key",
        "Refusing STARTTLS request from unknown[192.0.2.7] for service smtp": "TLS cannot be started",
        "cannot load DH parameters from file /etc/dh512.pem: No such file -- using compiled-in defaults": "The file of DH",
        'access table hash:/etc/postfix/access entry "x.example" requires transport:destination': "An entry of an access",
        "connect to proxy filter 127.0.0.1:10025: Connection refused": "The content filter before the queue",
        "x.example[192.0.2.7]: RBL lookup error: Host or domain name not found": "DNS lookups of smtpd's checks",
        "dict_ldap_connect: Unable to bind to server ldap://db as cn=mail: 49 (Invalid credentials)": "Table lookups fail",
    },
    "smtp": {
        'smtp_get_policy: invalid security level "dan"': "A TLS setting is written wrong",
        "MX name 'mx.example.net' does not match STS MX pattern for 'example.net'": "A destination's servers do not fit",
        "TLS policy lookup error for example.net/mx.example.net: timeout": "The TLS policy of a destination",
        "DNSSEC validation may be unavailable": "DANE is asked for",
        "tls_client_start: all TLSA records unusable": "A destination's TLSA records",
    },
    "cleanup": {
        "4A1B2C3D: queue file size limit exceeded": "A message was larger than message_size_limit",
        "4A1B2C3D: message rejected: no Received: header": "A message was refused by cleanup",
    },
    "local": {
        ":include: file /etc/list is world writable": "An :include: of an alias cannot be used",
        "alias database loop for info": "The alias database cannot be used",
        "pipe_command: child wait time limit exceeded": "A delivery command took too long",
    },
    "tlsmgr": {
        "request to update table btree:/var/spool/postfix/smtpd_scache in non-postfix directory /var/spool/postfix": (
            "A database of Postfix lies outside"
        ),
    },
    "proxymap": {"dict_ldap_get_values[1]: DN uid=gone,dc=x not found, skipping": "An LDAP group names a member"},
    "master": {"Postfix library version mis-match: wanted 3.7.11, found 3.7.10": "Files of two Postfix versions"},
    "qmgr": {"backward time jump detected -- slewing clock": "The clock was set back"},
    "postscreen": {"btree:/var/lib/postfix/postscreen_cache: psc_cache_update average delay is 160 ms": "The cache of"},
    "bounce": {"bounce_notify_service: sender notification failed to a@x.example": "A bounce could not be sent"},
}
CASES = [
    (f"postfix/{daemon}[7]: {severity}: {text}", title)
    for severity, daemons in (("fatal", FATAL), ("warning", WARNING))
    for daemon, texts in daemons.items()
    for text, title in texts.items()
]


CASES += [
    ("dovecot: imap(u)<1><s>: Fatal: block_alloc(268435456): Out of memory", "A process got no more memory"),
    ("dovecot: doveconf: Fatal: Error in configuration file /etc/dovecot/x.conf line 3: x", "Dovecot's configuration"),
    (
        "dovecot: config: Warning: Obsolete setting in /etc/dovecot/x.conf:1: ssl_protocols has been replaced",
        "old names",
    ),
    (
        "dovecot: imap(u)<1><s>: Error: Namespace '': mkdir(/m/u) failed: Permission denied (euid=1000(u))",
        "Dovecot may not make",
    ),
    ("dovecot: imap(u)<1><s>: Warning: Inotify watch limit for user exceeded, disabling.", "Clients are not told"),
]


@pytest.mark.parametrize(("line", "title"), CASES, ids=[line for line, _ in CASES])
def test_a_rare_warning_says_what_it_means_and_what_to_do(line: str, title: str) -> None:
    incident = only(line)
    assert title in incident.title
    assert incident.action != "Read the lines around it."
