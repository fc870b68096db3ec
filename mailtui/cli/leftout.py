"""What a listing of both programs leaves out, because one of them does not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailtui.cli.context import Context


def tell_left_out(context: Context) -> int:
    """Beside what the other program told; the exit status where a half alone would pass for all of it."""
    from mailtui.host.errors import HostError
    from mailtui.services.tls.either import left_out

    sentences = left_out(context.postfix, context.dovecot)
    for sentence in sentences:
        context.output.note(sentence)
    return HostError.exit_code if sentences else 0
