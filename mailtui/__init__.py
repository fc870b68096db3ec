"""mailtui: an operator console for Postfix and Dovecot."""

__version__ = "0.1.0"
