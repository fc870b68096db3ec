"""Short turns: a thread that works for milliseconds at a time asks to be served sooner, and not for more.

From Linux 6.12 on the scheduler (EEVDF) serves the task first whose turn would end first, and a task may say how long
its turns are: ``sched_runtime`` of sched_setattr(2). Older kernels take no notice. It needs no right.
"""

from __future__ import annotations

import ctypes
import os
import struct

_SCHED_SETATTR = {"x86_64": 314, "aarch64": 274}
"""The number of the system call, for which Python has no function."""
_ATTRIBUTES = struct.Struct("IIQiIQQQ")
"""struct sched_attr: size, policy, flags, nice, priority, runtime, deadline, period."""
_RESET_ON_FORK = 1
"""SCHED_FLAG_RESET_ON_FORK."""
_TURN = 100_000
"""Nanoseconds: the shortest there is."""


def short_turns() -> bool:
    """Ask for them for the calling thread; what it starts has turns as long as others'. Whether the kernel agreed."""
    call = _SCHED_SETATTR.get(os.uname().machine)
    if call is None or os.sched_getscheduler(0) != os.SCHED_OTHER:
        return False
    nice = os.getpriority(os.PRIO_PROCESS, 0)
    wanted = _ATTRIBUTES.pack(_ATTRIBUTES.size, os.SCHED_OTHER, _RESET_ON_FORK, nice, 0, _TURN, 0, 0)
    return bool(ctypes.CDLL(None).syscall(call, 0, ctypes.c_char_p(wanted), 0) == 0)
