"""``mailtui`` and ``python -m mailtui``."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit status."""
    try:
        from mailtui.cli.main import main as run
    except KeyboardInterrupt:
        return 130
    except RuntimeError as error:  # as which Python 3.11 tells of an interrupt while it makes a class
        if isinstance(error.__cause__, KeyboardInterrupt):
            return 130
        raise
    status = run(sys.argv[1:] if argv is None else argv)
    gc.freeze()  # the process ends: to look for garbage first, as Python does, takes a tenth of a short command
    return status


if __name__ == "__main__":
    sys.exit(main())
