"""What a listing of both programs leaves out, because one of them does not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtui.host.errors import MailtuiError, ToolMissing

if TYPE_CHECKING:
    from mailtui.cli.context import Context


def tell_left_out(context: Context) -> None:
    """Beside what the other program told: whose part is missing, and why; one that is not installed has no part."""
    programs = (
        ("Postfix", lambda: context.postfix.services),
        ("Dovecot", lambda: context.dovecot.get("protocols")),
    )
    for name, ask in programs:
        try:
            ask()
        except ToolMissing:
            continue
        except MailtuiError as error:
            context.output.note(f"without {name}'s: {error.told}")
