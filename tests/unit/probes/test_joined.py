"""Which lines of a log a connection of ours caused."""

from __future__ import annotations

import base64

import pytest

from mailtui.services.probes.joined import Client, is_session_of


def session(port: int, packed: bytes) -> str:
    return base64.b64encode(bytes(6) + port.to_bytes(2, "little") + packed).decode()


@pytest.mark.parametrize(("address", "packed"), [("127.70.1.2", bytes([127, 70, 1, 2])), ("::1", bytes(15) + b"\1")])
def test_dovecots_session_tells_port_and_address(address: str, packed: bytes) -> None:
    client = Client(address, 41234, alone=False)
    assert is_session_of(session(41234, packed), client)
    assert is_session_of(session(41234, packed).rstrip("="), client)
    assert not is_session_of(session(41235, packed), client)
    assert not is_session_of(session(41234, b"\x7f\0\0\1"), client)


@pytest.mark.parametrize("name", ["", "no base64!", "AAAA", "x" * 200])
def test_other_words_are_no_session(name: str) -> None:
    assert not is_session_of(name, Client("127.0.0.1", 1, alone=True))
