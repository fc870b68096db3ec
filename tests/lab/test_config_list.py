"""Every parameter of the real Postfix and Dovecot: default, what is written where, what holds, what it is for."""

from __future__ import annotations

import json

import pytest

from mailtui.cli.main import main
from mailtui.host.tools import LocalTools
from mailtui.lab import Lab
from mailtui.services.configuration.listing import Listing, Parameter
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig


@pytest.fixture(scope="module")
def parameters(lab: Lab) -> dict[str, Parameter]:
    tools = LocalTools()
    listing = Listing(tools, PostfixConfig(tools, lab.postfix_config), DovecotConfig(tools, lab.dovecot_config))
    return {f"{one.program} {one.name}": one for one in (*listing.of("postfix"), *listing.of("dovecot"))}


def test_what_is_written_has_its_place_and_what_is_not_has_none(lab: Lab, parameters: dict[str, Parameter]) -> None:
    written = parameters["postfix virtual_transport"]
    assert (written.default, written.written) == ("virtual", "lmtp:unix:private/dovecot-lmtp")
    file, _, line = written.place.rpartition(":")
    assert file == str(lab.postfix_config / "main.cf")
    assert (lab.postfix_config / "main.cf").read_text().splitlines()[int(line) - 1].startswith("virtual_transport")
    assert written.changed
    default = parameters["postfix bounce_queue_lifetime"]
    assert (default.written, default.place, default.changed) == (None, "", False)


def test_every_name_is_replaced_in_the_value(parameters: dict[str, Parameter]) -> None:
    assert parameters["postfix alias_database"].written == "$alias_maps"
    assert parameters["postfix alias_database"].value.startswith("hash:/")


def test_a_service_has_its_own_value_and_main_cf_s_for_default(lab: Lab, parameters: dict[str, Parameter]) -> None:
    name = f"postfix 127.0.0.1:{lab.ports['submissions']}/inet/smtpd_tls_wrappermode"
    assert (parameters[name].default, parameters[name].value) == ("no", "yes")
    file, _, line = parameters[name].place.rpartition(":")
    assert "smtpd_tls_wrappermode" in (lab.postfix_config / "master.cf").read_text().splitlines()[int(line) - 1]
    assert file.endswith("/master.cf")


def test_a_block_of_dovecot_is_part_of_the_name(lab: Lab, parameters: dict[str, Parameter]) -> None:
    one = parameters["dovecot service imap-login { inet_listener imap { port"]
    assert (one.default, one.value) == ("143", str(lab.ports["imap"]))
    assert one.place.startswith(str(lab.dovecot_config))


def test_a_password_is_not_shown(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    kept = lab.dovecot_config.read_bytes()
    lab.dovecot_config.write_bytes(kept + b"doveadm_password = hush\n")
    try:
        assert main([*lab.options(), "config", "diff", "dovecot", "--json"]) == 0
    finally:
        lab.dovecot_config.write_bytes(kept)
    out = capsys.readouterr().out
    assert "hush" not in out
    assert {one["name"]: one["value"] for one in json.loads(out)}["doveadm_password"] == "(hidden)"


def test_what_differs_is_told_with_its_line_and_searched_by_words(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*lab.options(), "config", "diff", "postfix", "VIRTUAL_TRANSPORT", "lmtp:unix"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "virtual_transport = lmtp:unix:private/dovecot-lmtp"
    assert out[1].strip() == "default virtual"
    assert not [line for line in out if line.startswith("virtual_alias_maps")]
    assert main([*lab.options(), "config", "list", "no such words"]) == 1


def test_one_program_that_cannot_be_read_does_not_hide_the_other(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    options = [f"--postfix-config={lab.postfix_config}", "--dovecot-config=/nowhere/dovecot.conf"]
    assert main([*options, "config", "list", "smtpd_banner"]) == 3
    said = capsys.readouterr()
    assert "smtpd_banner =" in said.out
    assert "doveconf" in said.err
    assert main([*options, "config", "list", "dovecot"]) == 3


def test_single_values_are_told_without_secrets(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    kept = lab.dovecot_config.read_bytes()
    lab.dovecot_config.write_bytes(kept + b"doveadm_password = hush\n")
    key = "ssl_server_key_file" if DovecotConfig(LocalTools()).new_names else "ssl_key"
    try:
        assert main([*lab.options(), "config", "get", "dovecot", key, "doveadm_password", "--json"]) == 0
    finally:
        lab.dovecot_config.write_bytes(kept)
    told = json.loads(capsys.readouterr().out)
    assert told == {key: told[key], "doveadm_password": "(hidden)"}
    assert told[key].removeprefix("<") == str(lab.key)
    service = f"127.0.0.1:{lab.ports['submission']}/inet/smtpd_tls_security_level"
    assert main([*lab.options(), "config", "get", "postfix", "virtual_transport", service, "--", "-x"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "virtual_transport = lmtp:unix:private/dovecot-lmtp",
        f"{service} = encrypt",
        "-x = ",
    ]
