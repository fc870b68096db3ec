"""``resolve`` says of an address what the real Postfix then does with it: the reply, and who gets the mail."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mailtui.host.tools import LocalTools
from mailtui.lab import Lab
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.addresses.resolver import Resolver
from mailtui.services.postfix.config import PostfixConfig
from tests.lab.address_agreement import differences
from tests.lab.address_cases import Maker
from tests.lab.address_machine import AddressMachine

_CLIENT = "127.0.0.1"


@pytest.fixture(scope="module")
def machine(lab: Lab) -> AddressMachine:
    return AddressMachine(lab)


def _disagreements(machine: AddressMachine, seed: int, cases: int, addresses: int) -> Iterator[str]:
    """What differs, for each of the configurations a seed makes."""
    tools, lab = LocalTools(), machine.lab
    maker = Maker(seed, machine.folder, PostfixConfig(tools, lab.postfix_config).get("default_database_type"))
    for number in range(cases):
        case = maker.case(number, addresses)
        machine.configure(case)
        did = machine.tries(case)
        resolver = Resolver(tools, PostfixConfig(tools, lab.postfix_config), DovecotConfig(tools, lab.dovecot_config))
        for address, done in did.items():
            for told in differences(done, resolver.resolve(address, case.sender, _CLIENT)):
                yield f"seed {seed}, case {number}, {address}: {told}"


def test_a_few_configurations_agree(machine: AddressMachine) -> None:
    assert list(_disagreements(machine, 7, 2, 8)) == []


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", [1, 2, 4])
def test_hundreds_of_configurations_and_addresses_agree(machine: AddressMachine, seed: int) -> None:
    assert list(_disagreements(machine, seed, 30, 15)) == []
