"""Owns setting a scanner on the settings screen: which code is shown, what a scan of it taught, taking it back. No
widget, no wording.

What was learned is saved, and asked leave for, as all settings are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from app.settings import ScannerSettings


class LessonSource(Protocol):
    """What the calibrator (`app.scanning.calibrator`) gives, as seen from here. Findings are `Finding`'s values."""

    def __call__(self, sent: str, keys: Sequence[Any]) -> Any: ...


@dataclass(frozen=True, slots=True)
class ScannerSurroundings:
    """What the scanner's sheet is given.

    Attributes:
        capture: gives every key to what it is given, until it is given None; a person who ends it is told as None.
        read_lesson, joined: the calibrator.
        qr_text, bar_texts: what the codes say.
        qr_modules, bars: how they look: rows of modules, and modules; True is dark.
        ask_ports: has what it is given told the serial ports there are now, as (name, description); returns at once:
            looking for them may take long.
    """

    capture: Callable[[Callable[[Sequence[Any] | None], None] | None], None] = lambda _on_keys: None
    read_lesson: LessonSource = lambda sent, keys: None  # the protocol's names
    joined: Callable[[Sequence[Any]], Any] = lambda lessons: lessons[0]
    qr_text: str = ""
    bar_texts: Sequence[str] = ()
    qr_modules: Callable[[str], Sequence[Sequence[bool]]] = lambda _text: [[True]]
    bars: Callable[[str], Sequence[bool]] = lambda _text: [True]
    ask_ports: Callable[[Callable[[Sequence[tuple[str, str]]], None]], None] = lambda _told: None


@dataclass(frozen=True, slots=True)
class ScannerState:
    """All that the sheet shows of a lesson.

    Attributes:
        waiting: whether the next keys are taken for the code shown.
        with_bars: whether bars are shown, one after another, in place of the QR code.
        step: which of them, from 0.
        findings: what the last lesson found, the worst first; empty before it.
        is_saved: whether the settings were changed by it.
        before: the settings to go back to; None if there is nothing to take back.
    """

    waiting: bool = False
    with_bars: bool = False
    step: int = 0
    findings: tuple[str, ...] = ()
    is_saved: bool = False
    before: ScannerSettings | None = None


class ScannerView(Protocol):
    """What the presenter shows itself with."""

    def show_scanner(self, state: ScannerState) -> None: ...


class ScannerPresenter:
    """One lesson after another."""

    def __init__(
        self,
        around: ScannerSurroundings,
        settings: Callable[[], ScannerSettings],
        save: Callable[..., None],
        view: ScannerView,
    ) -> None:
        """Args: save: takes the fields of `ScannerSettings` that change."""
        self._around = around
        self._settings = settings
        self._save = save
        self._view = view
        self._lessons: list[Any] = []
        self.state = ScannerState()

    @property
    def code(self) -> str:
        """What the code on the screen says."""
        around = self._around
        return around.bar_texts[self.state.step] if self.state.with_bars else around.qr_text

    def begin(self) -> None:
        """Wait for a scan of the code shown."""
        self._lessons = []
        self._around.capture(self._arrived)
        self._change(waiting=True, step=0, findings=(), is_saved=False)

    def stop(self) -> None:
        """Keys are keys again."""
        if self.state.waiting:
            self._around.capture(None)
            self._change(waiting=False, step=0)

    def use_bars(self, with_bars: bool) -> None:
        self._lessons = []
        self._change(with_bars=with_bars, step=0)

    def take_back(self) -> None:
        """The settings as they were before the lesson."""
        before = self.state.before
        if before is not None:
            self._keep(before)
            self._change(before=None, findings=(), is_saved=False)

    def _arrived(self, keys: Sequence[Any] | None) -> None:
        if keys is None:
            self.stop()
            return
        lesson = self._around.read_lesson(self.code, keys)
        if not lesson.is_usable:
            self._change(findings=tuple(str(finding) for finding in lesson.findings), is_saved=False)
            return
        self._lessons.append(lesson)
        if self.state.with_bars and len(self._lessons) < len(self._around.bar_texts):
            self._change(step=len(self._lessons), findings=())
            return
        self._taught(self._around.joined(self._lessons))

    def _taught(self, lesson: Any) -> None:
        self._around.capture(None)
        before = self._settings()
        after = replace(
            before,
            max_gap_ms=lesson.max_gap_ms,
            prefix="" if lesson.prefix.startswith("]") else lesson.prefix,  # an AIM identifier changes with the code
            suffix=lesson.suffix,
            reading=str(lesson.reading),
            learned_from=lesson.learned_from,
            learned_to=lesson.learned_to,
        )
        changed = after != before
        findings = tuple(str(finding) for finding in lesson.findings)
        self._change(waiting=False, step=0, findings=findings, is_saved=changed, before=before if changed else None)
        if changed:
            self._keep(after)

    def _keep(self, scanner: ScannerSettings) -> None:
        self._save(
            max_gap_ms=scanner.max_gap_ms,
            prefix=scanner.prefix,
            suffix=scanner.suffix,
            reading=scanner.reading,
            learned_from=scanner.learned_from,
            learned_to=scanner.learned_to,
        )

    def _change(self, **values: Any) -> None:
        self.state = replace(self.state, **values)
        self._view.show_scanner(self.state)
