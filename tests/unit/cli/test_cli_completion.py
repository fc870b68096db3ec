"""``mailtui completion`` knows every command and option there is."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from mailtui.cli import commands
from mailtui.cli.main import main


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_real_script_is_accepted_by_its_shell(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert all(name in script for name in commands.SUMMARIES)
    if shutil.which(shell):
        done = subprocess.run([shell, "-n"], input=script, capture_output=True, text=True, timeout=20)
        assert (done.returncode, done.stderr) == (0, "")


def test_what_the_scripts_are_made_from(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "--json", "bash"]) == 0
    specs = {spec["name"]: spec for spec in json.loads(capsys.readouterr().out)}
    assert list(specs) == ["", *commands.SUMMARIES]
    flags = [flag for option in specs["parse"]["options"] for flag in option["flags"]]
    assert {"--where", "--since", "--until", "--json", "--log", "--help"} <= set(flags)
    assert specs["parse"]["files"]
    assert specs["completion"]["words"] == ["bash", "fish", "zsh"]
