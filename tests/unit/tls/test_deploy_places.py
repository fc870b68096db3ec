"""Where a certificate is named, in Postfix's and Dovecot's own words, and what a new one makes of it."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa

from mailtui.services.configuration.dovecot_text import read_sources
from mailtui.services.configuration.model import Setting
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.tls.deploy.model import NewFiles
from mailtui.services.tls.deploy.places import Place, chosen, dovecot_places, postfix_places
from mailtui.services.tls.dovecot_settings import DovecotSettings
from tests.support.tools import RecordedTools
from tests.unit.tls.authority import LEAF, issue

NEW = NewFiles("/new/key", "/new/chain", "/new/both")
LYING = NewFiles("/live/privkey.pem", "/live/fullchain.pem")


def postfix(main: dict[str, str], overrides: dict[str, str] | None = None, version: str = "3.7.11") -> PostfixConfig:
    text = "".join(f"{name} = {value}\n" for name, value in {"mail_version": version, **main}.items())
    services = dict.fromkeys(name.rpartition("/")[0] for name in overrides or {})
    master = "".join(f"{name.split('/')[0]} inet n - y - - smtpd\n" for name in services)
    said = "".join(f"{name} = {value}\n" for name, value in (overrides or {}).items())
    return PostfixConfig(RecordedTools({"postconf -x": text, "postconf -M": master, "postconf -Px": said}))


def settings(place: Place, new: NewFiles = NEW) -> dict[str, str | None]:
    return {one.name: one.value for one in place.settings(new)}


def test_the_older_pair_keeps_its_names() -> None:
    (place,) = postfix_places(postfix({"smtpd_tls_cert_file": "/old/c", "smtpd_tls_key_file": "/old/k"}), "EC")
    assert place.files == ("/old/c",)
    assert settings(place) == {"smtpd_tls_cert_file": "/new/chain", "smtpd_tls_key_file": "/new/key"}


def test_of_two_pairs_the_one_of_the_algorithm() -> None:
    config = postfix({"smtpd_tls_cert_file": "/old/rsa", "smtpd_tls_eccert_file": "/old/ec"})
    (of_ec,) = postfix_places(config, "EC")
    assert settings(of_ec) == {"smtpd_tls_eccert_file": "/new/chain", "smtpd_tls_eckey_file": "/new/key"}
    assert of_ec.beside == ("/old/rsa",)
    (of_rsa,) = postfix_places(config, "RSA")
    assert "smtpd_tls_cert_file" in settings(of_rsa) and of_rsa.beside == ("/old/ec",)


def test_where_nothing_is_named_chain_files_if_there_are_any() -> None:
    (place,) = postfix_places(postfix({"smtpd_tls_cert_file": "none"}), "EC")
    assert settings(place) == {"smtpd_tls_chain_files": "/new/both"}
    assert settings(place, LYING) == {"smtpd_tls_chain_files": "/live/privkey.pem, /live/fullchain.pem"}
    (old,) = postfix_places(postfix({}, version="3.3.1"), "EC")
    assert "smtpd_tls_cert_file" in settings(old)


def test_chain_files_of_another_algorithm_stay(tmp_path: Path) -> None:
    other = issue("mail.example", key=rsa.generate_private_key(65537, 2048))
    (tmp_path / "rsa").write_bytes(other.key_pem() + other.pem)
    (tmp_path / "ec.key").write_bytes(LEAF.key_pem())
    (tmp_path / "ec.pem").write_bytes(LEAF.pem)
    chains = f"{tmp_path}/rsa, {tmp_path}/ec.key, {tmp_path}/ec.pem"
    (of_ec,) = postfix_places(postfix({"smtpd_tls_chain_files": chains}), "EC")
    assert settings(of_ec) == {"smtpd_tls_chain_files": f"/new/both, {tmp_path}/rsa"}
    (of_rsa,) = postfix_places(postfix({"smtpd_tls_chain_files": chains}), "RSA")
    assert settings(of_rsa) == {"smtpd_tls_chain_files": f"/new/both, {tmp_path}/ec.key, {tmp_path}/ec.pem"}
    (single,) = postfix_places(postfix({"smtpd_tls_chain_files": f"{tmp_path}/rsa"}), "EC")
    assert settings(single) == {"smtpd_tls_chain_files": "/new/both"}, "the only one is replaced, whatever its kind"


def test_a_service_with_its_own() -> None:
    config = postfix(
        {"smtpd_tls_cert_file": "/old/c"},
        {
            "submission/inet/smtpd_tls_cert_file": "/old/c",
            "submission/inet/smtpd_tls_key_file": "/old/k",
            "465/inet/smtpd_tls_chain_files": "/other/both",
            "587/inet/smtpd_tls_security_level": "encrypt",
        },
    )
    places = postfix_places(config, "RSA")
    assert [place.scope for place in places] == ["", "submission/inet", "465/inet"]
    taken = chosen(places, ["mail.example"])
    assert [place.scope for place in taken] == ["", "submission/inet"], "the same file goes along"
    assert settings(taken[1]) == {
        "submission/inet/smtpd_tls_cert_file": "/new/chain",
        "submission/inet/smtpd_tls_key_file": "/new/key",
    }


OLD_WORDS = """\
ssl_cert = </old/c
ssl_key = </old/k
protocol imap {
  ssl_cert = </imap/c
}
protocol pop3 {
  ssl_cert = </old/c
}
local_name mail.example {
  ssl_cert = </mail/c
  ssl_key = </mail/k
}
local_name "a.example b.other" {
  ssl_cert = </ab/c
}
"""


def dovecot(tmp_path: Path, text: str, said: str, version: str = "2.3.19.1") -> tuple[Place, ...]:
    """The places in a file of this text, where ``doveconf -a`` says this."""
    file = tmp_path / "dovecot.conf"
    file.write_text(text)
    asked = f"doveconf -c {file} -a -P"
    tools = RecordedTools({asked: said, f"{asked} service": "", "dovecot --version": version})
    return dovecot_places(DovecotSettings(tools, DovecotConfig(tools, file)), read_sources(file), "EC")


def test_dovecots_blocks(tmp_path: Path) -> None:
    places = dovecot(tmp_path, OLD_WORDS, "ssl_cert = </old/c\n")
    assert [place.scope for place in places] == [
        "",
        "protocol imap",
        "protocol pop3",
        "local_name mail.example",
        'local_name "a.example b.other"',
    ]
    taken = chosen(places, ["mail.example", "*.example"])
    assert [place.scope for place in taken] == ["", "protocol pop3", "local_name mail.example"]
    assert taken[2].names == ("mail.example",)
    assert settings(taken[2]) == {
        "local_name mail.example { ssl_cert": "</new/chain",
        "local_name mail.example { ssl_key": "</new/key",
    }


def test_dovecots_new_words(tmp_path: Path) -> None:
    text = "ssl_server_cert_file = /old/c\nssl_server_key_file = /old/k\n"
    (place,) = dovecot(tmp_path, text, text, "2.4.1")
    assert place.files == ("/old/c",)
    assert place.settings(NEW) == (
        Setting("ssl_server_cert_file", "/new/chain"),
        Setting("ssl_server_key_file", "/new/key"),
    )


def test_dovecots_new_words_in_a_block(tmp_path: Path) -> None:
    text = "ssl_server {\n  cert_file = /old/c\n  key_file = /old/k\n}\nlocal_name mail.example {\n  ssl_server {\n"
    text += "    cert_file = /mail/c\n  }\n}\n"
    everybody, named = dovecot(tmp_path, text, text, "2.4.1")
    assert (everybody.scope, everybody.files) == ("", ("/old/c",))
    assert settings(everybody) == {"ssl_server_cert_file": "/new/chain", "ssl_server_key_file": "/new/key"}
    assert (named.scope, named.names) == ("local_name mail.example", ("mail.example",))
    assert "local_name mail.example { ssl_server_key_file" in settings(named)


def test_dovecots_second_pair(tmp_path: Path) -> None:
    (tmp_path / "ec").write_bytes(LEAF.pem)
    (place,) = dovecot(tmp_path, "", f"ssl_cert = </old/rsa\nssl_alt_cert = <{tmp_path}/ec\n")
    assert settings(place) == {"ssl_alt_cert": "</new/chain", "ssl_alt_key": "</new/key"}
    assert place.beside == ("/old/rsa",)
