"""Pieces of how-tos, judged for a Dovecot 2.3 and a 2.4, and taken apart whatever they are."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.host.errors import ToolMissing
from mailtui.services.configuration.model import Program, Setting
from mailtui.services.configuration.translate.databases import auth_default, database
from mailtui.services.configuration.translate.location import new_variables, split_location
from mailtui.services.configuration.translate.of_dovecot import OfDovecot
from mailtui.services.configuration.translate.of_postfix import OfPostfix
from mailtui.services.configuration.translate.pieces import Assignment, Block, Other, Service, pieces
from mailtui.services.configuration.translate.service import Translator
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from tests.support.tools import RecordedTools

OLD = OfDovecot({"ssl", "ssl_cert", "disable_plaintext_auth", "mail_location", "protocols", "mode"}, new=False)
NEW = OfDovecot(
    {"ssl", "ssl_server_cert_file", "auth_allow_cleartext", "mail_driver", "mail_path", "sieve", "mode", "log_debug"},
    new=True,
)
POSTFIX = OfPostfix(
    {
        "smtpd_tls_security_level": "",
        "smtpd_helo_required": "no",
        "smtpd_tls_auth_only": "no",
        "smtpd_recipient_restrictions": "",
        "smtpd_sasl_auth_enable": "no",
        "smtpd_banner": "$myhostname ESMTP",
        "virtual_alias_maps": "",
    },
    ("submissions/inet",),
)


def _owner(name: str) -> Program | None:
    return {"ssl": "dovecot", "smtpd_banner": "postfix", "relayhost": "postfix"}.get(name)  # type: ignore[return-value]


def test_postfix_dovecot_and_commands_are_told_apart() -> None:
    text = """\
