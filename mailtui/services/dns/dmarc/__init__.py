"""DMARC: what a domain asks receivers to do with mail that nobody can vouch for. RFC 9989, which replaces RFC 7489."""
