"""master, log, config, anvil, stats: Dovecot itself. Texts from master/main.c, master/service-*.c, lib-master/*.c."""

from __future__ import annotations

from mailtui.maillog.grammar.rules import Row

EVENTS: tuple[Row, ...] = (
    ("Dovecot", "master-started",
     r"Dovecot v?(?P<version>\S+)(?: \((?P<hash>[^)]*)\))? starting up"
     r"(?: for (?P<protocols>[^(]*?)| without any protocols)?(?: \(.*)?\Z"),
    ("Killed", "master-stopped", r"Killed with signal (?P<signal>\d+)(?P<reason>.*)"),
    ("SIGHUP", "master-reload", r"SIGHUP received(?P<reason>.*)"),
    ("Warning", "warning", r"Warning: (?P<reason>.*)"),
    ("ssl-params Generating SSL SSL-params", "master-note", r"(?P<reason>.*)"),
    ("stats replicator config anvil dict", "master-note", r"(?P<reason>.*)"),
)  # fmt: skip

_SERVICE = r"(?:master: )?service\((?P<service>[^)]*)\)"
DEATHS: tuple[Row, ...] = (
    ("master *", "child-killed",
     rf"(?:{_SERVICE}: )?child (?P<child>\d+) (?:killed with signal (?P<signal>\d+)|returned error (?P<status>\d+))"
     r"(?P<reason>.*)"),
)  # fmt: skip
"""Which any service may tell of itself: its master writes under its name."""
TROUBLE: tuple[Row, ...] = (
    ("Killed", "master-stopped", r"Killed with signal (?P<signal>\d+)(?P<reason>.*)"),
    ("SIGHUP", "master-reload", r"SIGHUP received(?P<reason>.*)"),
    ("Dovecot", "master-refused", r"(?P<reason>Dovecot is already running.*)"),
    ("*", "process-limit",
     rf"{_SERVICE}: (?P<limit>process_limit|client_limit) \((?P<count>\d+)\) reached(?P<reason>.*)"),
    *DEATHS,
    ("*", "throttled", rf"{_SERVICE}: command startup failed(?P<reason>.*)"),
    ("*", "master-note", rf"{_SERVICE}: (?P<reason>Sent SIG(?:TERM|KILL) to .*)"),
    ("Processes", "master-note", r"(?P<reason>Processes aren't dying after reload.*)"),
    ("*", "config-overridden",
     r"(?P<path>/\S+) line (?P<number>\d+): (?P<reason>Global setting (?P<setting>\S+) won't change .*)"),
    ("*", "service-failure", rf"{_SERVICE}: (?P<reason>.*)"),
    ("service", "process-limit",
     r"service (?P<service>\S+) \{ (?P<limit>\w+)=(?P<count>\d+) \}(?P<reason>.*)"),
    ("fd", "resource-limit", r"(?P<reason>fd limit .*)"),
    ("Error", "config-error",
     r"Error in configuration file (?P<path>\S+?)(?: line (?P<number>\d+))?: (?P<reason>.*)"),
    ("doveconf Invalid Unknown", "config-error", r"(?P<reason>.*)"),
    ("config", "config-error", r"config: (?P<reason>.*)"),
    ("bind listen", "bind-failure", r"(?:bind|listen)\((?P<address>[^)]*)\) failed: (?P<reason>.*)"),
    ("Corrected Obsolete NOTE", "config-obsolete", r"(?P<reason>.*)"),
    ("*", "log-throttled", r"(?P<reason>.*(?:log throttling|logging too fast).*)"),
)  # fmt: skip
