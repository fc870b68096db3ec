"""ACME clients by the files they keep, what they run after a renewal, and installing what is missing."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from mailtui.changes.changes import Changes
from mailtui.changes.plan import Plan
from mailtui.host.errors import HostError, UsageError
from mailtui.services.configuration.model import Program
from mailtui.services.tls.facts import facts
from mailtui.services.tls.inventory import Held, Use
from mailtui.services.tls.pile import certificates, read_pile
from mailtui.services.tls.renewal.clients import keeps, lineages, unwrapped
from mailtui.services.tls.renewal.copies import copies
from mailtui.services.tls.renewal.hook import hook_steps, script
from mailtui.services.tls.renewal.model import Lineage
from tests.unit.tls.authority import issue

RELOADS = (("postfix", "reload"), ("doveadm", "reload"))


def write(file: Path, text: str, mode: int = 0o644) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(mode)
    return file


def certbot(root: Path, *extra: str) -> Path:
    home = root / "etc/letsencrypt"
    (home / "renewal-hooks/deploy").mkdir(parents=True)
    live = home / "live/mail.example"
    lines = [f"privkey = {live}/privkey.pem", f"fullchain = {live}/fullchain.pem", "[renewalparams]", *extra]
    return write(home / "renewal/mail.example.conf", "\n".join(lines) + "\n")


def told(root: Path) -> list[Program]:
    """Who is told by the one client that is here."""
    (one,) = lineages(root)
    programs: tuple[Program, ...] = ("postfix", "dovecot")
    return [program for program in programs if one.tells(program)]


def install(root: Path, state: Path, commands: Sequence[tuple[str, ...]] = RELOADS) -> None:
    (one,) = lineages(root)
    changes = Changes(state, {})
    receipt = changes.apply(Plan("hook", hook_steps(one, commands, root), all_or_nothing=True))
    assert receipt.outcome == "applied", receipt


def test_nothing_is_renewed_here(tmp_path: Path) -> None:
    assert lineages(tmp_path) == ()


def test_certbots_lineages_with_files_and_timer(tmp_path: Path) -> None:
    certbot(tmp_path)
    (one,) = lineages(tmp_path)
    live = tmp_path / "etc/letsencrypt/live/mail.example"
    assert (one.client, one.name, one.key, one.chain) == (
        "certbot",
        "mail.example",
        live / "privkey.pem",
        live / "fullchain.pem",
    )
    assert told(tmp_path) == []
    assert keeps(live / "fullchain.pem", tmp_path) and not keeps(live / "cert.pem", tmp_path)


@pytest.mark.parametrize(
    ("text", "mode", "programs"),
    [
        ("#!/bin/sh\nsystemctl reload postfix dovecot\n", 0o755, ["postfix", "dovecot"]),
        ("#!/bin/sh\npostfix reload\n", 0o755, ["postfix"]),
        ("#!/bin/sh\nfor s in postfix dovecot; do\n  service $s restart\ndone\n", 0o755, ["postfix", "dovecot"]),
        ("#!/bin/sh\nsystemctl reload nginx\n", 0o755, []),
        ("#!/bin/sh\n# systemctl reload postfix dovecot\n", 0o755, []),
        ("#!/bin/sh\nsystemctl reload postfix dovecot\n", 0o644, []),
    ],
)
def test_certbots_scripts(tmp_path: Path, text: str, mode: int, programs: list[Program]) -> None:
    certbot(tmp_path)
    write(tmp_path / "etc/letsencrypt/renewal-hooks/deploy/mail", text, mode)
    assert told(tmp_path) == programs


def test_certbots_own_settings(tmp_path: Path) -> None:
    script_file = write(tmp_path / "usr/local/bin/after", "doveadm reload\n", 0o755)
    certbot(tmp_path, f"renew_hook = {script_file}")
    write(tmp_path / "etc/letsencrypt/cli.ini", "deploy-hook = postfix reload\n")
    assert told(tmp_path) == ["postfix", "dovecot"]


def test_certbot_is_given_a_hook_and_an_undo_takes_it_away(tmp_path: Path) -> None:
    certbot(tmp_path)
    install(tmp_path, tmp_path / "state")
    hook = tmp_path / "etc/letsencrypt/renewal-hooks/deploy/mailtui-reload"
    assert hook.stat().st_mode & 0o777 == 0o755
    assert told(tmp_path) == ["postfix", "dovecot"]
    changes = Changes(tmp_path / "state", {})
    changes.undo(changes.changes()[0].id)
    assert not hook.exists()


def test_certbot_that_never_ran(tmp_path: Path) -> None:
    certbot(tmp_path)
    (tmp_path / "etc/letsencrypt/renewal-hooks/deploy").rmdir()
    (one,) = lineages(tmp_path)
    with pytest.raises(HostError, match="not there"):
        hook_steps(one, RELOADS, tmp_path)


def acme_sh(root: Path, *lines: str) -> Path:
    text = "\n".join(["Le_Domain='mail.example'", "Le_RealFullChainPath='/etc/ssl/mail/full.pem'", *lines, ""])
    return write(root / "root/.acme.sh/mail.example_ecc/mail.example.conf", text)


def test_acme_sh(tmp_path: Path) -> None:
    packed = base64.b64encode(b"systemctl reload dovecot").decode()
    file = acme_sh(tmp_path, f"Le_ReloadCmd='__ACME_BASE64__START_{packed}__ACME_BASE64__END_'")
    write(tmp_path / "root/.acme.sh/account.conf", "AUTO_UPGRADE='1'\n")
    (one,) = lineages(tmp_path)
    assert (one.client, one.name, one.chain) == ("acme.sh", "mail.example_ecc", Path("/etc/ssl/mail/full.pem"))
    assert one.key == file.with_suffix(".key")
    assert told(tmp_path) == ["dovecot"]
    install(tmp_path, tmp_path / "state")
    (after,) = lineages(tmp_path)
    assert after.hooks == ("systemctl reload dovecot; postfix reload; doveadm reload",)
    assert file.read_text().count("Le_ReloadCmd") == 1 and "Le_Domain='mail.example'" in file.read_text()


def test_acme_sh_without_a_command(tmp_path: Path) -> None:
    acme_sh(tmp_path)
    assert told(tmp_path) == []
    install(tmp_path, tmp_path / "state")
    assert told(tmp_path) == ["postfix", "dovecot"]


@pytest.mark.parametrize("text", ["", "__ACME_BASE64__START_%%__ACME_BASE64__END_", "postfix reload"])
def test_a_command_as_it_is_kept(text: str) -> None:
    assert unwrapped(text) == (text if "ACME" not in text else "")


def lego(root: Path, line: str) -> Path:
    home = root / "var/lib/lego"
    write(home / "certificates/mail.example.json", "{}")
    write(home / "certificates/mail.example.issuer.json", "{}")
    return write(root / "etc/cron.d/lego", f"# lego renew --nothing\nPATH=/usr/bin\n{line}\n")


@pytest.mark.parametrize(("verb", "option"), [("renew --days 30", "--renew-hook"), ("run", "--deploy-hook")])
def test_legos_certificates_with_the_line_that_renews_them(tmp_path: Path, verb: str, option: str) -> None:
    line = f"5 4 * * * root /usr/bin/lego --path /var/lib/lego -d mail.example {verb}"
    timer = lego(tmp_path, line)
    (one,) = lineages(tmp_path)
    assert (one.name, one.chain.name, one.key.name) == ("mail.example", "mail.example.crt", "mail.example.key")
    assert told(tmp_path) == []
    install(tmp_path, tmp_path / "state")
    hook = tmp_path / "var/lib/lego/mailtui-reload"
    assert timer.read_text().splitlines()[2] == f"{line} {option} {hook}"
    assert told(tmp_path) == ["postfix", "dovecot"]


@pytest.mark.parametrize(
    "line", ["", "5 4 * * * root lego -d mail.example renew && true", "a lego renew\nb lego renew"]
)
def test_legos_line_that_cannot_be_extended(tmp_path: Path, line: str) -> None:
    lego(tmp_path, line)
    (one,) = lineages(tmp_path)
    with pytest.raises(UsageError) as refused:
        hook_steps(one, RELOADS, tmp_path)
    assert "--deploy-hook" in refused.value.unlock


def test_a_script_runs_everything_and_tells_of_what_failed(tmp_path: Path) -> None:
    mark = tmp_path / "it's done"
    file = write(tmp_path / "hook", script([("false",), ("touch", str(mark))]).decode(), 0o755)
    assert subprocess.run([file], check=False).returncode == 1
    assert mark.exists()
    assert subprocess.run([write(file, script([("true",)]).decode(), 0o755)], check=False).returncode == 0


def test_a_line_that_hides_nothing() -> None:
    one = Lineage("lego", "x", Path("k"), Path("c"), Path("s"), ("mailtui cert deploy --in-place x  # for postfix",))
    assert one.tells("postfix") and not one.tells("dovecot")


def in_use(*files: Path, program: Program = "dovecot") -> Held:
    """A certificate in use, as the inventory tells of it."""
    items = [item for file in files for item in read_pile(file)]
    chain = tuple(facts(one) for one in certificates(tuple(items)))
    return Held(tuple(map(str, files)), (Use(program, "dovecot", "ssl_cert"),), chain)


def test_a_copy_that_nobody_updates(tmp_path: Path) -> None:
    settings = certbot(tmp_path)
    live, archive = tmp_path / "etc/letsencrypt/live/mail.example", tmp_path / "etc/letsencrypt/archive"
    live.mkdir(parents=True)
    archive.mkdir()
    copy, other = tmp_path / "copy.pem", tmp_path / "other.pem"
    copy.write_bytes(issue("mail.example", names=("mail.example",), days=(-60, 30)).pem)
    other.write_bytes(issue("other.example", names=("other.example",), days=(-60, 30)).pem)
    (archive / "full1.pem").write_bytes(issue("mail.example", names=("mail.example",), days=(-1, 89)).pem)
    (live / "fullchain.pem").symlink_to("../../archive/full1.pem")
    link = tmp_path / "link.pem"
    link.symlink_to(live / "fullchain.pem")
    (lineage,) = lineages(tmp_path)
    assert lineage.settings == settings
    (finding,) = copies([lineage], [in_use(copy), in_use(other), in_use(link), in_use(live / "fullchain.pem")])
    assert finding.subject == str(copy)
    files = (str(live / "fullchain.pem"), str(live / "privkey.pem"))
    assert finding.fix == ("mailtui", "cert", "deploy", "--in-place", "--server", "dovecot", "--", *files)
    copy.write_bytes((archive / "full1.pem").read_bytes())
    assert copies([lineage], [in_use(copy)]) == (), "it was copied again"
