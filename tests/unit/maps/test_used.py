"""Which tables are in use, out of what postconf says."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.maps.used import Tables
from tests.support.tools import RecordedTools

SETTINGS = """\
alias_database = hash:/etc/aliases
alias_maps = hash:/etc/aliases, nis:mail.aliases
authorized_flush_users = static:anyone
canonical_maps = unionmap:{hash:/etc/postfix/a, pipemap:{regexp:/etc/postfix/b,inline:{x=y}}}
default_transport = smtp
local_recipient_maps = proxy:unix:passwd.byname $alias_maps
indexed = lmdb:/etc/postfix/
mynetworks = !cidr:/etc/postfix/not-ours 127.0.0.0/8 [::1]/128 cidr:/etc/postfix/nets
proxy_read_maps = hash:/etc/postfix/listed_only
smtpd_sasl_mechanism_filter = !external, static:rest
smtpd_recipient_restrictions = check_sender_access { hash:/etc/postfix/s, search_order = sender }, reject_rbl_client x.example
smtpd_tls_session_cache_database = btree:/var/lib/postfix/smtpd_scache
tls_random_source = dev:/dev/urandom
virtual_mailbox_maps = proxy:pgsql:/etc/postfix/users.cf
virtual_transport = lmtp:unix:private/dovecot-lmtp
"""


@pytest.fixture
def tables() -> Tables:
    """The tables of a Postfix with those settings."""
    tools = RecordedTools(
        {
            "postconf -x": SETTINGS,
            "postconf -nx": "",
            "postconf -Px": "submission/inet/smtpd_sender_login_maps = lmdb:/etc/postfix/logins\n",
            "postconf -M": "submission inet  n       -       y       -       -       smtpd\n",
            "postconf -m": "cidr hash btree inline nis pgsql pipemap proxy regexp static unionmap unix lmdb",
        }
    )
    return Tables(tools, PostfixConfig(tools))


def test_every_table_is_found_once_with_all_that_use_it(tables: Tables) -> None:
    assert {table.name: [str(use) for use in table.uses] for table in tables.used} == {
        "cidr:/etc/postfix/nets": ["mynetworks"],
        "cidr:/etc/postfix/not-ours": ["mynetworks"],
        "hash:/etc/aliases": ["alias_database", "alias_maps"],
        "hash:/etc/postfix/a": ["canonical_maps"],
        "hash:/etc/postfix/s": ["smtpd_recipient_restrictions"],
        "inline:{x=y}": ["canonical_maps"],
        "lmdb:/etc/postfix/logins": ["submission/inet -o smtpd_sender_login_maps"],
        "proxy:pgsql:/etc/postfix/users.cf": ["virtual_mailbox_maps"],
        "regexp:/etc/postfix/b": ["canonical_maps"],
    }


def test_the_compiled_file_bears_the_ending_of_its_type(tables: Tables) -> None:
    index = {table.name: table.index for table in tables.used}
    assert index["lmdb:/etc/postfix/logins"] == Path("/etc/postfix/logins.lmdb")
    assert index["hash:/etc/aliases"] == Path("/etc/aliases.db")
    assert index["regexp:/etc/postfix/b"] is None


def test_only_alias_maps_have_the_format_of_aliases(tables: Tables) -> None:
    assert [table.name for table in tables.used if table.is_aliases] == ["hash:/etc/aliases"]
