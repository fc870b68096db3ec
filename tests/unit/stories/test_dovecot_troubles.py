"""What Dovecot and Pigeonhole complain of is told with its own cause, who must act and what to do; wording: sources."""

from __future__ import annotations

import pytest

from tests.unit.stories.support import only

HEAD = "dovecot: "
USER = "lmtp(u@x.example)<7><S3ss>: "
INDEX = "/srv/m/u/Maildir/dovecot.index"


SIEVE = [
    ("msgid=<a@b>: failed to store into mailbox 'INBOX': Internal error occurred. Refer to server log", "us", "Dovecot could not save mail (u@x.example)"),
    ("msgid=<a@b>: failed to store into mailbox 'Junk': Quota exceeded (mailbox for user is full)", "recipient / us", "Dovecot refused mail: mailbox full"),
    ("msgid=<a@b>: fileinto action: failed to store into mailbox 'X': Mailbox doesn't exist: X", "recipient / us", "A Sieve script files mail into a mailbox that does not exist"),
    ("binary /g/50.svbin: save: failed to create temporary file: open(/g/50.svbin.) failed: Permission denied", "us", "Compiled Sieve scripts cannot be saved"),
    ("The LDA Sieve plugin does not have permission to save global Sieve script binaries; global Sieve scripts like '/g/50.sieve' need to be pre-compiled using the sievec tool", "us", "Compiled Sieve scripts cannot be saved"),
    ("binary /g/50.svbin: read: binary is truncated (more data expected)", "us", "A compiled Sieve script is damaged or old"),
    ("Failed to compile script `/h/u/.dovecot.sieve' (view user logfile `/h/u/.dovecot.sieve.log' for more information)", "recipient / us", "A Sieve script does not compile"),
    ("main_script: line 3: error: unknown command 'filinto' (only reported once at first occurrence)", "recipient / us", "A Sieve script does not compile"),
    ("Execution of script /h/u/.dovecot.sieve failed, but implicit keep was successful", "recipient", "A Sieve script failed: the mail was kept"),
    ("Execution of script /h/u/.dovecot.sieve failed with unsuccessful implicit keep (user logfile /h/u/.dovecot.sieve.log may reveal additional details)", "us", "A Sieve script was broken off"),
    ("Execution of script /h/d.sieve was aborted due to temporary failure", "us", "A Sieve script was broken off"),
    ("Execution of script '/h/d.sieve' was aborted due to excessive resource usage", "recipient / us", "A Sieve script exceeds a limit"),
    ("main script: line 5: error: number of redirect actions exceeds policy limit (5 > 4)", "recipient / us", "A Sieve script exceeds a limit"),
    ("msgid=<a@b>: failed to redirect message to <v@y.example>: smtp(127.0.0.1:25): RCPT TO failed: 554 5.7.1 no", "us", "A Sieve script could not send mail"),
    ("msgid=<a@b>: failed to send vacation response to <v@y.example>: Sendmail program returned error", "us", "A Sieve script could not send mail"),
    ("failed to open logfile (LOGGING TO STDERR): open(/h/u/.dovecot.sieve.log) failed: Permission denied", "us", "The user's Sieve log cannot be written"),
    ("file storage: Failed to stat sieve storage path: stat(/root/.sieve) failed: Permission denied (euid=65534(nobody))", "us", "Sieve scripts cannot be read or stored"),
    ("file storage: mkdir_parents_chgrp(/home/users/u/sieve/tmp) failed: Permission denied (euid=5000(vmail))", "us", "Sieve scripts cannot be read or stored"),
    ("file storage: Active sieve script symlink /h/u/.dovecot.sieve is broken: Invalid/unknown path to storage (points to /old)", "us", "The link to a user's active Sieve script"),
    ("pipe action: failed to execute to program `learn.sh': refer to server log for more information", "us", "A program that a Sieve script calls failed"),
    ("ignored unknown extension 'foo' while configuring available extensions", "us", "Sieve is configured with something"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "who", "title"), SIEVE)
def test_what_fails_in_sieve_is_told_apart(text: str, who: str, title: str) -> None:
    for prefix in (USER, "lmtp(7): ", ""):
        speaker = f"{prefix}Error: lmtp-server: conn unix:pid=9,uid=5 [2]: rcpt u@x.example: sieve: {text}"
        line = f"{USER}Error: sieve: {text}" if not prefix else speaker
        incident = only(HEAD + line)
        assert incident.title.startswith(title)
        assert incident.who == who
        assert incident.action != "Read the lines around it."


OTHERS = [
    (f"{USER}Error: fcntl({INDEX}.log, write-lock, F_SETLKW) locking failed: Timed out after 30 seconds (WRITE lock held by pid 5)", f"A mailbox could not be locked in time ({INDEX}.log, u@x.example)"),
    (f"{USER}Error: fcntl({INDEX}.log, write-lock, F_SETLKW) locking failed: No locks available", "The file system of a mailbox gives no locks"),
    (f"{USER}Error: flock({INDEX}.log) failed: Input/output error", "The file system of a mailbox gives no locks"),
    (f"{USER}Error: fcntl() failed with mbox file /var/mail/u: No locks available", "The file system of a mailbox gives no locks (/var/mail/u"),
    (f"{USER}Error: Couldn't create lock file /srv/m/u/x.lock: Permission denied", "A mailbox cannot be locked (/srv/m/u/x.lock"),
    (f"{USER}Error: {INDEX} reset, view is now inconsistent", "INBOX of u@x.example: the index was made anew while a client read it"),
    (f"imap(u): Error: Mailbox Sent: {INDEX} view is inconsistent", "Sent of u: the index was made anew while a client read it"),
    (f"{USER}Error: program exec:/usr/lib/dovecot/learn.sh (9): Terminated with non-zero exit code 1", "A program that Dovecot calls failed (exec:/usr/lib/dovecot/learn.sh)"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "title"), OTHERS)
def test_what_fails_in_storage_is_told_apart(line: str, title: str) -> None:
    incident = only(HEAD + line)
    assert incident.title.startswith(title)
    assert incident.cause in ("mailbox-storage", "config-local")


def test_a_lock_that_is_not_given_is_one_incident_of_mailbox_and_user() -> None:
    path = "/srv/m/joe/Maildir/dovecot.list.index.log"
    incident = only(
        f"{HEAD}imap(joe@a.example)<674><S1>: Error: fcntl({path}, write-lock, F_SETLKW) locking failed: Interrupted system call",
        f"{HEAD}imap(joe@a.example)<674><S1>: Error: mail_index_wait_lock_fd() failed with file {path}: Interrupted system call",
    )
    assert incident.title == f"2 × A mailbox could not be locked in time ({path}, joe@a.example)"
    assert (incident.cause, incident.who) == ("mailbox-storage", "us")
