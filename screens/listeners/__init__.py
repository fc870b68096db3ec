"""Ports: what is set to listen, who does, and what it shows."""

from mailtui.screens.listeners.screen import ListenersScreen

__all__ = ["ListenersScreen"]
