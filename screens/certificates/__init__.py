"""Certificates in use, beside what ports show of them."""

from mailtui.screens.certificates.certificate import CertificateScreen
from mailtui.screens.certificates.screen import CertificatesScreen

__all__ = ["CertificateScreen", "CertificatesScreen"]
