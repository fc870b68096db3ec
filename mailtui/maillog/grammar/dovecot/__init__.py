"""Dovecot 2.2 to 2.4: one module a family of services."""
