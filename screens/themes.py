"""Two calm themes: only what needs an eye is bright. 16-colour terminals keep Textual's ansi themes."""

from __future__ import annotations

from textual.theme import Theme

THEMES = (
    Theme(
        name="mailtui-dark",
        primary="#6ea8d8",
        secondary="#4a6f8f",
        accent="#8fb8c9",
        success="#7fb685",
        warning="#e0af5a",
        error="#f0716b",
        foreground="#cfd6dd",
        background="#14181d",
        surface="#191e24",
        panel="#20262e",
        dark=True,
        variables={
            "block-cursor-background": "#2f4a63",
            "block-cursor-foreground": "#ffffff",
            "block-cursor-text-style": "bold",
            "block-cursor-blurred-background": "#252c35",
            "footer-key-foreground": "#8fb8c9",
            "border": "#4a6f8f",
            "text-muted": "#8590a0",
        },
    ),
    Theme(
        name="mailtui-light",
        primary="#1f5f93",
        secondary="#56789a",
        accent="#20687f",
        success="#2c7a3d",
        warning="#9a6200",
        error="#b3261e",
        foreground="#23292f",
        background="#fbfaf7",
        surface="#f3f1ec",
        panel="#e7e4dc",
        dark=False,
        variables={
            "block-cursor-background": "#cfe1f1",
            "block-cursor-foreground": "#101418",
            "block-cursor-text-style": "bold",
            "block-cursor-blurred-background": "#e4e8ec",
            "footer-key-foreground": "#20687f",
            "border": "#56789a",
            "text-muted": "#616a75",
        },
    ),
)

CYCLE = ("mailtui-dark", "mailtui-light", "ansi-dark", "ansi-light")
"""What the theme key goes through."""
