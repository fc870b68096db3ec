"""A private Postfix and Dovecot on loopback in a temporary folder, with traffic: the demo and the tests."""

from mailtui.lab.lab import Lab, LabFailed
from mailtui.lab.users import USERS, User

__all__ = ["USERS", "Lab", "LabFailed", "User"]
