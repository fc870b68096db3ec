"""Arrangements that are easy to get wrong: postscreen before smtpd, blocks of Dovecot's that shadow each other."""

from __future__ import annotations

import os
import socket

import pytest

from mailtui.host.tools import LocalTools
from mailtui.lab import Lab
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.tls.audit import Audit
from mailtui.services.tls.dovecot_settings import DovecotSettings
from mailtui.services.tls.probe import served
from mailtui.services.tls.serving import Serving
from tests.support.waiting import until
from tests.unit.tls.authority import MIDDLE, Pair, issue

Machine = tuple[LocalTools, PostfixConfig, DovecotConfig]


@pytest.fixture
def machine(lab: Lab) -> Machine:
    tools = LocalTools()
    return tools, PostfixConfig(tools, lab.postfix_config), DovecotConfig(tools, lab.dovecot_config)


def write(lab: Lab, name: str, pair: Pair) -> tuple[str, str]:
    certificate, key = (lab.certificate.with_name(f"{name}.{ending}") for ending in ("pem", "key"))
    certificate.write_bytes(pair.pem + MIDDLE.pem)
    key.touch(mode=0o600)
    key.write_bytes(pair.key_pem())
    return str(certificate), str(key)


@pytest.mark.slow
def test_the_block_that_is_said_to_be_shadowed_really_is(lab: Lab, machine: Machine) -> None:
    new_names = machine[2].new_names
    certificate, key = ("ssl_server_cert_file", "ssl_server_key_file") if new_names else ("ssl_cert", "ssl_key")
    mark = "" if new_names else "<"
    wide = issue("*.shop.example", MIDDLE, names=("*.shop.example",))
    one = issue("mail.shop.example", MIDDLE, names=("mail.shop.example",))
    blocks = [("*.shop.example", write(lab, "wide", wide)), ("mail.shop.example", write(lab, "one", one))]
    before = lab.dovecot_config.read_text()
    text = "".join(
        f"local_name {name} {{\n  {certificate} = {mark}{files[0]}\n  {key} = {mark}{files[1]}\n}}\n"
        for name, files in (reversed(blocks) if new_names else blocks)
    )
    lab.dovecot_config.write_text(before + text)
    lab.command("doveadm", "reload")

    def shown() -> str:
        return served("127.0.0.1", lab.ports["imaps"], sni="mail.shop.example").sha256

    wins = Serving(*machine)
    assert until(lambda: shown() == fingerprint(wide))
    assert {entry.verdict for entry in wins.survey().shown if entry.name == "mail.shop.example"} == {"same"}
    found = [entry.subject for entry in Audit(*machine).findings(ask=False) if "shadowed" in entry.id]
    assert found == ["Dovecot local_name mail.shop.example"]
    lab.dovecot_config.write_text(before)
    lab.command("doveadm", "reload")


@pytest.mark.slow
def test_an_address_with_a_certificate_of_its_own_is_asked_there(lab: Lab, machine: Machine) -> None:
    certificate, key = DovecotSettings(machine[0], machine[2]).pairs[0]
    mark = "" if machine[2].new_names else "<"
    own = issue("three.example", MIDDLE, names=("three.example",))
    files = write(lab, "three", own)
    before = lab.dovecot_config.read_text()
    text = f"local 127.0.0.3 {{\n  {certificate} = {mark}{files[0]}\n  {key} = {mark}{files[1]}\n}}\n"
    lab.dovecot_config.write_text(before.replace("listen = 127.0.0.1", "listen = *") + text)
    lab.command("doveadm", "reload")
    port = lab.ports["imaps"]
    assert until(lambda: served("127.0.0.3", port).sha256 == fingerprint(own))
    shown = {one.listener.reached_at: one for one in Serving(*machine).survey().shown if one.listener.port == port}
    assert {address: one.verdict for address, one in shown.items()} == {"127.0.0.1": "same", "127.0.0.3": "same"}
    assert shown["127.0.0.3"].leaf != shown["127.0.0.1"].leaf
    lab.dovecot_config.write_text(before)
    lab.command("doveadm", "reload")


@pytest.mark.slow
def test_postscreen_is_waited_for_and_hands_over_to_an_smtpd_with_its_own_certificate(
    lab: Lab, machine: Machine
) -> None:
    """Six seconds of ``postscreen_greet_wait``; then smtpd shows what smtpd has."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = issue("mx.example", MIDDLE, names=("mx.example",))
    files = write(lab, "mx", own)
    for words in (
        ("-M", f"127.0.0.1:{port}/inet=127.0.0.1:{port} inet n - n - 1 postscreen"),
        ("-M", "smtpd/pass=smtpd pass - - n - - smtpd"),
        ("-M", "tlsproxy/unix=tlsproxy unix - - n - 0 tlsproxy"),
        ("-M", "dnsblog/unix=dnsblog unix - - n - 0 dnsblog"),
        ("-P", f"smtpd/pass/smtpd_tls_cert_file={files[0]}"),
        ("-P", f"smtpd/pass/smtpd_tls_key_file={files[1]}"),
    ):
        lab.command("postconf", *words)
    for name in ("main.cf", "master.cf"):
        os.utime(lab.postfix_config / name, (1, 1))
    lab.command("postfix", "reload")
    survey = Serving(*machine).survey()
    (shown,) = [one for one in survey.shown if one.listener.port == port]
    assert shown.answer.tls, shown.answer
    assert shown.answer.sha256 == fingerprint(own) and shown.verdict == "same"
    assert any(use.where == "smtpd/pass" for held in survey.held for use in held.uses)


def fingerprint(pair: Pair) -> str:
    import hashlib

    from cryptography.hazmat.primitives.serialization import Encoding

    return hashlib.sha256(pair.certificate.public_bytes(Encoding.DER)).hexdigest().upper()
