"""What a port really serves: a connection, STARTTLS where it is spoken, one handshake, a polite end."""

from mailtui.services.tls.probe.model import NAMES, Ask, KeyKind, Problem, Served, StartTls
from mailtui.services.tls.probe.probe import served, served_by

__all__ = ["NAMES", "Ask", "KeyKind", "Problem", "Served", "StartTls", "served", "served_by"]