```
# comment
smtpd_banner = a
  b # not this
somebodys = 1
root@host:~# sudo postconf -e 'relayhost = [x]:25' "smtpd_banner=c d"
submission inet n – y - - smtpd
  -o smtpd_banner=x
ssl = yes
just words
```
"""
    found = pieces(text, _owner)
    assigned = [(one.number, one.name, one.value, one.program) for one in found if isinstance(one, Assignment)]
    assert assigned == [
        (3, "smtpd_banner", "a b", "postfix"),
        (5, "somebodys", "1", "postfix"),
        (6, "relayhost", "[x]:25", "postfix"),
        (6, "smtpd_banner", "c d", "postfix"),
        (9, "ssl", "yes", "dovecot"),
    ]
    assert [one.text for one in found if isinstance(one, Service)] == [
        "submission inet n - y - - smtpd -o smtpd_banner=x"
    ]
    assert [one.text for one in found if isinstance(one, Other)] == ["just words"]


@pytest.mark.parametrize(
    "line",
    ["sudo systemctl restart dovecot", "# apt install postfix", "$ postmap /etc/postfix/virtual", "cat > x <<EOF"],
)
def test_a_command_is_known_as_one(line: str) -> None:
    (found,) = pieces(line, _owner)
    assert isinstance(found, Other) and found.is_command


def test_blocks_in_one_line_and_in_many() -> None:
    (block,) = pieces("service auth { unix_listener x { mode = 0660 } user = a }\n", _owner)
    assert isinstance(block, Block)
    inner, user = block.items
    assert isinstance(inner, Block) and inner.header == "unix_listener x" and inner.value("mode") == "0660"
    assert isinstance(user, Assignment) and user.value == "a"
    (same,) = pieces("service auth {\n unix_listener x {\n mode = 0660 # c\n }\n user = a\n}\n", _owner)
    assert isinstance(same, Block) and same.value("user") == "a"


@given(
    st.text(alphabet="ab={}#\n -–“$/", max_size=300)
    | st.lists(st.sampled_from(["a {", "}", "x = 1", "{", "  -o a=b", "}}", "a { b = {"])).map("\n".join)
)
def test_nothing_that_is_pasted_breaks_it(text: str) -> None:
    for piece in pieces(text, _owner):
        assert piece.number >= 1


@pytest.mark.parametrize("sign", [" ", "a ", "{", "-o ", "$ ", "a="])
def test_a_megabyte_in_one_line_or_in_many_takes_no_time(sign: str) -> None:
    began = time.monotonic()
    pieces(sign * (2**20 // len(sign)), _owner)
    pieces((sign * 500 + "\n") * 200, _owner)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("name", "value", "judgement", "becomes"),
    [
        ("smtpd_use_tls", "yes", "changed", ("smtpd_tls_security_level", "may")),
        ("smtpd_enforce_tls", "yes", "changed", ("smtpd_tls_security_level", "encrypt")),
        ("virtual_maps", "hash:/v", "changed", ("virtual_alias_maps", "hash:/v")),
        ("smtpd_helo_required", "affirmative", "changed", ("smtpd_helo_required", "yes")),
        ("smtpd_banner", '"x"', "changed", ("smtpd_banner", "x")),
        ("smtpd_banner", "x", "same", ("smtpd_banner", "x")),
        ("smtpd_port", "25", "gone", None),
        ("smtpd_tls_auth_only", "no", "dangerous", ("smtpd_tls_auth_only", "yes")),
        ("virtual_overquota_bounce", "yes", "gone", None),
        ("smtpd_bannner", "x", "unknown", None),
        ("smtpd_recipient_restrictions", "reject_maps_rbl", "by hand", None),
        (
            "smtpd_recipient_restrictions",
            "permit_mynetworks, check_relay_domains",
            "changed",
            ("smtpd_recipient_restrictions", "permit_mynetworks, reject_unauth_destination"),
        ),
        ("submission/inet/smtpd_use_tls", "no", "changed", ("submission/inet/smtpd_tls_security_level", "none")),
    ],
)
def test_parameters_of_postfix(name: str, value: str, judgement: str, becomes: tuple[str, str] | None) -> None:
    verdict = POSTFIX.parameter(name, value)
    assert verdict.judgement == judgement
    assert verdict.settings == ((Setting(*becomes),) if becomes else ())
    assert verdict.why or judgement == "same"


def test_a_submission_with_passwords_in_clear_text_is_made_safe() -> None:
    text = "submission inet n - n - - smtpd -o smtpd_sasl_auth_enable = yes -o smtpd_tls_security_level=may"
    verdict = POSTFIX.service(text)
    assert verdict.judgement == "dangerous"
    (setting,) = verdict.settings
    assert setting.name == "submission/inet"
    assert setting.value is not None
    assert setting.value.endswith("smtpd -o smtpd_sasl_auth_enable=yes -o smtpd_tls_security_level=encrypt")


def test_smtps_is_the_name_that_is_there_and_other_arguments_stay() -> None:
    verdict = POSTFIX.service("smtps inet n - n - - smtpd -v -o smtpd_banner={x y}")
    assert verdict.settings == (
        Setting("submissions/inet", "submissions inet n - n - - smtpd -v -o { smtpd_banner = x y }"),
    )
    assert POSTFIX.service("smtp inet n - n").judgement == "by hand"


@pytest.mark.parametrize(
    ("judge", "name", "value", "judgement", "becomes"),
    [
        (NEW, "ssl_cert", "</x.pem", "changed", {"ssl_server_cert_file": "/x.pem"}),
        (NEW, "ssl_cert_file", "/x.pem", "changed", {"ssl_server_cert_file": "/x.pem"}),
        (OLD, "ssl_cert_file", "/x.pem", "changed", {"ssl_cert": "</x.pem"}),
        (OLD, "ssl_server_cert_file", "/x.pem", "changed", {"ssl_cert": "</x.pem"}),
        (NEW, "disable_plaintext_auth", "yes", "changed", {"auth_allow_cleartext": "no"}),
        (NEW, "disable_plaintext_auth", "no", "dangerous", {"auth_allow_cleartext": "no"}),
        (OLD, "disable_plaintext_auth", "no", "dangerous", {"disable_plaintext_auth": "yes"}),
        (OLD, "auth_allow_cleartext", "no", "changed", {"disable_plaintext_auth": "yes"}),
        (NEW, "mail_location", "maildir:~/M:LAYOUT=fs", "unknown-or-split", None),
        (NEW, "login_process_size", "64", "gone", {}),
        (NEW, "auth_worker_max_count", "9", "by hand", {}),
        (NEW, "verbose_ssl", "yes", "changed", {"log_debug": "category=ssl"}),
        (OLD, "protocols", "imaps pop3s managesieve", "changed", {"protocols": "imap pop3 sieve"}),
        (OLD, "ssl_disable", "no", "changed", {"ssl": "yes"}),
        (OLD, "no_such", "1", "unknown", {}),
        (NEW, "ssl", "required", "same", {"ssl": "required"}),
    ],
)
def test_settings_of_dovecot(
    judge: OfDovecot, name: str, value: str, judgement: str, becomes: dict[str, str] | None
) -> None:
    verdict = judge.setting((), name, value)
    if becomes is None:
        assert {one.name: one.value for one in verdict.settings} == {
            "mail_driver": "maildir",
            "mail_path": "~/M",
            "mailbox_list_layout": "fs",
        }
        return
    assert verdict.judgement == judgement
    assert {one.name: one.value for one in verdict.settings} == becomes


def test_plugins_stand_in_no_block_since_2_4() -> None:
    verdict = NEW.setting(("plugin",), "mail_path", "~/%n")
    assert verdict.settings == (Setting("mail_path", "~/%{user | username}"),)
    added = NEW.setting(("protocol imap",), "mail_plugins", "$mail_plugins imap_quota")
    assert added.settings == (Setting("protocol imap { mail_plugins { imap_quota", "yes"),)


@pytest.mark.parametrize(
    ("name", "value", "becomes"),
    [
        ("sieve", "~/.dovecot.sieve", {"personal { path": "~/.dovecot.sieve"}),
        ("sieve", "file:~/s;active=~/a", {"personal { path": "~/s", "personal { active_path": "~/a"}),
        ("sieve_before2", "/g/%d", {"before2 { type": "before", "before2 { path": "/g/%{user | domain}"}),
    ],
)
def test_scripts_of_sieve_are_blocks_since_2_4(name: str, value: str, becomes: dict[str, str]) -> None:
    verdict = NEW.setting(("plugin",), name, value)
    assert {one.name.removeprefix("sieve_script "): one.value for one in verdict.settings} == becomes


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/v/%d/%n", "/v/%{user | domain}/%{user | username}"),
        ("%Lu@x", "%{user | lower}@x"),
        ("%{user}", "%{user}"),
        ("100%% %q", "100%% %q"),
    ],
)
def test_variables_of_2_3_in_the_words_of_2_4(old: str, new: str) -> None:
    assert new_variables(old) == new


def test_a_location_is_split_or_left_to_a_person() -> None:
    assert split_location("mdbox:~/m:INDEX=/i/%u:UTF-8") == {
        "mail_driver": "mdbox",
        "mail_path": "~/m",
        "mail_index_path": "/i/%{user}",
        "mailbox_list_utf8": "yes",
    }
    assert split_location("maildir:~/m:WHAT=x") is None
    assert split_location("/var/mail") is None


AUTH = """\
auth default {
  mechanisms = plain login
  passdb passwd-file {
    args = scheme=SHA512-CRYPT username_format=%n /etc/users
  }
  userdb static {
    args = uid=5000 home=/v/%u
  }
  socket listen {
    client {
      path = /run/auth
      mode = 0666
    }
  }
  user = root
}
"""


@pytest.mark.parametrize("new", [False, True])
def test_the_auth_block_of_1_x(new: bool) -> None:
    (block,) = pieces(AUTH, _owner)
    assert isinstance(block, Block)
    told = list(auth_default(block, new=new))
    settings = {one.name: one.value for _, _, verdict in told for one in verdict.settings}
    listener = "service auth { unix_listener /run/auth { mode"
    assert settings.pop("auth_mechanisms") == "plain login"
    assert settings.pop(listener) == "0660"
    if new:
        assert settings == {
            "passdb passwd-file { driver": "passwd-file",
            "passdb passwd-file { passwd_file_path": "/etc/users",
            "passdb passwd-file { default_password_scheme": "SHA512-CRYPT",
            "passdb passwd-file { auth_username_format": "%{user | username}",
            "userdb static { driver": "static",
            "userdb static { fields { uid": "5000",
            "userdb static { fields { home": "/v/%{user}",
        }
    else:
        assert settings["passdb { driver"] == "passwd-file"
        assert settings["userdb { args"] == "uid=5000 home=/v/%u"
    assert [verdict.judgement for _, _, verdict in told] == ["changed", "changed", "changed", "dangerous", "gone"]


def test_a_database_that_this_dovecot_reads_as_it_is_stays() -> None:
    (block,) = pieces("passdb {\n driver = pam\n}\n", _owner)
    assert isinstance(block, Block)
    assert database(block, new=False) is None
    (sql,) = pieces("passdb {\n driver = sql\n args = /etc/sql.conf\n}\n", _owner)
    assert isinstance(sql, Block)
    verdict = database(sql, new=True)
    assert verdict is not None and verdict.judgement == "by hand" and "/etc/sql.conf" in verdict.why


def test_blocks_without_end_in_one_another_end() -> None:
    tools = RecordedTools({"postconf -d": ToolMissing("postconf"), "doveconf -a": ToolMissing("doveconf")})
    translator = Translator(tools, PostfixConfig(tools), DovecotConfig(tools))
    assert translator.translate("a {\n" * 5000 + "b = 1\n")


def test_for_a_program_that_cannot_be_asked_nothing_is_translated() -> None:
    tools = RecordedTools({"postconf -d": ToolMissing("postconf"), "doveconf -a": ToolMissing("doveconf")})
    translator = Translator(tools, PostfixConfig(tools), DovecotConfig(tools))
    told = translator.translate("smtpd_use_tls = yes\nservice auth {\n  user = x\n}\nsmtp inet n - n - - smtpd\n")
    assert [one.judgement for one in told.lines] == ["unknown"] * 3
    assert not told.settings
    assert "postconf is not installed" in told.lines[0].why
