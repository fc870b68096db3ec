"""master, postfix-script and the helpers (anvil, scache, verify, tlsmgr …): the system itself.

Texts from master/master*.c, conf/postfix-script, anvil/anvil.c, scache/scache.c, util/dict_cache.c.
"""

from __future__ import annotations

from mailtui.maillog.grammar.rules import Row

MASTER: tuple[Row, ...] = (
    ("daemon", "started",
     r"daemon started(?: -- version (?P<version>[^,\s]+)(?:, configuration (?P<configuration>\S+))?)?"),
    ("reload", "reload",
     r"reload(?: -- version (?P<version>[^,\s]+)(?:, configuration (?P<configuration>\S+))?|.*)"),
    ("terminating", "terminating", r"terminating on signal (?P<signal>\d+)"),
    ("reopening", "reopening", r"reopening .*"),
)  # fmt: skip
MASTER_WARNINGS: tuple[Row, ...] = (
    ("process", "process-exit",
     r"process (?P<command>\S+) pid (?P<child>\d+) (?:exit status (?P<status>\d+)|killed by signal (?P<signal>\d+))"),
    ("*", "throttled", r"(?P<command>/\S+): bad command startup(?P<reason>.*)"),
    ("service", "process-limit",
     r"service \"?(?P<service>[^\"\s]+)\"? \((?P<port>[^)]*)\) has reached its process limit "
     r"\"?(?P<limit>\d+)\"?(?P<reason>.*)"),
    ("to", "advice", r"(?P<reason>to avoid this condition,? .*)"),
    ("see increase", "advice", r"(?P<reason>.*)"),
    ("daemon", "startup-failed", r"(?P<reason>daemon initialization failure.*)"),
    ("master_wakeup_timer_event", "service-stuck",
     r"master_wakeup_timer_event: service (?P<service>\S+): (?P<reason>.*)"),
    ("unix_trigger unix_trigger_event", "service-stuck", r"unix_trigger\w*: (?P<reason>.*)"),
    ("ignoring", "setting-ignored", r"(?P<reason>ignoring .*)"),
    ("bind", "bind-failure", r"bind (?P<address>\S+) port (?P<port>\S+): (?P<reason>.*)"),
    ("open", "lock-failure", r"open lock file (?P<path>[^:]+): (?P<reason>.*)"),
)  # fmt: skip

SCRIPT: tuple[Row, ...] = (
    ("starting", "starting", r"starting the Postfix mail system"),
    ("stopping", "stopping", r"stopping the Postfix mail system"),
    ("refreshing", "refreshing", r"refreshing the Postfix mail system"),
    ("aborting", "aborting", r"aborting the Postfix mail system"),
    ("the", "running", r"the Postfix mail system is running(?:: PID: (?P<process>\d+))?"),
    ("the", "not-running", r"the Postfix mail system is not running"),
    ("waiting", "stopping", r"waiting for the Postfix mail system to terminate"),
    ("stopping", "stopping", r"stopping the Postfix .*"),
    ("creating moving renaming fixing changing setting", "repairing", r"(?P<reason>.*)"),
    ("Postfix", "notice", r"(?P<reason>Postfix (?:is|was) .*)"),
    ("If Note To This See", "advice", r"(?P<reason>.*)"),
)  # fmt: skip
SCRIPT_WARNINGS: tuple[Row, ...] = (
    ("the", "running", r"the Postfix mail system is already running"),
    ("the", "not-running", r"the Postfix mail system is not running"),
    ("mail Postfix", "startup-failed",
     r"(?P<reason>(?:mail system startup|Postfix integrity check) failed.*)"),
    ("no", "startup-failed", r"(?P<reason>no /\S+ file found)"),
    ("not", "file-owner", r"not owned by (?P<owner>\S+): (?P<path>.*)"),
    ("group", "file-mode", r"group or other writable: (?P<path>.*)"),
    ("symlink", "file-mode", r"symlink leaves directory: (?P<path>.*)"),
    ("*", "file-differs", r"(?P<path>/\S+) and (?P<other>/\S+) differ"),
)  # fmt: skip

STATISTICS: tuple[Row, ...] = (
    ("statistics", "statistics",
     r"statistics: (?P<what>max [a-z ]+?) (?P<count>\d+)(?:/(?P<unit>\w+))?"
     r"(?: for \((?P<service>[^:)]*):(?P<ip>[^)]*)\))? at (?P<at>.*)"),
    ("statistics", "statistics", r"statistics: (?P<what>.*)"),
    ("cache close", "cache-cleanup",
     r"(?:close )?(?:cache|database) (?P<cache>\S+?):?(?: full cleanup: retained=(?P<retained>\d+) "
     r"dropped=(?P<dropped>\d+) entries| .*)"),
)  # fmt: skip
