"""What Dovecot makes of its variables in the place of a user's mail, and what mailtui does."""

from __future__ import annotations

import pytest

from mailtui.host.tools import LocalTools
from mailtui.lab import Lab
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.stores.variables import expanded

USER = "alice@lab.example"
OLD = (
    "%u/%n/%d",
    "%Mu %Mn %2.2Mu",
    "%1n/%1.1n/%1Mn",
    "%-2.1u %0.-2n %3.0u",
    "%Hu %2.256Hu %02Hu",
    "%Nu %2.256Nu %1.16Nd %64Hd",
    "%Ru %URn %TLu",
    "%{md5:user}/%{sha1:username}/%{sha256:domain}",
    "%L{user}/%2{domain}",
    "%010n",
)
NEW = (
    "%{user}/%{user | username}/%{user | domain}",
    "%{user | md5}",
    "%{user | username | md5 | hexlify(2)}",
    "%{user | sha1 | substr(0, 3)}/%{user|sha256|hexlify|substr(-4)}",
    "%{user | username | substr(0, 1)}/%{user | substr(1, 2)}/%{user | substr(1, -2)}",
    "%{user | md5 | reverse | truncate(2)}",
    "%{user | upper | reverse | lower}",
    "%{user | md5 | hexlify(40)}",
)


@pytest.mark.parametrize("written", [*OLD, *NEW])
def test_dovecot_and_mailtui_expand_alike(lab: Lab, written: str) -> None:
    new = DovecotConfig(LocalTools(), lab.dovecot_config).new_names
    if (written in NEW) is not new:
        pytest.skip("of another Dovecot")
    place = str(lab.folder / "x" / written)
    config = lab.dovecot_config.with_name("placed.conf")
    setting = f"mail_path = {place}" if new else f"mail_location = maildir:{place}"
    config.write_text(f"{lab.dovecot_config.read_text()}\n{setting}\n")
    argv = ["doveadm", "-c", str(config), "mailbox", "path", "-u", USER, "INBOX"]
    assert LocalTools().run(argv).text.strip() == expanded(place, USER, lab.mail_home("alice"))
