"""Whose mail is where: users, their mail stores and the mailboxes in them, from userdb and from the disk."""
