"""Addresses in standard form, as trivial-rewrite(8) makes them: ADDRESS_REWRITING_README.

Addresses are kept unquoted here, as inside Postfix; the last ``@`` is the one before the domain.
"""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path

from mailtui.host.errors import MailtuiError
from mailtui.host.files import read_file
from mailtui.services.postfix.addresses.keys import quoted, split_address, unquoted
from mailtui.services.postfix.addresses.lookups import TableError
from mailtui.services.postfix.ports import PostfixSettings

_SEPARATOR = re.compile(r'\s*[,;\s]\s*(?=(?:[^"]*"[^"]*")*[^"]*$)')
"""Between two addresses of a list, but not within quotes."""
_ROUTE = re.compile(r"^@[^:\"]*:")
_AROUND_AT = re.compile(r'\s*@\s*(?=(?:[^"]*"[^"]*")*[^"]*$)')


class Rewriting:
    """The standard form of one Postfix's addresses."""

    def __init__(self, postfix: PostfixSettings) -> None:
        self._postfix = postfix

    @cached_property
    def origin(self) -> str:
        """``myorigin``, out of its file where it names one. Raises TableError."""
        value = self._postfix.get("myorigin")
        if not value.startswith("/"):
            return value
        try:
            text = read_file(Path(value)).data.decode("utf-8", "surrogateescape")
        except MailtuiError as error:
            raise TableError(f"myorigin: {error.message}", unlock=error.unlock) from error
        return next((line.strip() for line in text.splitlines() if line.strip()), "")

    def standard(self, address: str) -> str:
        """An address with a domain, a dot in that domain, and no dot after it, as main.cf asks for."""
        user, domain = split_address(address)
        if not user and not domain:
            return ""
        if "@" not in address:
            user, domain = self._domain_found(user)
        if not domain:
            return address if "@" in address else user
        if self.is_set("append_dot_mydomain") and "." not in domain and not domain.startswith("["):
            domain = f"{domain}.{self._postfix.get('mydomain')}"
        if domain.endswith(".") and not domain.endswith("..") and domain != ".":
            domain = domain[:-1]
        return f"{user}@{domain}"

    def of_client(self, text: str) -> str:
        """An address out of ``RCPT TO:``, without brackets, route (``@a,@b:user@c``) and quotes."""
        text = _ROUTE.sub("", text.strip().removeprefix("<").removesuffix(">"))
        user, at, domain = text.rpartition("@")
        return f"{unquoted(user)}@{domain}" if at else unquoted(domain)

    def routed_within(self, user: str) -> bool:
        """Whether a local part names another domain itself: ``user%domain``, ``domain!user``."""
        if quoted(user) != user and not self.is_set("resolve_dequoted_address"):
            return False
        signs = {"@": True, "!": self.is_set("swap_bangpath"), "%": self.is_set("allow_percent_hack")}
        return any(sign in user for sign, told in signs.items() if told)

    def is_set(self, parameter: str) -> bool:
        """Whether a parameter of yes and no says yes."""
        return self._postfix.get(parameter).lower() == "yes"

    def each(self, value: str) -> list[str]:
        """The addresses of a table's answer, each in standard form (``mail_addr_crunch(3)``)."""
        found = (_bare(text) for text in _SEPARATOR.split(_AROUND_AT.sub("@", value.strip())) if text)
        return [self.standard(address) for address in found]

    def _domain_found(self, user: str) -> tuple[str, str]:
        """Local part and domain of an address without ``@``."""
        if quoted(user) == user:
            if "!" in user and self.is_set("swap_bangpath"):
                domain, _, rest = user.partition("!")
                return rest, domain
            if "%" in user and self.is_set("allow_percent_hack"):
                rest, _, domain = user.rpartition("%")
                return rest, domain
        return (user, self.origin) if self.is_set("append_at_myorigin") else (user, "")


def _bare(text: str) -> str:
    """An address of a list, without angle brackets and quotes."""
    text = text.removeprefix("<").removesuffix(">")
    user, at, domain = text.rpartition("@")
    return f"{unquoted(user)}@{domain}" if at else unquoted(domain)
