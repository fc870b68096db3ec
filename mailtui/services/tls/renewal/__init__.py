"""Certificates that renew themselves: which ACME client does it, and whether the servers are told."""
