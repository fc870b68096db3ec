"""Dovecot's variables, of both generations; what the real Dovecot makes of them is in tests/lab/test_variables.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.host.errors import HostError
from mailtui.services.dovecot.stores.variables import expanded
from mailtui.text import clean

HOME = Path("/var/vmail/x/info")
MD5 = "5d41402abc4b2a76b9719d911017c592"
"""Of ``hello``."""


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("/i/%d/%n %u%%", "/i/x/info info@x%"),
        ("%{user | domain}/%{user|username}%{home}", "x/info/var/vmail/x/info"),
        ("%{user}%{username}%{domain}", "info@xinfox"),
    ],
)
def test_variables_of_both_generations(written: str, value: str) -> None:
    assert expanded(written, "info@x", HOME) == value


def test_letters_in_either_case() -> None:
    assert expanded("/%Ld/%Ln %Uu", "Info@X", HOME) == "/x/info INFO@X"
    assert expanded("/%{user | domain | lower}/%{user|username|upper}", "Info@X", HOME) == "/x/INFO"
    assert expanded("%Lu %{user | lower}", "ÄB@X", HOME) == "Äb@x Äb@x", "only those of ASCII"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("%Mu", MD5),
        ("%{md5:user}", MD5),
        ("%2Mu", MD5[:2]),
        ("%2.2Mu", MD5[2:4]),
        ("%1u/%1.1u/%-2.1u/%0.-1u", "h/e/l/hell"),
        ("%09u", "0000hello"),
        ("%Ru %2LRu", "olleh ol"),
        ("%{user | md5}", MD5),
        ("%{user | md5 | hexlify(4)}", MD5[:4]),
        ("%{user | md5 | hexlify | substr(2, 2)}", MD5[2:4]),
        ("%{user | md5 | substr(0, 2)}", MD5[:4]),
        ("%{user | sha1}", "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"),
        ("%{sha1:user}", "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"),
        ("%{user | substr(0, 1)}/%{user | substr(-2)}/%{user|substr(1,-1)}", "h/lo/ell"),
        ("%{user | truncate(2)}", "he"),
        ("%{user | reverse | upper}", "OLLEH"),
    ],
)
def test_hashes_and_pieces(written: str, value: str) -> None:
    assert expanded(written, "hello", HOME) == value


@pytest.mark.parametrize(
    "written",
    [
        "%{ldap:mail}",
        "%{user | substr(0, 9)}",
        "%{user | substr}",
        "%{user | hash('md5')}",
        "%{user | md5(3)}",
        "%{user | upper(1)}",
        "%{user | hexlify(1, 2)}",
        "%{sha1;truncate=8:user}",
        "%{md4:user}",
        "%Xu",
        "%99999u",
        "%",
        "%q",
    ],
)
def test_what_only_dovecot_knows_is_refused_not_guessed(written: str) -> None:
    with pytest.raises(HostError, match="not known here"):
        expanded(f"/i/{written}", "hello", HOME)


@given(st.text(st.sampled_from("%-0123456789.MNHRLUTunx{}|() abcsubtr,md5") | st.characters()), st.text())
def test_any_text_is_expanded_or_refused(text: str, user: str) -> None:
    try:
        assert len(expanded(text, user, HOME)) < 10_000 + 200 * len(text) * (len(user) + 1)
    except HostError as error:
        assert error.message == clean(error.message)
