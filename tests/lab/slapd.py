"""An OpenLDAP server of our own on loopback, for tables of type ``ldap``."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.support.waiting import until

BASE = "dc=shop,dc=example"
READER = f"cn=postfix,{BASE}"
PASSWORD = "secret-of-postfix"
_SCHEMA = Path("/etc/ldap/schema")
_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
_CONFIG = """\
{include}
pidfile {folder}/pid
database ldif
directory {folder}/data
suffix "{base}"
rootdn "cn=root,{base}"
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{reader}" read by anonymous auth by * none
"""
_ENTRIES = f"""\
dn: {BASE}
objectClass: dcObject
objectClass: organization
dc: shop
o: Shop

dn: {READER}
objectClass: person
objectClass: simpleSecurityObject
cn: postfix
sn: postfix
userPassword: {PASSWORD}

dn: cn=anna,{BASE}
objectClass: inetOrgPerson
cn: anna
sn: Anna
mail: anna@lab.example

dn: cn=ben,{BASE}
objectClass: inetOrgPerson
cn: ben
sn: Ben
mail: ben@lab.example

dn: cn=info,{BASE}
objectClass: groupOfNames
objectClass: extensibleObject
cn: info
mail: info@shop.example
member: cn=anna,{BASE}
member: cn=ben,{BASE}
"""


class Directory:
    """A server with two people and a group of both, which only one user may read."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin to answer."""
        argv = ["slapd", "-f", str(self._folder / "slapd.conf"), "-h", f"ldap://127.0.0.1:{self.port}/", "-d", "0"]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(argv, stderr=log, env={"PATH": _PATH})
        assert until(self._answers), (self._folder / "log").read_text()

    def stop(self) -> None:
        """End, and wait until it has."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(20)

    def freeze(self) -> None:
        """Take connections and say nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Answer again."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def table(self, **settings: str) -> str:
        """The text of an ldap_table(5) file that expands the group into its members."""
        told = {
            "server_host": f"ldap://127.0.0.1:{self.port}",
            "version": "3",
            "bind": "yes",
            "bind_dn": READER,
            "bind_pw": PASSWORD,
            "search_base": BASE,
            "query_filter": "mail=%s",
            "result_attribute": "mail",
            "special_result_attribute": "member",
            "terminal_result_attribute": "maildrop",
            "leaf_result_attribute": "mail",
        }
        return "".join(f"{name} = {value}\n" for name, value in (told | settings).items())

    def _answers(self) -> bool:
        with socket.socket() as tried:
            return tried.connect_ex(("127.0.0.1", self.port)) == 0


@contextmanager
def running() -> Iterator[Directory]:
    """A server in a folder of its own; skips the test where there is none to start."""
    if not all(shutil.which(name, path=_PATH) for name in ("slapd", "slapadd")):
        pytest.skip("needs slapd")
    with TemporaryDirectory(prefix="mailtui-ldap-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "data").mkdir()
        schemas = "\n".join(f"include {_SCHEMA / one}.schema" for one in ("core", "cosine", "inetorgperson"))
        config = _CONFIG.format(include=schemas, folder=folder, base=BASE, reader=READER)
        (folder / "slapd.conf").write_text(config)
        argv = ["slapadd", "-f", str(folder / "slapd.conf"), "-q"]
        subprocess.run(argv, input=_ENTRIES.encode(), check=True, env={"PATH": _PATH}, capture_output=True)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        directory = Directory(folder, port)
        directory.start()
        try:
            yield directory
        finally:
            directory.thaw()
            directory.stop()
