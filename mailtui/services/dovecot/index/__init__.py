"""Dovecot's index files, read without Dovecot: no lock is taken, nothing is written, every number is hostile."""
