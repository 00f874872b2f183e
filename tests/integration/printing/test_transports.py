"""Jobs over a real socket to a printer that misbehaves, into files and pipes. Limits are short, none is asserted."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import pytest

from app.printing.printer import PrinterState
from app.printing.transports.device_file import FileTransport
from app.printing.transports.network import NetworkTransport
from app.printing.transports.talk import Limits
from app.usecases.ports import PrinterUnavailable
from tests.fakes.socket_printer import SocketPrinter, socket_printer

SHORT = Limits(connect_s=0.5, answer_s=0.3, send_s=0.6, fence_s=0.6, silent_fence_s=0.3, drain_s=0.5)
JOB = b"\x1b@\x1bt\x10" + b"Bonjour\n" * 200
# 10 04 01 inside a picture must not count as a question, and not move the answers that follow
JOB_WITH_PICTURE = b"\x1b@\x1dv0\x00\x02\x00\x03\x00\x10\x04\x01\x10\x04\x02" + JOB


@pytest.fixture
def printer():
    with socket_printer() as printer:
        yield printer


def to(printer: SocketPrinter, limits: Limits = SHORT) -> NetworkTransport:
    return NetworkTransport("127.0.0.1", printer.port, limits)


def test_a_job_arrives_whole(printer):
    to(printer).send(JOB)
    assert printer.wait_for_jobs(1) == [JOB]


@pytest.mark.parametrize("size", [1, 100_000, 1_500_000])
def test_no_job_is_cut_off_by_closing(printer, size):
    job = b"\x1b@" + b"x" * size
    to(printer, Limits()).send(job)
    assert printer.wait_for_jobs(1) == [job]


@pytest.mark.parametrize("eager", [False, True])
def test_pictures_do_not_disturb_the_questions(printer, eager):
    printer.behave(eager=eager)
    to(printer).send(JOB_WITH_PICTURE)
    assert printer.wait_for_jobs(1) == [JOB_WITH_PICTURE]


@pytest.mark.parametrize(
    "behaviour",
    [
        {"silent": True},  # many clones: they answer nothing and close when asked
        {"automatic": True},  # a printer that also reports unasked
        {"no_fence": True},  # answers about its state only
        {"rubbish": 0xFF},
        {"rubbish": 0x00},
    ],
)
def test_odd_printers_are_believed_when_they_have_read_everything(printer, behaviour):
    printer.behave(**behaviour)
    to(printer).send(JOB)
    assert printer.wait_for_jobs(1) == [JOB]


@pytest.mark.parametrize("reason", ["paper_out", "cover_open", "offline"])
def test_a_printer_that_cannot_print_is_asked_before_anything_is_sent(printer, reason):
    printer.behave(**{reason: True})
    with pytest.raises(PrinterUnavailable) as raised:
        to(printer).send(JOB)
    assert raised.value.reason == reason
    assert to(printer).status().state.value == reason
    printer.switch_off()
    assert printer.jobs == []


@pytest.mark.parametrize(
    "behaviour",
    [
        {"hang_after": 10},
        {"hang_after": 500},
        {"hang_after": 500, "automatic": True},  # its report must not be taken for the answer that all is done
        {"hang_after": 500, "eager": True},  # nor its answers to what only looked like questions
        {"black_hole": True},
    ],
)
def test_a_printer_that_hangs_leaves_it_unknown(printer, behaviour):
    printer.behave(**behaviour)
    with pytest.raises(PrinterUnavailable) as raised:
        to(printer).send(JOB_WITH_PICTURE)
    assert raised.value.reason == "unknown"


@pytest.mark.parametrize("after", [10, 100, 1000])
def test_a_connection_reset_in_the_middle_leaves_it_unknown(printer, after):
    printer.behave(reset_after=after)
    with pytest.raises(PrinterUnavailable) as raised:
        to(printer).send(JOB)
    assert raised.value.reason == "unknown"


def test_a_connection_reset_before_the_job_is_a_plain_failure(printer):
    printer.behave(reset_after=3)
    with pytest.raises(PrinterUnavailable) as raised:
        to(printer).send(JOB)
    assert raised.value.reason == "io"


def test_a_closed_port_refuses(printer):
    printer.switch_off()
    with pytest.raises(PrinterUnavailable) as raised:
        to(printer).send(JOB)
    assert raised.value.reason == "refused"
    status = to(printer).status()
    assert (status.state, status.reason) == (PrinterState.UNREACHABLE, "refused")


def test_a_host_that_does_not_answer_is_absent():
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]  # fill the queue of connections: the next one is dropped silently
        try:
            for connection in waiting:
                connection.setblocking(False)
                connection.connect_ex(("127.0.0.1", port))
            with pytest.raises(PrinterUnavailable) as raised:
                NetworkTransport("127.0.0.1", port, SHORT).send(JOB)
        finally:
            for connection in waiting:
                connection.close()
    assert raised.value.reason == "absent"


def test_a_name_nobody_knows_is_absent():
    with pytest.raises(PrinterUnavailable) as raised:
        NetworkTransport("printer.invalid", 9100, SHORT).send(JOB)
    assert raised.value.reason == "absent"


def test_a_ready_printer_tells_its_state(printer):
    status = to(printer).status()
    assert (status.state, status.paper_low, status.drawer_signal) == (PrinterState.READY, False, False)


def test_waiting_can_be_called_off(printer):
    printer.behave(hang_after=500)
    transport = to(printer, Limits(fence_s=600, send_s=600))
    reasons: list[str] = []

    def send() -> None:
        try:
            transport.send(JOB)
        except PrinterUnavailable as error:
            reasons.append(error.reason)

    thread = threading.Thread(target=send)
    thread.start()
    assert printer.stuck.wait(10)
    transport.abort()
    thread.join(10)
    assert reasons == ["unknown"]


def test_a_file_gets_one_job_after_another(tmp_path):
    transport = FileTransport(str(tmp_path / "paper.bin"))
    transport.send(JOB)
    transport.send(b"second")
    assert (tmp_path / "paper.bin").read_bytes() == JOB + b"second"
    assert not transport.live


@pytest.mark.parametrize("content", [b"SQLite format 3\0", b'{"printer": {}}', b"Madame, Monsieur"])
def test_nothing_is_added_to_a_file_that_holds_something_else(tmp_path, content):
    file = tmp_path / "letter"
    file.write_bytes(content)
    with pytest.raises(PrinterUnavailable) as raised:
        FileTransport(str(file)).send(JOB)
    assert raised.value.reason == "refused"
    assert file.read_bytes() == content


def test_a_folder_that_is_not_there_is_absent(tmp_path):
    transport = FileTransport(str(tmp_path / "nowhere" / "paper.bin"))
    with pytest.raises(PrinterUnavailable) as raised:
        transport.send(JOB)
    assert raised.value.reason == "absent"
    assert transport.status().reason == "absent"


def test_a_device_that_is_not_plugged_in_is_absent_and_not_silent():
    transport = FileTransport("/dev/comptoir-none")
    status = transport.status()
    assert (status.state, status.reason) == (PrinterState.UNREACHABLE, "absent")
    assert transport.live, "it is asked again until it is plugged in"


@pytest.mark.parametrize("host", ["x" * 70 + ".local", "a..b", "caisse\0"])
def test_what_can_be_no_address_is_absent(host):
    transport = NetworkTransport(host, 9100, SHORT)
    assert transport.status().reason == "absent"
    with pytest.raises(PrinterUnavailable) as raised:
        transport.send(JOB)
    assert raised.value.reason == "absent"


def test_a_pipe_nobody_reads_is_absent(tmp_path):
    os.mkfifo(tmp_path / "lp0")
    with pytest.raises(PrinterUnavailable) as raised:
        FileTransport(str(tmp_path / "lp0")).send(JOB)
    assert raised.value.reason == "absent"


def test_a_pipe_that_fills_up_leaves_it_unknown(tmp_path):
    os.mkfifo(tmp_path / "lp0")
    reader = os.open(tmp_path / "lp0", os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(PrinterUnavailable) as raised:
            FileTransport(str(tmp_path / "lp0"), Limits(send_s=0.2)).send(b"x" * 1_000_000)
    finally:
        os.close(reader)
    assert raised.value.reason == "unknown"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_full_device_is_a_plain_failure():
    transport = FileTransport("/dev/full")
    assert transport.live
    with pytest.raises(PrinterUnavailable) as raised:
        transport.send(JOB)
    assert raised.value.reason == "io"
