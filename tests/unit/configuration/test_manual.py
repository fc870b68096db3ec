"""What the installed manuals say of a parameter, read without the program man."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from mailtui.services.configuration.manual import Manual, comments

PAGE = r"""
.SH DESCRIPTION
Not a parameter.
.SH relay_domains (default: Postfix >= 3.0: empty)
What destination domains, e.g. \fBa.example\fR, this system will
relay mail to. For details see non\-existent
recipients.
.PP
Specify one:
.IP "\fBmay\fR"
Opportunistic.
.br
.IP \(bu
A bullet.
.SH transport_destination_rate_delay (default: $default_destination_rate_delay)
A transport\-specific override.
.SH FILES
/etc/postfix
"""


@pytest.fixture(params=["plain", "packed"])
def manual(request: pytest.FixtureRequest, tmp_path: Path) -> Manual:
    folder = tmp_path / "man" / "man5"
    folder.mkdir(parents=True)
    if request.param == "plain":
        (folder / "postconf.5").write_text(PAGE)
    else:
        (folder / "postconf.5.gz").write_bytes(gzip.compress(PAGE.encode()))
    (tmp_path / "10-mail.conf").write_text("##\n\n# Where mail is. As a URL.\n#\n#mail_location = \n")
    return Manual(tmp_path / "man", (f"{tmp_path}/*.conf",))


def test_the_first_sentence_and_all_of_it(manual: Manual) -> None:
    line = "What destination domains, e.g. a.example, this system will relay mail to."
    assert manual.line("postfix", "relay_domains") == line
    assert manual.about("postfix", "relay_domains").split("\n\n") == [
        f"{line} For details see non-existent recipients.",
        "Specify one:",
        "* may: Opportunistic.",
        "* A bullet.",
    ]


def test_a_service_and_a_transport_share_the_words_of_their_parameter(manual: Manual) -> None:
    assert manual.line("postfix", "submission/inet/relay_domains").startswith("What destination")
    assert manual.line("postfix", "smtp_destination_rate_delay") == "A transport-specific override."


def test_dovecot_is_described_by_its_example_configuration(manual: Manual) -> None:
    assert manual.line("dovecot", "mail_location") == "Where mail is."
    assert manual.line("dovecot", "namespace inbox { mail_location") == "Where mail is."


def test_what_is_not_installed_says_nothing(tmp_path: Path) -> None:
    manual = Manual(tmp_path, ())
    assert manual.line("postfix", "relay_domains") == manual.about("dovecot", "ssl") == ""


def test_a_page_that_is_damaged_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "man5").mkdir()
    (tmp_path / "man5" / "postconf.5.gz").write_bytes(b"no gzip")
    assert Manual(tmp_path, ()).about("postfix", "relay_domains") == ""


def test_a_comment_belongs_to_the_setting_right_below_it() -> None:
    text = "# About one\n#one = 1\ntwo = 2\n# Gone\n\n# About three\nblock {\n  # About four\x1b\n  #four =\n}\n"
    assert comments(text) == {"one": "About one", "four": "About four\N{SYMBOL FOR ESCAPE}"}
