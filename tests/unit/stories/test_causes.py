"""Every rule of causes.json has a text of its kind, and the first that fits is the right one."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.maillog.causes import classify

MX = "mx.far.example[198.51.100.7]"


def remote(reply: str, command: str = "RCPT TO") -> str:
    return f"host {MX} said: {reply} (in reply to {command} command)"


LOCAL = {
    "sock_missing": "connect to mx1.example.org[private/dovecot-lmtp]: No such file or directory",
    "conn_timeout": "connect to mx.far.example[198.51.100.7]:25: Connection timed out",
    "conn_refused": "connect to mx.far.example[198.51.100.7]:25: Connection refused",
    "no_route6": "connect to mx.far.example[2001:db8::7]:25: Network is unreachable",
    "no_route": "connect to mx.far.example[198.51.100.7]:25: No route to host",
    "conn_reset": "connect to mx.far.example[198.51.100.7]:25: Connection reset by peer",
    "dns_soft": "Host or domain name not found. Name service error for name=far.example type=MX: Host not found, try again",
    "dns_nx": "Host or domain name not found. Name service error for name=gmial.example type=AAAA: Host not found",
    "dns_bad": "Name service error for name=far.example type=MX: Malformed or unexpected name server reply",
    "lookup_host": "unable to look up host relay.example.org: No address associated with hostname",
    "primary_relay": "unable to find primary relay for far.example",
    "nullmx": "Domain far.example does not accept mail (nullMX)",
    "loop_self": "mail for far.example loops back to myself",
    "hops": "mail forwarding loop for info@example.org",
    "lost_greeting": f"lost connection with {MX} while receiving the initial server greeting",
    "lost_data": f"lost connection with {MX} while sending end of data -- message may be sent more than once",
    "lost": f"lost connection with {MX} while sending RCPT TO",
    "conv_timeout": f"conversation with {MX} timed out while receiving the initial server greeting",
    "tls_not_offered": f"TLS is required, but was not offered by host {MX}",
    "tls_refused": f"TLS is required, but host {MX} refused to start TLS: 454 4.7.0 TLS not available",
    "tls_engine": "TLS is required, but our TLS engine is unavailable",
    "tls_verify": "Server certificate not verified",
    "tls_handshake": "Cannot start TLS: handshake failure",
    "tlsa": f"TLSA lookup error for {MX}:25",
    "requiretls": "REQUIRETLS Failure: TLS certificate is not trusted",
    "sasl_out": f"SASL authentication failed; server {MX} said: 535 5.7.8 Error: authentication failed",
    "size_peer": "message size 20480000 exceeds size limit 10485760 of server mx.far.example[198.51.100.7]",
    "smtputf8": f"SMTPUTF8 is required, but was not offered by host {MX}",
    "transport_stopped": "deferred transport",
    "transport_gone": "unknown mail transport error",
    "unknown_local": 'unknown user: "nobody"',
    "unknown_alias": "User unknown in virtual alias table",
    "unknown_vmbox": "User unknown in virtual mailbox table",
    "unknown_localtab": "User unknown in local recipient table",
    "unknown_relaytab": "User unknown in relay recipient table",
    "maildir_perm": "maildir delivery failed: create maildir file /var/mail/v/u/tmp/1.P2.mx1: Permission denied",
    "lockfile": "cannot update mailbox /var/mail/u for user u. unable to create lock file /var/mail/u.lock: File exists",
    "disk": "cannot append message to file /var/mail/u: No space left on device",
    "file_too_large": "error writing message: File too large",
    "cmd_died": 'Command died with status 127: "/usr/bin/procmail"',
    "cfg_local": "alias database unavailable",
}
"""What our own delivery agents say."""

FIRST = {"disk": "lockfile"}
"""Texts in which an earlier rule sees the cause, and which."""

REMOTE = {
    "g_nouser": "550-5.1.1 The email account that you tried to reach does not exist. 550 5.1.1 NoSuchUser - gsmtp",
    "g_disabled": "550 5.2.1 The email account that you tried to reach is disabled. - gsmtp",
    "g_quota": "452-4.2.2 The recipient's inbox is out of storage space. 452 4.2.2 OverQuotaTemp - gsmtp",
    "g_rate_rcpt": "450-4.2.1 The user you are trying to contact is receiving mail too quickly. - gsmtp",
    "g_rate": "421-4.7.28 Gmail has detected an unusual rate of unsolicited mail originating from your IP. - gsmtp",
    "g_dmarc": "550-5.7.26 Unauthenticated email from shop.example is not accepted due to domain's DMARC policy.",
    "g_unauth": "550-5.7.26 This mail has been blocked because the sender is unauthenticated. - gsmtp",
    "g_spf": "550 5.7.23 The message was rejected because of Sender Policy Framework violation",
    "g_dkim": "550 5.7.20 No passing DKIM signature found",
    "g_tls": "421-4.7.29 Your email has been rate limited because it was not sent over TLS. - gsmtp",
    "ptr": "550-5.7.25 The IP address sending this message does not have a PTR record set up. - gsmtp",
    "g_rep": "550-5.7.1 Our system has detected that this message is likely unsolicited mail. - gsmtp",
    "g_5322": "550-5.7.1 This message is not RFC 5322 compliant. - gsmtp",
    "g_security": "552-5.7.0 This message was blocked because its content presents a potential security issue.",
    "g_daily": "550-5.4.5 Daily user sending limit exceeded. - gsmtp",
    "ms_banned": "550 5.7.606 Access denied, banned sending IP [198.51.100.20].",
    "ms_s3": "550 5.7.1 Unfortunately, messages from [198.51.100.20] weren't sent. Contact your provider (S3140).",
    "ms_rate": "451 4.7.650 The mail server [198.51.100.20] has been temporarily rate limited due to IP reputation.",
    "ms_708": "550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP.",
    "ms_51x": "550 5.7.511 Access denied, banned sender",
    "ms_dmarc": "550 5.7.509 Access denied, sending domain shop.example does not pass DMARC verification",
    "ms_dbeb": "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)",
    "ms_groupauth": "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required",
    "ms_tenant": "550 5.7.64 TenantAttribution; Relay Access Denied",
    "ms_sendas": "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
    "ms_basic": "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
    "ms_storedrv": "432 4.3.2 STOREDRV.Storage; mailbox server is offline",
    "ms_busy": "451 4.7.500 Server busy. Please try again later from [198.51.100.20]. (AS77713)",
    "y_tss": "421 4.7.0 [TSS04] Messages from 198.51.100.20 temporarily deferred due to unexpected volume",
    "y_bl": "553 5.7.1 [BL21] Connections will not be accepted from 198.51.100.20",
    "y_policy": "554 5.7.9 Message not accepted for policy reasons. See https://senders.yahooinc.com",
    "y_nouser": "554 delivery error: dd This user doesn't have a yahoo.example account [0] - mta4001",
    "apple": "554 5.7.1 [CS01] Message rejected due to local policy. Please visit https://support.apple.com/",
    "gmx": "554-gmx.example (mxgmx101) Nemesis ESMTP Service not available 554-No SMTP service",
    "tonline": "554 IP=198.51.100.20 - A problem occurred. Ask your postmaster for help or contact tosa@rx.t-online.de",
    "proofpoint": "554 Blocked - see https://ipcheck.proofpoint.com/?ip=198.51.100.20",
    "fr_nouser": "550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. OFR_416 [416]",
    "rcpt_flood": "550 5.1.1 Too many invalid recipients",
    "cloudmark": "550 5.2.0 AUP#In-1310 sending limits reached",
    "greylist": "450 4.2.0 <u@far.example>: Recipient address rejected: Greylisted, see http://postgrey.example",
    "rbl": "554 5.7.1 Service unavailable; Client host [198.51.100.20] blocked using zen.spamhaus.example",
    "relay_denied": "554 5.7.1 <u@far.example>: Relay access denied",
    "sender_notfound": "450 4.1.8 <root@host.localdomain>: Sender address rejected: Domain not found",
    "rcpt_verify": "550 5.1.1 <u@far.example>: Recipient address rejected: undeliverable address: no such user",
    "sender_verify": "550 5.1.0 sender verify failed",
    "sender_reject": "553 5.7.1 <s@example.org>: Sender address rejected: not allowed here",
    "helo": "504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname",
    "starttls_first": "530 5.7.0 Must issue a STARTTLS command first",
    "auth_required": "530 5.7.0 Authentication required",
    "disabled": "550 5.2.1 mailbox disabled, not accepting messages",
    "quota": "552 5.2.2 Mailbox is full / over quota",
    "size": "552 5.3.4 Message size exceeds fixed limit",
    "toomanyrcpt": "452 4.5.3 Error: too many recipients",
    "virus": "554 5.7.0 Your message contains a virus (Eicar)",
    "spam": "554 5.7.1 Message rejected as spam",
    "rate": "421 4.7.0 mx.far.example Error: too many connections",
    "filter_error": "451 4.5.0 Error in processing, id=27311-09, virus_scan FAILED: ALL VIRUS SCANNERS FAILED",
    "dovecot_internal": "451 4.2.0 <u@far.example> Internal error occurred. Refer to server log for more information.",
    "lookup_tmp": "451 4.3.0 <u@far.example>: Temporary lookup failure",
    "user_unknown": "550 5.1.1 <u@far.example> User doesn't exist: u@far.example",
    "access": "554 5.7.1 <unknown[198.51.100.20]>: Client host rejected: Access denied",
    "protocol": "503 5.5.1 Error: nested MAIL command",
    "routing": "550 5.4.4 Unable to route",
}
"""What other servers say."""

INBOUND = {
    "rbl_refused": "Service unavailable; Client host [192.0.2.9] blocked using z.example; answer 127.255.255.254: Query Refused",
    "sender_owner": "<boss@example.org>: Sender address rejected: not owned by user anna@example.org",
}
"""What our smtpd says and nobody else."""


@pytest.mark.parametrize(("rule", "text"), LOCAL.items())
def test_what_our_delivery_agents_say(rule: str, text: str) -> None:
    verdict = classify(text)
    assert verdict is not None
    assert verdict.rule == FIRST.get(rule, rule)


@pytest.mark.parametrize(("rule", "text"), REMOTE.items())
def test_what_other_servers_say(rule: str, text: str) -> None:
    for wording in (remote(text), text):
        verdict = classify(wording)
        assert verdict is not None
        assert verdict.rule == FIRST.get(rule, rule)


@pytest.mark.parametrize(("rule", "text"), INBOUND.items())
def test_what_our_smtpd_says(rule: str, text: str) -> None:
    for verdict in (classify(text, where="I"), classify(text, service="smtpd")):
        assert verdict is not None
        assert verdict.rule == rule


def test_every_rule_has_its_text() -> None:
    rows = json.loads(files("mailtui.maillog.data").joinpath("causes.json").read_bytes())
    assert {row["id"] for row in rows} == {*LOCAL, *REMOTE, *INBOUND}
    assert len(rows) == 106
    for row in rows:
        assert set(row["who"].split(" / ")) <= {"us", "remote", "recipient", "sender", "wait"}
        assert row["where"] in "LRIA"
        assert row["meaning"]
        assert row["action"].endswith((".", "?"))


def test_a_disk_that_is_full_is_told_from_a_mailbox_that_is_locked() -> None:
    verdict = classify("452 4.3.1 Insufficient system storage", where="I")
    assert verdict is not None
    assert (verdict.rule, verdict.cause) == ("disk", "disk")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (
            "delivery temporarily suspended: connect to mx.far.example[198.51.100.7]:25: Connection refused",
            "conn_refused",
        ),
        (f"delivery temporarily suspended: {remote('450 4.2.0 Greylisted')}", "greylist"),
        (f"host {MX} refused to talk to me: 421 4.7.0 too many connections", "rate"),
        (remote("451 4.3.5 Server configuration error", "end of DATA"), "lookup_tmp"),
        (f"host {MX} said: 550 5.1.1 <u@far.example>: Recipient address rejected: User unk", "user_unknown"),
    ],
)
def test_texts_are_unwrapped(text: str, rule: str) -> None:
    verdict = classify(text)
    assert verdict is not None
    assert verdict.rule == rule


def test_the_same_words_mean_something_else_from_our_own_smtpd() -> None:
    inbound = classify("<u@far.example>: Relay access denied", dsn="5.7.1", where="I")
    outbound = classify(remote("554 5.7.1 <u@far.example>: Relay access denied"))
    assert inbound is not None
    assert outbound is not None
    assert inbound.rule == outbound.rule == "relay_denied"
    assert inbound.meaning != outbound.meaning
    urgent = classify("451 4.3.5 Server configuration error", where="I")
    assert urgent is not None
    assert urgent.who == "us"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("550-5.7.26 This mail is unauthenticated, which poses a security risk", "g_unauth"),
        ("5.7.26 This mail is unauthenticated, which poses a security risk", "g_unauth"),
        ("does not have authentication information", "g_unauth"),
        ("mail for far.example loops back to myself", "loop_self"),
        ("not owned by user anna@example.org", "sender_owner"),
    ],
)
def test_a_text_an_operator_types_is_found_without_what_stood_before_it(text: str, rule: str) -> None:
    verdict = classify(text)
    assert verdict is not None
    assert verdict.rule == rule


def test_an_address_is_no_cause() -> None:
    verdict = classify(remote("550 5.1.1 <virus.spam.quota@blacklisted.example>: User unknown"))
    assert verdict is not None
    assert verdict.rule == "user_unknown"


def test_the_code_of_the_log_decides_where_the_text_says_nothing() -> None:
    verdict = classify("zork", dsn="5.2.2", where="R")
    assert verdict is not None
    assert verdict.rule == "quota"
    assert classify("zork") is None
    assert classify("") is None


@given(st.text(max_size=300), st.sampled_from(["", "4.7.1", "5.1.1", "x"]), st.sampled_from(["", "L", "R", "I"]))
def test_any_text_is_classified_or_not_but_never_breaks(text: str, dsn: str, where: str) -> None:
    verdict = classify(text, dsn=dsn, where=where)
    assert verdict is None or verdict.meaning


@pytest.mark.parametrize(
    "piece", ["delivery temporarily suspended: ", "host x[y] said: ", "a@", "<", "connect to ", "1.", "550-", "user "]
)
def test_a_hostile_text_costs_no_more_than_its_length(piece: str) -> None:
    classify(piece * (1_000_000 // len(piece)))
