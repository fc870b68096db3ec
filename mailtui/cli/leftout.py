"""What a listing of both programs leaves out, because one of them does not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailtui.cli.context import Context


def tell_left_out(context: Context) -> None:
    """Beside what the other program told."""
    from mailtui.services.tls.either import left_out

    for sentence in left_out(context.postfix, context.dovecot):
        context.output.note(sentence)
