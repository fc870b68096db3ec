"""The certificates and keys that Postfix and Dovecot use: where they are named, and what stands in their files."""

from mailtui.services.tls.inventory.model import FileMode, Held, Side, Stage, Use
from mailtui.services.tls.inventory.service import Inventory

__all__ = ["FileMode", "Held", "Inventory", "Side", "Stage", "Use"]
