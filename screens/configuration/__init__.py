"""Every parameter of Postfix and Dovecot."""

from mailtui.screens.configuration.howto import HowtoScreen
from mailtui.screens.configuration.screen import ConfigurationScreen

__all__ = ["ConfigurationScreen", "HowtoScreen"]
