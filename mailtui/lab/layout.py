"""Where everything of a lab lies, for those who start it, stop it, look at it and configure it."""

from __future__ import annotations

from pathlib import Path


class Layout:
    """The folders and files of a lab below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def postfix_config(self) -> Path:
        """Postfix's ``config_directory``."""
        return self.folder / "etc/postfix"

    @property
    def dovecot_config(self) -> Path:
        """Dovecot's main configuration file."""
        return self.folder / "etc/dovecot/dovecot.conf"

    @property
    def queue(self) -> Path:
        """Postfix's ``queue_directory``."""
        return self.folder / "spool"

    @property
    def run(self) -> Path:
        """Dovecot's ``base_dir``."""
        return self.folder / "run"

    @property
    def log(self) -> Path:
        """Postfix's log file."""
        return self.folder / "log/mail.log"

    @property
    def dovecot_log(self) -> Path:
        """Dovecot's log file."""
        return self.folder / "log/dovecot.log"

    @property
    def start_log(self) -> Path:
        """What the programs that start the daemons print."""
        return self.folder / "log/start"

    @property
    def mail(self) -> Path:
        """Home folders of the mailbox owners."""
        return self.folder / "mail"

    @property
    def users(self) -> Path:
        """Dovecot's passwd-file."""
        return self.folder / "etc/dovecot/users"

    @property
    def certificate(self) -> Path:
        """The certificate of both daemons and of the world's TLS."""
        return self.folder / "tls/cert.pem"

    @property
    def key(self) -> Path:
        """The certificate's private key."""
        return self.folder / "tls/key.pem"

    @property
    def state(self) -> Path:
        """Where a console on this lab keeps its own files."""
        return self.folder / "mailtui"

    @property
    def keeper_lock(self) -> Path:
        """Locked for as long as somebody will stop this lab."""
        return self.folder / "keeper.lock"

    def mail_home(self, user: str) -> Path:
        """Home folder of a mailbox owner."""
        return self.mail / user
