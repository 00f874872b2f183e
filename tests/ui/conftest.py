"""The dress of the application for tests of screens, and a shop with its window."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent

from app.ui.style.look import Look
from tests.ui.shop import Shop, open_shop


@pytest.fixture
def look(qapp) -> Look:
    made = Look("light")
    made.apply(qapp)
    return made


@pytest.fixture
def shop(qtbot, look) -> Iterator[Shop]:
    """A shop with orders in every state and its window shown."""
    opened = open_shop(look)
    qtbot.addWidget(opened.window)
    opened.window.show()
    qtbot.waitExposed(opened.window)
    yield opened
    opened.window.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
