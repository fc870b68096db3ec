"""No text of main.cf or master.cf breaks the lint, and what it says is fit to be shown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mailtui.services.configuration.lint.complaints import complaint_findings
from mailtui.services.configuration.lint.dovecot import refusals
from mailtui.services.configuration.lint.main_text import main_findings
from mailtui.services.configuration.lint.master_services import shared_ports
from mailtui.services.configuration.lint.master_text import master_findings
from mailtui.services.configuration.outdated import outdated_parameter
from mailtui.services.postfix.config import MasterService
from mailtui.text import clean

LINES = st.lists(
    st.sampled_from(
        [
            "a = b",
            " a = b",
            "# c",
            "",
            "a = b # c",
            "a=\x1b[2J",
            "smtp inet n - – - - smtpd",
            "-o x=y",
            " -o x = y",
            "“",
        ]
    )
    | st.text(alphabet="ab=#\x1b -–“\u202e", max_size=30)
).map("\n".join)


@given(LINES)
def test_any_text_has_findings_that_can_be_shown(text: str) -> None:
    found = [*main_findings("main.cf", text, lambda name: name == "a"), *master_findings("master.cf", text)]
    for one in found:
        for shown in (one.id, one.subject, one.title, one.advice, *one.evidence):
            assert clean(shown) == shown


@given(
    st.text(alphabet="ab=:\n \x1b'", max_size=200).map(
        lambda text: f"postconf: warning: {text}\npostconf: fatal: x{text}"
    ),
    st.booleans(),
)
def test_whatever_postconf_and_doveconf_say(text: str, new: bool) -> None:
    for one in (
        *complaint_findings(text, ["relayhost"]),
        *refusals(text, 89, new),
        *refusals(f"Fatal: {text}", 89, new),
    ):
        assert clean(one.title) == one.title


def test_ports_of_different_addresses_do_not_meet() -> None:
    def services(*names: str) -> list[MasterService]:
        return [MasterService(name, "inet", "smtpd", ()) for name in names]

    assert not list(shared_ports(services("127.0.0.1:25", "192.0.2.1:25", "26", "[::1]:25")))
    assert [one.subject for one in shared_ports(services("smtp", "25"))] == ["25/inet"]


def test_a_value_that_nobody_can_lead_over_is_left_to_a_person() -> None:
    old = outdated_parameter("smtpd_use_tls")
    assert old is not None
    assert old.settings("maybe") is None
    assert old.settings("yes", taken=True) == old.settings("no", taken=True)
