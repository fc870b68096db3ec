"""Certificates and keys: what is in a file, whether it fits together, what a port really serves."""
