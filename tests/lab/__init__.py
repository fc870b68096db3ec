"""Tests on a real Postfix and a real Dovecot."""
