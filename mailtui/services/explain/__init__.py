"""A failure in the words of this machine's own configuration: the table, socket or limit that made it."""

from mailtui.services.explain.explainer import Explainer
from mailtui.services.explain.findings import Blamed, Explanation

__all__ = ["Blamed", "Explainer", "Explanation"]
