"""The people, hosts and addresses of the made-up site and its world."""

from __future__ import annotations

import random
from dataclasses import dataclass

_FIRST = "anna ben carla dan eva frank gina hugo ida jan karin lars mia nora olaf petra quirin rosa sven tina"
_LAST = "ash bell cole dorn ernst falk gray hahn iser jung kern lang moss nagel orth page quast reh stein thal"
_WORLD = (
    "gmail.com outlook.com gmx.example web.example corp.example uni.example city.example shop.example bank.example"
    " news.example lists.example club.example acme.example.org media.example.net"
)
FIRST, LAST, WORLD = _FIRST.split(), _LAST.split(), _WORLD.split()
LOCAL_DOMAINS = ("example.org", "mail.example.org", "firma.example")
SPAM_ZONES = ("zen.spamhaus.org", "bl.spamcop.net", "b.barracudacentral.org")
SUBJECTS = ("Invoice overdue", "You won", "Re: meeting (draft)", "status=sent reject: RCPT from [x]", "Angebot")


@dataclass(frozen=True, slots=True)
class Client:
    """An SMTP client as Postfix writes it."""

    name: str
    address: str

    def __str__(self) -> str:
        return f"{self.name}[{self.address}]"


class Names:
    """Draws names with the skew of real traffic: few appear often, many rarely."""

    def __init__(self, rng: random.Random, users: int, strangers: int, clients: int) -> None:
        self._rng = rng
        self.users = [f"{self._person(n)}@{LOCAL_DOMAINS[n % 3]}" for n in range(users)]
        self.strangers = [f"{self._person(n)}@{self._world(n)}" for n in range(strangers)]
        self.clients = [self._client(n) for n in range(clients)]

    def _person(self, n: int) -> str:
        person = f"{FIRST[n % 20]}.{LAST[n // 20 % 20]}"
        return f"{person}{n}" if n >= 400 else person

    def _world(self, n: int) -> str:
        return WORLD[self._rng.randrange(len(WORLD))] if n % 3 else f"d{n % 997}.example.com"

    def _client(self, n: int) -> Client:
        rng = self._rng
        if n % 7 == 0:
            return Client("unknown", f"198.51.{rng.randrange(256)}.{rng.randrange(1, 255)}")
        if n % 11 == 0:
            return Client(f"mx{n}.v6.example.net", f"2001:db8:{n:x}::{rng.randrange(1, 9999):x}")
        return Client(f"mail{n}.{self._world(n)}", f"203.0.{rng.randrange(256)}.{rng.randrange(1, 255)}")

    def _skewed(self, size: int) -> int:
        return int(size * self._rng.random() ** 3)

    def user(self) -> str:
        """An address with a mailbox here, now and then written with capitals in the domain."""
        address = self.users[self._skewed(len(self.users))]
        if self._rng.random() < 0.02:
            person, _, domain = address.partition("@")
            return f"{person}@{domain.title()}"
        return address

    def stranger(self) -> str:
        """An address elsewhere."""
        return self.strangers[self._skewed(len(self.strangers))]

    def client(self) -> Client:
        """A client from elsewhere."""
        return self.clients[self._skewed(len(self.clients))]
