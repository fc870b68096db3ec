"""What is not there, or not in use, is told with the next step."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import mailtui
from mailtui.cli.main import main
from mailtui.host.errors import HostError
from mailtui.host.files import opened

_ABSENT = re.compile(r"\b(?:has no|there is no|is no|is not there|no such|is not set|was not)\b")
_FAMILY = {"HostError", "UsageError", "MailtuiError", "DoveadmFailed", "PermissionDenied"}
_WITHOUT_STEP = (
    "is no IP address",  # these say what would be one
    "is no domain: ",
    "cannot be known",
    "is no host",
    "is no compiled table of another type",
    "is no absolute path",
    "is no backup's name",  # and these are of journals and quarantines that somebody has changed
    "is no folder any more",
    "is no regular file",
    "is no file of messages",
    "is no host name or address",
    "there is no room",
)


def _errors_without_step() -> list[str]:
    found = []
    for path in Path(mailtui.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _FAMILY:
                text = ast.unparse(node)
                if _ABSENT.search(text) and not any(one.arg == "unlock" for one in node.keywords):
                    found.append(f"{path.name}: {text}")
    return found


def test_each_error_about_what_is_not_there_has_a_step() -> None:
    assert [one for one in _errors_without_step() if not any(word in one for word in _WITHOUT_STEP)] == []


def test_a_file_that_is_not_there_leads_to_its_folder(tmp_path: Path) -> None:
    with pytest.raises(HostError) as error, opened(tmp_path / "how-to.txt", 0):
        pass
    assert error.value.unlock == f"see what is there: ls -l {tmp_path}"


def test_a_how_to_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "translate", str(tmp_path / "how-to.txt")]) == 3
    assert f"see what is there: ls -l {tmp_path}" in capsys.readouterr().err
