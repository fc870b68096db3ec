"""Hold rules for mail to come, and blocking a user: plans that write mailtui's tables and let Postfix ask them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from mailtui.changes.plan import Plan, Step
from mailtui.host.errors import UsageError
from mailtui.host.tools import Tools
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.access import PLACES, Kind, Rule, new_rule, read_rules, with_rule, without_rules
from mailtui.services.postfix.queue.reloading import reload_steps
from mailtui.services.postfix.queue.restrictions import asking_steps, table_step, table_text
from mailtui.text import clean, human_duration

_OPEN = "a session that is open now goes on until it ends; the next one meets the rule"
_SUBDOMAINS = "with parent_domain_matches_subdomains, as by default, its subdomains too"


class Rules:
    """The rules of one Postfix. Everything raises PermissionDenied or HostError where its files cannot be read."""

    def __init__(self, tools: Tools, postfix: PostfixConfig) -> None:
        self._tools = tools
        self._postfix = postfix
        self._folder = Path(postfix.get("config_directory"))

    def all(self) -> tuple[Rule, ...]:
        """All of mailtui's, those included whose time is over."""
        return tuple(rule for kind in PLACES for rule in read_rules(kind, self._text(kind)))

    def over(self) -> tuple[Rule, ...]:
        """Those whose time is over and that Postfix still heeds."""
        now = time.time()
        return tuple(rule for rule in self.all() if rule.over(now))

    def hold(self, kind: str, value: str, seconds: float) -> Plan:
        """Hold what comes from now on. Raises UsageError for a wrong kind or value."""
        rule = new_rule(kind, value, seconds)
        words = f"{PLACES[rule.kind].words} {clean(rule.key)}"
        title = f"Hold new mail {words} for {human_duration(seconds)}"
        return Plan(title, self._steps(rule, title), all_or_nothing=True)

    def block_steps(self, sasl_username: str) -> tuple[Step, ...]:
        """Refuse what this user submits, until that is lifted."""
        rule = new_rule("sasl_username", sasl_username, None, "REJECT")
        return self._steps(rule, f"refuse what {clean(sasl_username)} submits, until this is undone or lifted")

    def lift(self, rules: Sequence[Rule]) -> Plan:
        """Remove rules; the lists go on asking the table, which has nothing to say then."""
        if not rules:
            raise UsageError("there is no such rule", unlock="mailtui queue hold-rules lists them")
        before, after = reload_steps(self._postfix)
        steps = []
        for kind in dict.fromkeys(rule.kind for rule in rules):
            text = without_rules(self._text(kind), [rule for rule in rules if rule.kind == kind])
            steps.append(table_step(self._folder, PLACES[kind], text, f"remove rules from {PLACES[kind].file}"))
        names = ", ".join(clean(rule.key) for rule in rules[:3]) + (", …" if len(rules) > 3 else "")
        return Plan(f"Lift {len(rules)} of mailtui's rules: {names}", (before, *steps, after), all_or_nothing=True)

    def _steps(self, rule: Rule, why: str) -> tuple[Step, ...]:
        """Write the rule, without those of its table that are over, and let Postfix ask the table."""
        place = PLACES[rule.kind]
        old = self._text(rule.kind)
        now = time.time()
        text = with_rule(without_rules(old, [one for one in read_rules(rule.kind, old) if one.over(now)]), rule)
        before, after = reload_steps(self._postfix)
        risk = f"{_OPEN}; {_SUBDOMAINS}" if rule.kind == "recipient_domain" else _OPEN
        table = table_step(self._folder, place, text, why, risk)
        return (before, table, *asking_steps(self._tools, self._postfix, place), after)

    def _text(self, kind: Kind) -> str:
        return table_text(self._folder, PLACES[kind])
