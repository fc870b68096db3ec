"""What is said of ports that show something else than they should, and the one step that mends each case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailtui.findings import Finding
from mailtui.services.configuration.model import Program
from mailtui.services.tls.facts import CertificateFacts, facts
from mailtui.services.tls.inventory import Held, Use
from mailtui.services.tls.listeners import Listener
from mailtui.services.tls.probe import Ask, Served
from mailtui.services.tls.serving import Expected, Shown, Survey, Verdict
from mailtui.services.tls.serving.drift import about, drift_findings
from tests.unit.tls.authority import LEAF, NOW, issue

NEW = facts(LEAF.certificate)
OLD = facts(issue("mail.example", days=(-90, -1)).certificate)
OTHER = facts(issue("mail.example", days=(-80, 10)).certificate)
HELD = Held(("/c", "/k"), (Use("postfix", "main.cf", "smtpd_tls_cert_file"),), (NEW,))


def shown(
    verdict: Verdict,
    leaf: CertificateFacts | None,
    *,
    program: Program = "postfix",
    port: int = 25,
    name: str = "",
    expected: Expected | None = None,
    answer: Served | None = None,
) -> Shown:
    listener = Listener(program, f"{port}/inet", "192.0.2.1", port, "mx", "smtp")
    told = answer or Served(Ask("192.0.2.1", port, "smtp"), version="TLSv1.3")
    return Shown(listener, name, told, leaf, expected or Expected((NEW.sha256,), ("/c", "/k")), verdict)


def survey(*shown: Shown, held: Held = HELD) -> Survey:
    return Survey(NOW.timestamp(), (held,), shown)


def said(*findings: Finding) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.id.removeprefix("tls.").partition(":")[0], one.fix[2:]) for one in findings]


def test_nothing_where_each_shows_what_it_should() -> None:
    assert drift_findings(survey(shown("same", NEW), shown("unknown", OTHER), shown("down", None))) == ()


def test_one_finding_for_all_ports_that_one_reload_mends() -> None:
    found = drift_findings(survey(shown("stale", OTHER), shown("stale", OTHER, port=587)))
    assert said(*found) == [("drift.stale", ("reload", "postfix"))]
    assert "192.0.2.1:25" in found[0].subject and "192.0.2.1:587" in found[0].subject


def test_each_program_is_reloaded_for_itself_and_what_is_over_is_grave() -> None:
    found = drift_findings(survey(shown("stale", OLD), shown("stale", OLD, program="dovecot", port=993)))
    assert said(*found) == [("drift.over", ("reload", "postfix")), ("drift.over", ("reload", "dovecot"))]
    assert {one.severity for one in found} == {"error"}


def test_a_table_is_built_again_and_one_without_a_file_has_no_plan() -> None:
    for table, fix in (("hash:/etc/postfix/sni", ("build", "/etc/postfix/sni")), ("inline:{x=/y}", ())):
        expected = Expected((OTHER.sha256,), ("/c",), table, True)
        assert said(*drift_findings(survey(shown("table", OTHER, expected=expected)))) == [("drift.table", fix)]


@pytest.mark.parametrize(("offers", "kind"), [(True, "no-tls.offered"), (False, "no-tls")])
def test_no_tls_is_mended_by_a_reload_only_where_the_files_are_sound(offers: bool, kind: str) -> None:
    answer = Served(Ask("192.0.2.1", 25, "smtp"), "starttls-refused", "454 4.7.0", offers_starttls=offers)
    one = shown("broken", None, answer=answer)
    assert said(*drift_findings(survey(one))) == [(kind, ("reload", "postfix"))]
    mismatch = Finding("cert.mismatch:/c", "error", "certificates", "/c", "the key is not the certificate's")
    broken = replace(HELD, problem="key values mismatch", findings=(mismatch,))
    (found,) = drift_findings(survey(one, held=broken))
    assert found.fix == () and any("the key is not" in line for line in found.evidence)


def test_blocks_that_contradict_each_other() -> None:
    expected = Expected(problem="Conflict in setting ssl_cert found from filter at dovecot.conf:14")
    found = drift_findings(survey(shown("unknown", None, program="dovecot", name="x.example", expected=expected)))
    assert said(*found) == [("conflict", ())] and "dovecot.conf:14" in found[0].evidence[0]


def test_what_is_told_of_one_certificate_is_its_own() -> None:
    other = Held(("/o",), HELD.uses, (OTHER,))
    one = shown("stale", OLD)
    both = Survey(
        NOW.timestamp(),
        (HELD, other),
        (one, shown("same", OTHER, port=993, expected=Expected((OTHER.sha256,), ("/o",)))),
    )
    assert said(*about(both, HELD)) == [("drift.over", ("reload", "postfix"))]
    assert about(both, other) == ()
    assert both.of(HELD) == (one,)
