"""Which ports Postfix and Dovecot are set to open, and who listens there."""

from mailtui.services.tls.listeners.model import Listener, Role, Row, Socket, State, place
from mailtui.services.tls.listeners.service import Listeners, configured

__all__ = ["Listener", "Listeners", "Role", "Row", "Socket", "State", "configured", "place"]
