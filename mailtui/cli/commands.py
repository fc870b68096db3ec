"""The commands there are: each a module of this package with ``add_arguments`` and ``run``.

Only the module of the command that was typed is imported: the command line must answer at once.
"""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from mailtui.cli.context import Context

SUMMARIES = {
    "info": "what is here: versions, configuration, logs, and what is missing",
    "parse": "type every line of a log",
    "report": "the summary of a log: traffic, failures, rejects, Dovecot",
    "trace": "the story of a message: by queue ID, message-ID, address, filter",
    "incidents": "failures grouped by cause",
    "queue": "the mail queue: what waits, why, and until when",
    "mailbox": "Dovecot mailboxes: where they are, what they hold, what is wrong",
    "check": "everything that is wrong; for cron and monitoring, too",
    "config": "parameters of Postfix and Dovecot: read, set, put back",
    "service": "how Postfix, Dovecot and their like run; reload, restart",
    "debug": "let Postfix or Dovecot log more for a time",
    "evidence": "all that is known of a failure, without names, for a ticket",
    "explain": "what a status or reject text means, and who must act",
    "auth-results": "what SPF, DKIM, DMARC said of a message; what to believe",
    "changes": "what was changed here, by whom, and how it ended",
    "undo": "put back what a change did",
    "demo": "the console on a private Postfix and Dovecot with live traffic",
    "cert": "certificates and keys: in use, in a file, fitting, wrong",
    "tls": "ports: who listens, what they serve, whether that is right",
    "map": "lookup tables of Postfix: in use, wrong, asked",
    "probe": "live tests: logging in, a recipient, a message on its way",
    "restrictions": "what smtpd lets in: its rules in order, tried on a client",
    "dns": "how the world sees this machine in the DNS, and what to publish",
    "resolve": "where mail for an address goes, table by table",
    "user": "whether a user exists everywhere: tables, Dovecot, disk, quota",
    "completion": "a completion script for bash, zsh or fish",
}


class Command(Protocol):
    """What a command's module offers."""

    EXAMPLES: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's own arguments."""

    def run(self, args: argparse.Namespace, context: Context) -> int:
        """Do it; the exit status is the answer."""


def load(name: str) -> Command:
    """The module of command ``name``."""
    return cast(Command, import_module(f"mailtui.cli.{name.replace('-', '')}"))
