"""What a daemon of Postfix ends with, and ``postfix check`` says nothing of."""

from __future__ import annotations

from collections.abc import Iterator

from mailtui.findings import Finding
from mailtui.host.tools import Tools
from mailtui.services.configuration.lint.limits import limit_findings
from mailtui.services.configuration.lint.master_services import service_findings
from mailtui.services.configuration.lint.values import value_findings
from mailtui.services.postfix.config import PostfixConfig, pairs


def fatal_findings(tools: Tools, postfix: PostfixConfig) -> Iterator[Finding]:
    """Those of one configuration. Raises what ``Tools.run`` raises."""
    defaults = pairs(tools.run(["postconf", *postfix.where, "-d"]).text)
    found = (*value_findings(postfix, defaults), *limit_findings(postfix), *service_findings(postfix))
    yield from (one for one in found if one.severity == "error")
