from __future__ import annotations

import os
import threading
import tty
from collections.abc import Iterator
from contextlib import closing
from types import SimpleNamespace

import pytest

from app.serial_line import SerialPort, SerialUnavailable, open_line, serial_ports

pytestmark = pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs pseudo-terminals")


@pytest.fixture
def far_end() -> Iterator[tuple[int, str]]:
    """The device's end of a line, and the name of ours."""
    device, ours = os.openpty()
    tty.setraw(device)
    try:
        yield device, os.ttyname(ours)
    finally:
        os.close(device)
        os.close(ours)


def test_what_is_written_arrives_and_what_comes_is_read(far_end: tuple[int, str]) -> None:
    device, name = far_end
    with closing(open_line(name, 9600)) as line:
        assert line.write(b"ticket", 5.0)
        assert os.read(device, 100) == b"ticket"
        assert line.drain(5.0)
        os.write(device, b"\x16")
        assert line.read(10, 5.0) == b"\x16"
        assert line.read(10, 0.0) == b""


def test_a_line_that_nobody_reads_ends_in_time_and_closes(far_end: tuple[int, str]) -> None:
    _device, name = far_end
    with closing(open_line(name, 9600)) as line:
        assert not line.write(b"x" * 1_000_000, 0.05)


def test_a_wait_is_called_off_from_another_thread(far_end: tuple[int, str]) -> None:
    _device, name = far_end
    with closing(open_line(name, 9600)) as line:
        caller = threading.Timer(0.05, line.abort)
        caller.start()
        assert line.read(1, 600.0) == b""
        caller.join()


def test_a_port_that_is_not_there_is_absent() -> None:
    with pytest.raises(SerialUnavailable) as refused:
        open_line("/dev/ttyUSB-none", 9600)
    assert refused.value.reason == "absent"


def test_a_port_in_use_is_refused(far_end: tuple[int, str]) -> None:
    _device, name = far_end
    with closing(open_line(name, 9600)), pytest.raises(SerialUnavailable) as refused:
        open_line(name, 9600)
    assert refused.value.reason == "refused"


def test_the_ports_have_names() -> None:
    assert all(port.name for port in serial_ports())


def test_calling_off_a_line_that_was_closed_meanwhile_does_no_harm():
    master, slave = os.openpty()
    try:
        line = open_line(os.ttyname(slave), 9600)
        line.close()
        line.abort()
    finally:
        os.close(master)
        os.close(slave)


def test_a_line_that_was_unplugged_is_closed_all_the_same():
    master, slave = os.openpty()
    line = open_line(os.ttyname(slave), 9600)
    os.close(slave)
    os.close(master)
    line.close()


def test_a_line_that_was_unplugged_fails_as_a_line_does_whatever_is_tried() -> None:
    device, ours = os.openpty()
    tty.setraw(device)
    with closing(open_line(os.ttyname(ours), 9600)) as line:
        os.close(device)
        os.close(ours)
        for attempt in (lambda: line.write(b"x", 1.0), lambda: line.drain(1.0), lambda: line.read(1, 1.0)):
            with pytest.raises(SerialUnavailable) as gone:
                attempt()
            assert gone.value.reason == "io"


def test_a_port_that_the_system_calls_nothing_is_called_by_its_name(monkeypatch) -> None:
    nameless = SimpleNamespace(device="/dev/ttyS0", description="n/a", vid=None, pid=None)
    monkeypatch.setattr("serial.tools.list_ports.comports", lambda: [nameless])
    assert serial_ports() == [SerialPort("/dev/ttyS0", "/dev/ttyS0")]
