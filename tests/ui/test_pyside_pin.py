"""PySide6 6.12.0 on Python 3.11 drops one reference to None or True on every void call and emit, then aborts.

If the pin in pyproject.toml is ever lifted to such a build, the process dies in this test and not on a counter.
"""

from __future__ import annotations

import subprocess
import sys

CALLS = """
import sys
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QLabel

class Source(QObject):
    happened = Signal(bool, object)

app = QApplication([])
label, source, seen = QLabel(), Source(), []
source.happened.connect(lambda flag, value: seen.append((flag, value)))
for n in range(10_000):
    label.setText("a" if n % 2 else "b")
    label.update()
    label.parentWidget()
    source.happened.emit(True, None)
assert seen == [(True, None)] * 10_000
"""


def test_ten_thousand_void_calls_and_emits_do_not_abort() -> None:
    done = subprocess.run([sys.executable, "-c", CALLS], capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0, done.stderr
