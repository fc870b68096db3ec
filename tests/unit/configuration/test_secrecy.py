"""What of a configuration is shown to nobody."""

from __future__ import annotations

import pytest

from mailtui.services.configuration.secrecy import HIDDEN, any_secret, is_secret, shown


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("doveadm_password", "hush"),
        ("service x { imapc_password", "hush"),
        ("ssl_key", "# hidden, use -P to show it"),
        ("doveadm_api_key", "abc"),
        ("smtp_sasl_password_maps", "inline:{host=user:hush}"),
    ],
)
def test_a_secret_is_hidden_whole(name: str, value: str) -> None:
    assert shown(name, value) == HIDDEN
    assert is_secret(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("smtpd_tls_key_file", "/etc/ssl/private/mail.key"),
        ("ssl_key", "</etc/ssl/private/mail.key"),
        ("smtp_sasl_password_maps", "hash:/etc/postfix/sasl_passwd"),
        ("smtpd_tls_key_file", "$smtpd_tls_cert_file"),
        ("auth_mechanisms", "plain login"),
        ("doveadm_password", ""),
    ],
)
def test_the_name_of_a_file_is_none(name: str, value: str) -> None:
    assert shown(name, value) == value


def test_a_password_inside_a_connection_string_is_hidden_alone() -> None:
    assert shown("connect", "host=db dbname=mail user=m password=hush") == (
        f"host=db dbname=mail user=m password={HIDDEN}"
    )


def test_a_file_with_one_is_known() -> None:
    assert any_secret("a = b\n  doveadm_password = hush\n")
    assert not any_secret("# doveadm_password = hush\nssl_key = </etc/key.pem\n")
