"""Completion scripts are read by their shells, and complete what the parsers know."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mailtui.cli import shells
from mailtui.cli.shells import CommandSpec, OptionSpec

NASTY = """it's [a] "test": `x` $HOME \\ (end)"""
HELP = OptionSpec(("-h", "--help"), "show help", False, False, ())
LOG = OptionSpec(("--log",), NASTY, True, True, ())
SORT = OptionSpec(("--sort",), "order", True, False, ("age", "size"))
SPECS = [
    CommandSpec("", "", (HELP, LOG), (), False),
    CommandSpec("parse", NASTY, (HELP, LOG, SORT), (), True),
    CommandSpec("completion", "scripts", (HELP, LOG), ("bash", "zsh"), False),
]


def needs(shell: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(shell) is None, reason=f"{shell} is not installed")


@pytest.mark.parametrize("shell", [pytest.param(name, marks=needs(name)) for name in sorted(shells.SCRIPTS)])
def test_the_shell_accepts_its_script(shell: str, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text(shells.SCRIPTS[shell](SPECS))
    done = subprocess.run([shell, "-n", script], capture_output=True, text=True, timeout=20)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture
def complete(tmp_path: Path) -> Callable[[str], list[str]]:
    """What bash offers for the last word of a line."""
    script = tmp_path / "script.bash"
    script.write_text(shells.bash(SPECS))

    def ask(line: str) -> list[str]:
        code = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _mailtui; echo "${COMPREPLY[*]}"'
        words = ["bash", "-c", code, "bash", str(script), *line.split(" ")]
        return subprocess.run(words, capture_output=True, text=True, timeout=20, check=True).stdout.split()

    return ask


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("mailtui ", ["parse", "completion", "-h", "--help", "--log"]),
        ("mailtui pa", ["parse"]),
        ("mailtui --log x pa", ["parse"]),
        ("mailtui --l", ["--log"]),
        ("mailtui parse --s", ["--sort"]),
        ("mailtui parse --sort ", ["age", "size"]),
        ("mailtui parse --sort s", ["size"]),
        ("mailtui parse --log ", []),
        ("mailtui parse /va", []),
        ("mailtui completion ", ["bash", "zsh", "-h", "--help", "--log"]),
        ("mailtui completion z", ["zsh"]),
    ],
)
def test_bash_completes(complete: Callable[[str], list[str]], line: str, offered: list[str]) -> None:
    assert complete(line) == offered


@needs("fish")
def test_fish_completes(tmp_path: Path) -> None:
    script = tmp_path / "script.fish"
    script.write_text(shells.fish(SPECS))
    code = f"source {script}; complete -C 'mailtui par'; complete -C 'mailtui parse --sort '"
    done = subprocess.run(["fish", "--no-config", "-c", code], capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout.splitlines() == [f"parse\t{NASTY}", "age\torder", "size\torder"]
