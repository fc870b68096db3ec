"""Whether TLS is set and served as RFC 8314, RFC 8996 and RFC 9325 want it, and what to set where not."""

from mailtui.services.tls.audit.service import Audit

__all__ = ["Audit"]
