"""A place on the command line."""

from __future__ import annotations

import pytest

from mailtui.services.tls.remote import place


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mail.example:993", ("mail.example", 993)),
        ("[2001:db8::1]:25", ("2001:db8::1", 25)),
        ("192.0.2.1:465", ("192.0.2.1", 465)),
        ("mail.example", None),
        ("a/b:25", None),
        ("mail.example:0", None),
        ("mail.example:65536", None),
        ("2001:db8::1:25", None),
    ],
)
def test_host_and_port_as_people_write_them(text: str, found: tuple[str, int] | None) -> None:
    assert place(text) == found
