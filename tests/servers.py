"""Which real servers do the tests run against, and how are they started and stopped?

PostgreSQL and a broker that speaks the Kafka protocol come out of Python wheels; Apache Kafka comes from
`deploy/kafka/kafka.sh`. All listen on the loopback or a socket file, and end with the tests.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

ROOT = Path(__file__).parent.parent
KAFKA_SCRIPT = ROOT / "deploy" / "kafka" / "kafka.sh"
READY_SECONDS_MAX = 30.0
IS_ROOT = os.geteuid() == 0
UNPRIVILEGED = "nobody"


def folder_of(package: str) -> Path:
    """Return where an installed package lies, without importing it."""
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def free_port(ports: int = 1) -> int:
    """Return a port of the loopback after which `ports` in a row are free."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if not any(answers(port + offset) for offset in range(ports)):
            return port


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a server is ready. Raises RuntimeError with its last words when it is not."""
    give_up = time.monotonic() + READY_SECONDS_MAX
    while not ready():
        if process.poll() is not None or time.monotonic() > give_up:
            raise RuntimeError(f"{process.args!r} did not get ready:\n{log.read_text()[-2000:]}")
        time.sleep(0.02)


@contextmanager
def running(
    command: list[str], log: Path, ready: Callable[[], bool], user: str | None = None
) -> Iterator[int]:
    """Run a server until the block ends; yield its process id. SIGINT asks for a fast, clean end."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, user=user, start_new_session=True
        )
    try:
        wait_until(ready, process, log)
        yield process.pid
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(READY_SECONDS_MAX)


# ---- PostgreSQL, from the wheel pgserver ---------------------------------------------------------


def postgres_programs(folder: Path) -> Path:
    """Return the folder of PostgreSQL's programs.

    PostgreSQL refuses to run as root. For root, the programs are copied to where an unprivileged user can
    read them: nobody's home folder needs to be opened, and no user to be added.
    """
    wheel = folder_of("pgserver")
    if not IS_ROOT:
        return wheel / "pginstall" / "bin"
    shutil.copytree(wheel / "pginstall", folder / "pgserver" / "pginstall")
    shutil.copytree(wheel.parent / "pgserver.libs", folder / "pgserver.libs")
    return folder / "pgserver" / "pginstall" / "bin"


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Run PostgreSQL in an empty folder with a short path; yield the socket folder, which is its address.

    Nothing is synced to disk: the tests kill our processes, never the machine.
    """
    user = UNPRIVILEGED if IS_ROOT else None
    if user:
        folder.chmod(0o755)
    programs, data = postgres_programs(folder), folder / "data"
    data.mkdir(mode=0o700)
    if user:
        shutil.chown(data, user)
    subprocess.run(
        [programs / "initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", data],
        check=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        user=user,
        cwd="/",
    )
    server = [str(programs / "postgres"), "-D", str(data), "-k", str(data), "-c", "listen_addresses="]
    server += ["-c", "fsync=off", "-c", "max_connections=60"]
    with running(server, folder / "postgres.log", lambda: accepts_connections(data), user):
        yield str(data)


def accepts_connections(socket_folder: Path) -> bool:
    try:
        psycopg.connect(host=str(socket_folder), user="postgres", dbname="postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def create_database(socket_folder: str, name: str) -> str:
    """Create an empty database; return its URL for SQLAlchemy."""
    with psycopg.connect(
        host=socket_folder, user="postgres", dbname="postgres", autocommit=True
    ) as connection:
        connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
    return f"postgresql+psycopg://postgres@/{name}?host={socket_folder}"


# ---- brokers -------------------------------------------------------------------------------------


@contextmanager
def kafka_of_wheel(folder: Path) -> Iterator[str]:
    """Run the small broker of the wheel noida-db; yield its bootstrap servers.

    Good for topics, groups, commits and transactions; not for take-over, durability or cooperative
    rebalancing, which need Apache Kafka.
    """
    program = folder_of("noida_db") / "noida-db"
    program.chmod(0o755)
    port = free_port()
    command = [str(program), "start", "--only", "kafka", "--kafka-port", str(port), "--data-dir", str(folder)]
    with running(command, folder / "kafka.log", lambda: answers(port)):
        yield f"127.0.0.1:{port}"


@contextmanager
def apache_kafka(folder: Path) -> Iterator[str]:
    """Run one node of Apache Kafka; yield its bootstrap servers."""
    port = free_port(ports=2)
    subprocess.run([KAFKA_SCRIPT, "start", str(port), folder], check=True, stdin=subprocess.DEVNULL)
    try:
        yield f"127.0.0.1:{port}"
    finally:
        subprocess.run([KAFKA_SCRIPT, "stop", folder], check=True, stdin=subprocess.DEVNULL)
