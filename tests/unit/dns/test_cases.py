"""Hundreds of published records, each with what is to be told of it: ``cases/*.toml``, one file for each type of record.

What is told is what the RFC named in the file says of the record, not what was once seen to be told.
"""

from __future__ import annotations

import pytest

from mailtui.services.dns.dmarc import check as dmarc
from tests.support.dns_cases import DOMAIN, around, by_kind, cases, texts_at, zone_of
from tests.support.dns_server import dns_server


@pytest.mark.parametrize(("told", "texts"), cases("dmarc", "record"))
def test_what_is_told_of_a_dmarc_record(told: set[str], texts: list[str]) -> None:
    with dns_server(zone_of([*around("dmarc"), *texts_at("_dmarc", texts)])) as server:
        found = dmarc.check(server.resolver(), DOMAIN)
    assert set(by_kind(found, "dmarc")) == told


@pytest.mark.parametrize(("told", "lines"), cases("dmarc", "tree"))
def test_whose_dmarc_policy_holds(told: set[str], lines: list[str]) -> None:
    start, *records = lines
    with dns_server(zone_of(records)) as server:
        found = dmarc.check(server.resolver(), DOMAIN if start == "@" else f"{start}.{DOMAIN}")
    assert set(by_kind(found, "dmarc")) == told
