"""Living well in somebody's terminal: quiet on slow links, and in its colours."""

from __future__ import annotations

from collections.abc import Mapping


def is_quiet(environ: Mapping[str, str]) -> bool:
    """Whether animations would go over a network, and nobody asked for them."""
    remote = "SSH_CONNECTION" in environ or "SSH_TTY" in environ
    return remote and "TEXTUAL_ANIMATIONS" not in environ


def default_theme(environ: Mapping[str, str], colors: int | None) -> str:
    """A theme by what the terminal says of itself: few colours, light background."""
    shade = "light" if _is_light(environ) else "dark"
    few = colors is not None and colors <= 16
    return f"ansi-{shade}" if few else f"mailtui-{shade}"


def _is_light(environ: Mapping[str, str]) -> bool:
    """``COLORFGBG`` is ``foreground;background`` in the numbers of the 16 colours; 7 and 9–15 are light."""
    background = environ.get("COLORFGBG", "").rpartition(";")[2]
    return background.isdigit() and int(background) in (7, 9, 10, 11, 12, 13, 14, 15)
