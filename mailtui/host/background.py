"""Starting a program that goes on by itself, such as a daemon: what it says goes to a file.

A pipe, as ``Tools.run`` has it, would be kept open by the daemon, and its reader would wait as long as that lives.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from tempfile import TemporaryFile

from mailtui.host.errors import ToolFailed, ToolMissing, ToolTimeout
from mailtui.host.starting import outlasts, start
from mailtui.host.tools import SEARCH_PATH, Tools

_MOST = 2**16


def start_in_background(tools: Tools, argv: Sequence[str], *, timeout: float) -> None:
    """Run a program until it says that its daemon runs, by ending with 0.

    Raises ToolMissing, HostError where it cannot be started, ToolTimeout, and ToolFailed with its words.
    """
    path = tools.find(argv[0])
    if path is None:
        raise ToolMissing(argv[0])
    with TemporaryFile() as said:
        environment = {"PATH": SEARCH_PATH, "LC_ALL": "C", "HOME": "/"}
        file = said.fileno()
        process = start(path, argv[1:], environment, stdin=subprocess.DEVNULL, out=file, err=file, folder="/")
        if outlasts(process, timeout):
            raise ToolTimeout(argv, timeout)
        if process.returncode:
            said.seek(0)
            raise ToolFailed(argv, process.returncode, said.read(_MOST).decode("utf-8", "surrogateescape"))
