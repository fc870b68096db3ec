"""Failures of a real Postfix and Dovecot are traced, grouped and explained by their real tables and sockets."""

from __future__ import annotations

from mailtui.host.tools import LocalTools
from mailtui.lab import Lab
from mailtui.lab.traffic import kinds
from mailtui.lab.wait import wait_until
from mailtui.maillog.incidents import IncidentBook
from mailtui.maillog.model import Recipient, Story
from mailtui.maillog.parser import Parser
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.explain import Explainer, Explanation
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.trace import TraceService


def traced(lab: Lab, address: str, status: str) -> tuple[Recipient, Story]:
    """The latest recipient with this address or alias and fate, once it is logged."""
    found: list[tuple[Recipient, Story]] = []

    def look() -> bool:
        stories = TraceService(LocalTools()).trace(address, [lab.log, lab.dovecot_log])
        found[:] = [
            (recipient, story)
            for story in stories
            for recipient in story.recipients
            if address in (recipient.to, recipient.orig_to) and recipient.status == status
        ]
        return bool(found)

    assert wait_until(look, 20.0), f"{address} was not {status}"
    return found[-1]


def explained(lab: Lab, recipient: Recipient, story: Story) -> Explanation:
    tools = LocalTools()
    postfix, dovecot = PostfixConfig(tools, lab.postfix_config), DovecotConfig(tools, lab.dovecot_config)
    return Explainer(postfix, dovecot, tools).cause(recipient, story)


def test_the_table_that_missed_is_named(lab: Lab) -> None:
    kinds.local_to_unknown_alias(lab)
    recipient, story = traced(lab, "nobody@alias.example", "bounced")
    explanation = explained(lab, recipient, story)
    assert explanation.verdict.rule == "unknown_alias"
    table = PostfixConfig(LocalTools(), lab.postfix_config).get("virtual_alias_maps")
    keys = "nobody@alias.example, @alias.example"
    assert explanation.evidence[0] == f"virtual_alias_maps = {table} has no key {keys}"
    assert "alias.example is in virtual_alias_domains = alias.example" in explanation.evidence


def test_the_alias_that_leads_nowhere_is_named_and_the_userdb_too(lab: Lab) -> None:
    kinds.alias_to_nowhere(lab)
    recipient, story = traced(lab, "leaver@alias.example", "bounced")
    explanation = explained(lab, recipient, story)
    said = "\n".join(explanation.evidence)
    assert f"leads leaver@alias.example to {recipient.to}" in said
    assert f"doveadm user does not find {recipient.to}" in said
    assert "Dovecot looks users up in userdb passwd-file /" in said
    assert any("out of the alias leaver@alias.example" in step for step in explanation.next_steps)


def test_a_refused_relay_is_told_whose_domain_it_is(lab: Lab) -> None:
    kinds.relay_denied(lab)
    recipient, story = traced(lab, "victim@accept.example", "rejected")
    explanation = explained(lab, recipient, story)
    assert explanation.verdict.rule == "relay_denied"
    assert "accept.example is in none of mydestination" in explanation.evidence[0]


def test_a_delivery_is_traced_into_the_mailbox(lab: Lab) -> None:
    kinds.through_filter(lab)
    recipient, story = traced(lab, "bob@lab.example", "sent")
    assert len(story.queue_ids) == 2
    assert story.outcome == "delivered"
    assert recipient.mailbox == "INBOX"
    texts = [line.text for line in story.lines]
    assert any("connect from" in text for text in texts)
    assert any("saved mail to INBOX" in text for text in texts)


def test_the_lab_s_failures_are_incidents_with_a_turn_to_take(lab: Lab) -> None:
    kinds.local_to_unknown_alias(lab)
    kinds.alias_to_nowhere(lab)
    traced(lab, "nobody@alias.example", "bounced")
    traced(lab, "leaver@alias.example", "bounced")
    book, parser = IncidentBook(), Parser(str(lab.log))
    for line in lab.log.read_bytes().splitlines():
        book.add(parser.parse(line))
    titles = {incident.title: incident for incident in book.incidents()}
    alias = next(titles[title] for title in titles if "leaver@alias.example → gone@lab.example" in title)
    assert (alias.severity, alias.who) == ("error", "us")
    assert any("no alias for this address" in title and "nobody@alias.example" in title for title in titles)
