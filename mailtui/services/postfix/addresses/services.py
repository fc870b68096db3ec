"""The services of master.cf that an address passes: each may set parameters of its own with ``-o`` (master(5))."""

from __future__ import annotations

from mailtui.services.postfix.config import MasterService, PostfixConfig

_SMTP = ("smtp", "25")


def entrance(postfix: PostfixConfig) -> MasterService | None:
    """The smtpd(8) by which mail from elsewhere comes in: that of port 25, behind postscreen(8), or the first."""
    found = [one for one in postfix.services if one.command.split()[0] == "smtpd"]
    public = [one for one in found if one.name.rpartition(":")[2] in _SMTP and one.type == "inet"]
    behind = [one for one in found if one.type == "pass"]
    return next(iter((*public, *behind, *found)), None)


def service_named(postfix: PostfixConfig, name: str) -> MasterService | None:
    """The service of a name that others reach by a socket."""
    return next((one for one in postfix.services if one.name == name and one.type in ("unix", "fifo")), None)
