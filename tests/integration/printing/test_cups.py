"""A real CUPS on a loopback port, run for these tests alone: a raw queue to a printer that works, is off, hangs.

It needs Debian's `cups` (22 seconds to install), so it is skipped with that reason where it is missing.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.printing.transports.cups import CupsTransport
from app.usecases.ports import PrinterUnavailable
from tests.fakes.socket_printer import SocketPrinter, socket_printer

CUPSD = "/usr/sbin/cupsd"
JOB = b"\x1b@\x1bt\x10" + b"Bonjour \x80\xff\n" * 200

pytestmark = pytest.mark.skipif(
    not Path(CUPSD).exists() or os.geteuid() != 0 or shutil.which("lpadmin") is None,
    reason="needs cupsd and root: apt-get install cups cups-client",
)


@pytest.fixture(scope="module")
def cups() -> Iterator[str]:
    """Address of a scheduler of our own."""
    with tempfile.TemporaryDirectory() as folder:
        yield from running(Path(folder))


def running(root: Path) -> Iterator[str]:
    root.chmod(0o755)  # CUPS gives up its rights before it opens what it printed
    for folder in ("spool/tmp", "cache", "state", "log", "ssl"):
        (root / folder).mkdir(parents=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    (root / "cupsd.conf").write_text(
        f"Listen {address}\nBrowsing Off\nWebInterface No\nDefaultAuthType None\n"
        "<Location />\nOrder allow,deny\nAllow from 127.0.0.1\n</Location>\n"
        "<Policy default>\n<Limit All>\nOrder deny,allow\n</Limit>\n</Policy>\n"
    )
    (root / "cups-files.conf").write_text(
        f"SystemGroup root\nUser lp\nGroup lp\nServerRoot {root}\nRequestRoot {root}/spool\n"
        f"TempDir {root}/spool/tmp\nCacheDir {root}/cache\nStateDir {root}/state\n"
        f"AccessLog {root}/log/access\nErrorLog {root}/log/error\nPageLog {root}/log/page\n"
    )
    command = [CUPSD, "-f", "-c", str(root / "cupsd.conf"), "-s", str(root / "cups-files.conf")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as scheduler:
        try:
            wait_for(lambda: "is running" in said(address, "lpstat", "-r"))
            yield address
        finally:
            scheduler.terminate()


def wait_for(condition: Callable[[], bool], limit_s: float = 60.0) -> None:
    until = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < until, "CUPS did not do it"
        time.sleep(0.05)


def said(address: str, *command: str) -> str:
    environment = {**os.environ, "CUPS_SERVER": address, "LC_ALL": "C"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=30, check=False)
    return done.stdout + done.stderr


@pytest.fixture
def printer() -> Iterator[SocketPrinter]:
    with socket_printer() as printer:
        yield printer


@pytest.fixture
def queue(cups: str, printer: SocketPrinter, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A raw queue to the printer."""
    monkeypatch.setenv("CUPS_SERVER", cups)
    name = f"till-{printer.port}"
    said(cups, "lpadmin", "-p", name, "-E", "-v", f"socket://127.0.0.1:{printer.port}/", "-m", "raw")
    yield name
    said(cups, "cancel", "-a", name)
    said(cups, "lpadmin", "-x", name)


def reason_of(transport: CupsTransport) -> str:
    with pytest.raises(PrinterUnavailable) as raised:
        transport.send(JOB)
    return raised.value.reason


def test_a_job_arrives_byte_for_byte(queue: str, printer: SocketPrinter) -> None:
    CupsTransport(queue).send(JOB)
    assert printer.wait_for_jobs(1) == [JOB]


def test_a_job_to_a_printer_that_is_off_is_taken_back_and_does_not_come_out_later(
    queue: str, printer: SocketPrinter, cups: str
) -> None:
    printer.switch_off()
    assert reason_of(CupsTransport(queue, spool_limit_s=2.0)) == "absent"
    assert said(cups, "lpstat", "-W", "not-completed", "-o", queue) == ""
    printer.switch_on()
    CupsTransport(queue).send(JOB + b"second")
    assert printer.wait_for_jobs(1) == [JOB + b"second"]


def test_a_printer_that_hangs_leaves_it_unknown(queue: str, printer: SocketPrinter, cups: str) -> None:
    printer.behave(hang_after=500)
    assert reason_of(CupsTransport(queue, spool_limit_s=2.0)) == "unknown"
    assert said(cups, "lpstat", "-W", "not-completed", "-o", queue) == ""


def test_a_paused_queue_gets_nothing(queue: str, cups: str) -> None:
    said(cups, "cupsdisable", queue)
    assert reason_of(CupsTransport(queue)) == "queue_stopped"
    assert CupsTransport(queue).status().reason == "queue_stopped"
    said(cups, "cupsenable", queue)
    said(cups, "cupsreject", queue)
    assert reason_of(CupsTransport(queue)) == "queue_stopped"
    assert said(cups, "lpstat", "-W", "not-completed", "-o", queue) == ""


def test_a_queue_that_is_not_there_and_a_system_that_does_not_run(queue: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert reason_of(CupsTransport("nobody")) == "absent"
    assert reason_of(CupsTransport("-P")) == "absent"
    monkeypatch.setenv("CUPS_SERVER", "127.0.0.1:1")
    assert reason_of(CupsTransport(queue)) == "no_spooler"


def test_waiting_is_called_off_and_the_job_taken_back(queue: str, printer: SocketPrinter, cups: str) -> None:
    printer.behave(hang_after=500)
    transport = CupsTransport(queue, spool_limit_s=600.0)
    reasons: list[str] = []
    thread = threading.Thread(target=lambda: reasons.append(reason_of(transport)))
    thread.start()
    assert printer.stuck.wait(60)
    transport.abort()
    thread.join(60)
    assert reasons == ["unknown"]
    assert said(cups, "lpstat", "-W", "not-completed", "-o", queue) == ""
