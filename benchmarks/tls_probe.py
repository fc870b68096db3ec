"""Claim: fifteen questions, five ports and three versions of TLS each, are answered within a second on loopback.

``python -m benchmarks.tls_probe``, as root: it starts a lab and stops it. A port is asked one question at a time and
left politely. The same questions by ``openssl s_client``, a process for each, one after the other and five at once, are
what there is otherwise.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from mailtui.lab import Lab
from mailtui.services.tls.probe import Ask, StartTls, served_by

_PORTS: dict[str, StartTls] = {"smtp": "smtp", "submission": "smtp", "submissions": "", "imap": "imap", "imaps": ""}
_VERSIONS = ("TLSv1.1", "TLSv1.2", "TLSv1.3")
_OUTSIDE = "127.0.0.2"


def questions(lab: Lab) -> list[Ask]:
    """Every port in every version."""
    return [
        Ask("127.0.0.1", lab.ports[name], starttls, versions=(version,), source=_OUTSIDE)
        for name, starttls in _PORTS.items()
        for version in _VERSIONS
    ]


def openssl(ask: Ask) -> None:
    """The same question, by a program of its own."""
    version = ask.versions[0].lower().replace("v", "").replace(".", "_")
    words = ["openssl", "s_client", "-connect", f"{ask.host}:{ask.port}", f"-{version}", "-bind", _OUTSIDE]
    words += ["-starttls", ask.starttls] if ask.starttls else []
    subprocess.run(words, input=b"QUIT\r\n", capture_output=True, check=False, timeout=20)


def in_turn(asks: Sequence[Ask]) -> None:
    """One process of openssl after the other."""
    for ask in asks:
        openssl(ask)


def at_once(asks: Sequence[Ask]) -> None:
    """Five processes of openssl side by side, a port each."""
    ports = {ask.port: [one for one in asks if one.port == ask.port] for ask in asks}
    with ThreadPoolExecutor(len(ports)) as pool:
        list(pool.map(in_turn, ports.values()))


def seconds(do: Callable[[], object], rounds: int) -> list[float]:
    """What each round took, after one that is not counted."""
    found = []
    for _ in range(rounds + 1):
        begin = time.perf_counter()
        do()
        found.append(time.perf_counter() - begin)
    return found[1:]


def main() -> None:
    """Measure in turns, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    with Lab() as lab:
        asks = questions(lab)
        ways: dict[str, Callable[[], object]] = {
            "mailtui": lambda: served_by(asks),
            "openssl s_client, five at once": lambda: at_once(asks),
            "openssl s_client, in turn": lambda: in_turn(asks),
        }
        took = {name: seconds(do, options.rounds) for name, do in ways.items()}
    ours = statistics.median(took["mailtui"])
    for name, times in took.items():
        median, slowest = statistics.median(times), max(times)
        print(f"{name:32}{median * 1000:7.0f} ms{slowest * 1000:8.0f} ms slowest   ours takes {ours / median:5.2f}×")


if __name__ == "__main__":
    main()
