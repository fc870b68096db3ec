"""What any daemon may say: lookup tables, configuration, resources, the outside world.

Texts from util/dict_*.c, util/htable, global/mail_conf*.c, global/mail_params.c, util/open_lock.c, dns/dns_lookup.c.
"""

from __future__ import annotations

from mailtui.maillog.grammar.rules import Row

EVENTS: tuple[Row, ...] = (
    ("table", "table-changed", r"table (?P<table>.*?)(?:\(.*\))? has changed -- (?:restarting|finishing up)"),
    ("using", "compatibility", r"using backwards-compatible default setting (?P<setting>.*)"),
    ("Using", "compatibility", r"Using backwards-compatible .*"),
    ("see To Postfix", "compatibility",
     r"(?:see https?://www\.postfix\.org/\S+|To disable backwards compatibility use|Postfix is (?:running|using)) ?.*"),
    ("idle", "restart", r"idle timeout -- exiting"),
    ("lookup", "lookup-failure", r"lookup (?:table )?(?P<table>\S+) (?P<reason>.*)"),
    ("fatal", "fatal", r"(?P<reason>.*)"),
)  # fmt: skip

TROUBLE: tuple[Row, ...] = (
    ("database", "table-outdated", r"database (?P<database>\S+) is older than source file (?P<path>\S+)"),
    ("open", "queue-file-missing",
     r"open (?P<queue>active|incoming|deferred|hold|maildrop|corrupt) (?P<file>\w+): (?P<reason>.*)"),
    ("open", "table-unavailable", r"open (?:database|dictionary) (?P<database>\S+?): (?P<reason>.*)"),
    ("open", "file-unreadable", r"open (?P<path>\S+?): (?P<reason>.*)"),
    ("unsupported", "table-unsupported",
     r"unsupported dictionary type: (?P<type>\S+?)(?:[. ](?P<reason>.*))?$"),
    ("pcre regexp cidr", "table-syntax",
     r"(?P<type>\w+) (?:map )?(?P<path>[^,]+), line (?P<number>\d+): (?P<reason>.*)"),
    ("dict_ldap_lookup dict_ldap_connect dict_ldap_open dict_ldap_get_values dict_mysql_lookup dict_pgsql_lookup"
     " dict_sqlite_lookup dict_memcache_lookup dict_tcp_lookup dict_socketmap_lookup dict_proxy_lookup dict_nis_init"
     " dict_nis_lookup dict_lmdb_lookup dict_db_open proxymap",
     "lookup-failure", r"(?P<function>\w+): (?P<reason>.*)"),
    ("mysql pgsql sqlite ldap", "lookup-failure", r"(?P<type>\w+) (?P<reason>(?:query|server|connect) .*)"),
    ("connect", "lookup-failure",
     r"connect to (?P<type>mysql|pgsql|ldap) server (?P<server>\S+?): (?P<reason>.*)"),
    ("request", "table-unapproved", r"request for unapproved table:? \"?(?P<table>[^\"]*)\"?"),
    ("do", "domain-overlap",
     r"do not list (?:domain|subdomains?) (?P<domain>\S+) in BOTH (?P<one>\S+) and (?P<other>\S+)|"
     r"do not (?P<reason>.*)"),
    ("main.cf", "config-error", r"main\.cf configuration error: (?P<reason>.*)"),
    ("main.cf", "config-unused", r"main\.cf: unused parameter: (?P<parameter>[^=\s]+)=?.*"),
    ("bad invalid unknown malformed missing unreasonable illegal undefined", "config-error",
     r"(?P<reason>.*)"),
    ("parameter", "config-error", r"parameter (?P<parameter>\S+?):? (?P<reason>.*)"),
    ("non-null", "config-error", r"(?P<reason>non-null host address bits in .*)"),
    ("inet_protocols", "config-error", r"inet_protocols: (?P<reason>.*)"),
    ("SASL", "sasl-unavailable", r"SASL: (?P<reason>.*)"),
    ("no", "sasl-unavailable", r"(?P<reason>no SASL authentication mechanisms)"),
    ("xsasl_cyrus_server_init xsasl_dovecot_server_create xsasl_dovecot_server_connect", "sasl-unavailable",
     r"\w+: (?P<reason>.*)"),
    ("config bounce_queue_lifetime", "config-error",
     r"(?P<reason>(?:config variable|bounce_queue_lifetime is) .*)"),
    ("file", "config-error", r"file (?P<path>/\S+): parameter (?P<parameter>\S+): (?P<reason>.*)"),
    ("lots", "advice", r"(?P<reason>lots of deferred mail.*)"),
    ("User", "submission-refused", r"User (?P<user>\S+?)\(\d+\) (?P<reason>is not allowed .*)"),
    ("Recipient -t", "submission-refused", r"(?P<reason>(?:Recipient addresses must|-t option cannot) .*)"),
    ("uid", "submission-refused", r"uid=(?P<uid>\d+): (?P<reason>.*)"),
    ("*", "submission-refused", r"(?P<user>[\w.-]+)\(\d+\): (?P<reason>.*)"),
    ("usage", "usage", r"usage: (?P<reason>.*)"),
    ("*", "table-duplicate", r"(?P<path>/\S+): duplicate entry: (?P<entry>.*)"),
    ("*", "config-overridden",
     r"(?P<path>/[^,]+), line (?P<number>\d+): overriding earlier entry: (?P<entry>.*)"),
    ("*", "config-unused", r"(?P<path>/\S+?): (?:unused|undefined) parameter: (?P<parameter>[^=\s]+)=?.*"),
    ("*", "config-error", r"(?P<path>/[^,:\s]+)(?:, |: )line (?P<number>[\d-]+): (?P<reason>.*)"),
    ("*", "config-error", r"(?P<path>/\S+\.cf): (?P<reason>.*)"),
    ("*", "table-outdated", r"(?P<path>/\S+) (?:is|and) .* differ.*"),
    ("*", "table-unavailable", r"(?P<table>[a-z]+:\S+) is unavailable\. (?P<reason>.*)"),
    ("*", "lookup-failure",
     r"(?P<table>(?:proxy:)?[a-z]+:[^\s:]\S*?):? (?:map )?"
     r"(?:lookup (?:error|of|problem)|query|error|table)(?P<reason>.*)"),
    ("virtual_alias_domains virtual_mailbox_domains mydestination relay_domains virtual_alias_maps"
     " virtual_mailbox_maps local_recipient_maps relay_recipient_maps canonical_maps transport_maps alias_maps"
     " smtpd_sender_login_maps recipient_bcc_maps sender_bcc_maps",
     "lookup-failure",
     r"(?P<table>[a-z_]+):? (?:map )?(?:lookup (?:problem|error)(?: for (?P<key>\S+))?)?(?P<reason>.*)"),
    ("private", "table-unavailable", r"(?P<reason>.*)"),
    ("write queue", "queue-write", r"(?P<reason>(?:write queue file|queue file).*)"),
    ("file", "resource-limit", r"(?P<reason>file size limit .*)"),
    ("too", "resource-limit", r"(?P<reason>too many .*)"),
    ("*", "resource-limit",
     r"(?P<reason>[^:]+: (?:Too many open files.*|Cannot allocate memory|No space left on device))\Z"),
    ("No", "disk-full", r"(?P<reason>No space left on device.*)"),
    ("timeout", "service-stuck", r"(?P<reason>timeout (?:on|connecting to|reading|sending) .*)"),
    ("connect", "service-unavailable",
     r"connect to (?P<service>\S+)(?: service| subsystem (?P<socket>\S+))?: "
     r"(?P<reason>.*)"),
    ("problem", "service-unavailable",
     r"problem talking to (?:service|server) (?P<service>\S+?): (?P<reason>.*)"),
    ("premature", "service-unavailable",
     r"premature end-of-input (?:on|from) (?P<service>\S+)(?P<reason>.*)"),
    ("unexpected", "service-unavailable", r"(?P<reason>unexpected (?:end-of-input|attribute|EOF) .*)"),
)  # fmt: skip
