"""Everything that mailtui can change, joined to the one service that changes it."""

from __future__ import annotations

from functools import partial

from mailtui.changes.backups import Backups
from mailtui.changes.changes import Changes
from mailtui.changes.plan import Action
from mailtui.host.tools import Tools
from mailtui.services.configuration import proof, reloading
from mailtui.services.control import action as service_control
from mailtui.services.control.deed import Deeds
from mailtui.services.debugging import mark as debug_mark
from mailtui.services.dovecot import care
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.doveadm import Doveadm
from mailtui.services.dovecot.repair import action as mailbox_repair
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.maps import save as map_save
from mailtui.services.postfix.queue.actions import actions as queue_actions
from mailtui.services.tls.deploy import files as certificate_files
from mailtui.services.tls.deploy import private as certificate_private
from mailtui.services.tls.deploy import proof as certificate_proof
from mailtui.services.tls.deploy.named import still_named
from mailtui.settings import Settings


def build_changes(settings: Settings, tools: Tools, postfix: PostfixConfig, dovecot: DovecotConfig) -> Changes:
    """The changes of one machine; nothing is read or run yet."""
    backups = Backups(settings.state)
    actions: dict[str, Action] = {
        map_save.NAME: map_save.Save(tools, backups),
        mailbox_repair.NAME: mailbox_repair.Repair(Doveadm(tools, dovecot), backups),
        care.NAME: care.Care(tools, dovecot),
        reloading.NAME: reloading.ConfigurationReload(tools, postfix, dovecot),
        proof.NAME: proof.ConfigurationProof(tools, postfix, dovecot),
        service_control.NAME: service_control.ServiceControl(Deeds(tools, postfix, dovecot)),
        debug_mark.NAME: debug_mark.DebugMark(),
        certificate_files.NAME: certificate_files.CertificateFiles(partial(still_named, tools, postfix, dovecot)),
        certificate_private.NAME: certificate_private.CertificatePrivate(),
        certificate_proof.NAME: certificate_proof.CertificateProof(),
        **queue_actions(tools, postfix, dovecot, settings.state),
    }
    return Changes(settings.state, actions, read_only=settings.read_only)
