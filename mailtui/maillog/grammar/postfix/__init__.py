"""Postfix: one module a family of daemons."""
