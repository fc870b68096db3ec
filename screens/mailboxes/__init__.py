"""Dovecot's mailboxes: users, one user's mailboxes and what is wrong with them, the files of one of them."""

from mailtui.screens.mailboxes.files import FilesScreen
from mailtui.screens.mailboxes.user import UserScreen
from mailtui.screens.mailboxes.users import MailboxesScreen

__all__ = ["FilesScreen", "MailboxesScreen", "UserScreen"]
