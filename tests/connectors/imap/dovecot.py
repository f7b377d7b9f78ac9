"""A private Dovecot on loopback for tests and benchmarks: starts in a folder of its own, as root or as anybody."""

import base64
import getpass
import grp
import hashlib
import hmac
import imaplib
import json
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

SECRET = "a-secret-that-signs-tokens-0123456789"
PASSWORD = "secret-of-the-test"

CONFIG = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
  {unchrooted}
}}
default_internal_user = {internal}
default_login_user = {login}
default_internal_group = {internal_group}
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
mail_home = {home}/mail/%u
mail_location = maildir:~/store
imap_capability = {capability}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Archive {{
    special_use = \\Archive
    auto = subscribe
  }}
  mailbox Sent {{
    special_use = \\Sent
    auto = subscribe
  }}
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {home}/oauth2.ext
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={home}/mail/%u allow_all_users=yes
}}
service imap-login {{
  {unchrooted}
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
"""
EVERYTHING = (
    "IMAP4rev1 SASL-IR LITERAL+ ENABLE IDLE SORT THREAD=REFERENCES UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED "
    "CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS SPECIAL-USE MOVE"
)


class Dovecot:
    """One server. Every user name is welcome with :data:`PASSWORD`; ``without`` takes capabilities away."""

    def __init__(self, program: str, without: tuple[str, ...] = ()) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self.home.chmod(0o755)
        self.port, self.tls_port = _free(), _free()
        self._write(" ".join(word for word in EVERYTHING.split() if word not in without))
        self._process = subprocess.Popen([program, "-F", "-c", str(self.home / "dovecot.conf")])
        self._wait()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(15)
        shutil.rmtree(self.home, ignore_errors=True)

    def client(self, user: str) -> imaplib.IMAP4:
        """Return another client of the same account."""
        client = imaplib.IMAP4("127.0.0.1", self.port)
        client.login(user, PASSWORD)
        return client

    def token(self, user: str, *, seconds: int = 600, secret: str = SECRET) -> str:
        """Return a signed token for a user (RFC 7519)."""
        claims = {"sub": user, "iat": int(time.time()) - 60, "exp": int(time.time()) + seconds}
        parts = [
            _letters(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT", "kid": "default"}, claims)
        ]
        signature = hmac.new(secret.encode(), ".".join(parts).encode(), hashlib.sha256).digest()
        return ".".join((*parts, _letters(signature)))

    def _write(self, capability: str) -> None:
        root = os.geteuid() == 0
        user = "mail" if root else getpass.getuser()
        group = grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name
        for name in ("run", "state", "mail", "keys/default/HS256"):
            (self.home / name).mkdir(parents=True)
        if root:
            shutil.chown(self.home / "mail", user, group)
        (self.home / "keys/default/HS256/default").write_text(base64.b64encode(SECRET.encode()).decode())
        (self.home / "oauth2.ext").write_text(
            f"introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix={self.home}/keys/\n"
            "username_attribute = sub\n"
        )
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
                *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
                *("-keyout", str(self.home / "key.pem"), "-out", str(self.home / "cert.pem")),
            ],
            check=True,
            capture_output=True,
        )
        (self.home / "dovecot.conf").write_text(
            CONFIG.format(
                home=self.home,
                internal="dovecot" if root else user,
                internal_group="dovecot" if root else group,
                login="dovenull" if root else user,
                unchrooted="" if root else "chroot =",
                user=user,
                group=group,
                capability=capability,
                password=PASSWORD,
                port=self.port,
                tls_port=self.tls_port,
            )
        )

    def _wait(self) -> None:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        log = self.home / "dovecot.log"
        raise RuntimeError(f"dovecot did not start: {log.read_text() if log.exists() else ''}")


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _letters(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
