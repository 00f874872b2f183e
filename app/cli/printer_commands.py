"""Owns what `comptoir printer` does: the same steps as the settings screen, one at a time. Holds no rule."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from app.cli.output import Answer
from app.cli.printer_parser import PLACES
from app.i18n import tr
from app.paths import settings_path
from app.settings import (
    PrinterProfile,
    Settings,
    SettingsError,
    load,
    load_printer_profile,
    save,
    save_printer_profile,
)
from app.ui.settings.printer_words import file_refusal, found_words, kept_words, set_up_failure, traits_words
from app.usecases.ports import PrinterUnavailable
from app.usecases.set_up_printer import ChartAnswers, CodeRead, Search, profile_answered

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.domain.receipt import Printable
    from app.printing.workbench import Workbench

_CODES = {"a": CodeRead.NATIVE, "b": CodeRead.DRAWN, "neither": CodeRead.NEITHER}


def run_find(options: argparse.Namespace) -> Answer:
    """Look for printers; nothing is printed."""
    from app.printing.discovery import look_everywhere
    from app.printing.workbench import every_finder

    search = Search()
    look_everywhere(search, [find for find in every_finder() if not options.no_network or _is_local(find)])
    found = search.found
    data = {
        "printers": [
            {
                "by": each.by.value,
                "where": each.where,
                "name": each.name,
                "is_ticket_printer": each.is_ticket_printer,
                "problem": each.problem,
            }
            for each in found
        ]
    }
    if not found:
        text = tr("No printer found. Is it on, with paper, its cable plugged in?")
        return Answer(text, data, reason="none_found")
    return Answer(tr("Found:"), data, [found_words(each) for each in found])


def _is_local(find: Callable[[Search], None]) -> bool:
    from app.printing.discovery import find_queues, find_serial_ports, find_usb_printers

    return find in (find_usb_printers, find_queues, find_serial_ports)


def run_change(options: argparse.Namespace, core: Core) -> Answer:
    """`use`, `answer` and `import`: the profile of a place is changed and kept."""
    from app.usecases.note_settings import note_settings

    settings, place = load(settings_path()), PLACES[options.place]
    before: PrinterProfile = getattr(settings, place)
    changed = _changed(options, before)
    if isinstance(changed, Answer):
        return changed
    save(settings_path(), _with(settings, place, changed))
    if changed != before:
        note_settings(core.counter, [place], options.operator)
    return Answer(tr("Kept: {printer}").format(printer=kept_words(changed)), _data(changed), [(traits_words(changed),)])


def _changed(options: argparse.Namespace, before: PrinterProfile) -> PrinterProfile | Answer:
    try:
        match options.action:
            case "use":
                return _used(options)
            case "answer":
                return profile_answered(before, _answers(options))
            case _ if options.file is None:
                return Answer(tr("Say which file."), reason="no_file")
            case _:
                return load_printer_profile(options.file)
    except SettingsError as refused:
        return Answer(file_refusal(refused), reason="not_a_profile")
    except ValueError as wrong:
        return Answer(tr("That is no answer the chart allows: {wrong}").format(wrong=wrong), reason="wrong_answer")


def _used(options: argparse.Namespace) -> PrinterProfile | Answer:
    if options.network:
        host, _colon, port = options.network.partition(":")
        profile = PrinterProfile(host, "network", host, int(port or 9100))
    elif options.device:
        profile = PrinterProfile(options.device, "file", path=options.device)
    elif options.serial:
        profile = PrinterProfile(options.serial, "serial", path=options.serial)
    elif options.queue:
        kind: Literal["windows", "cups"] = "windows" if sys.platform == "win32" else "cups"
        profile = PrinterProfile(options.queue, kind, queue=options.queue)
    elif options.pdf:
        profile = PrinterProfile("PDF", "pdf", path=options.pdf)
    elif options.none:
        profile = PrinterProfile("", "none")
    elif options.screen:
        profile = PrinterProfile()
    else:
        return Answer(
            tr("Say which: --network, --device, --serial, --queue, --pdf, --screen or --none."), reason="which"
        )
    return _bench().prepared(profile)


def _answers(options: argparse.Namespace) -> ChartAnswers:
    return ChartAnswers(
        line_no=options.line,
        width=options.width,
        code=_CODES.get(options.code or ""),
        was_cut=options.cut == "yes" if options.cut else None,
        drawer_pin=options.pin,
    )


def run_act(options: argparse.Namespace, core: Core | None) -> Answer:
    """`chart`, `test`, `drawer` and `export`: with the profile as it is kept."""
    profile: PrinterProfile = getattr(load(settings_path()), PLACES[options.place])
    try:
        match options.action:
            case "chart":
                _bench().print_chart(profile)
                text = tr("The chart is out. Tell what you read: comptoir printer answer --line N --width N ...")
            case "drawer":
                _bench().kick(replace(profile, open_drawer=True, drawer_pin=options.pin or profile.drawer_pin))
                text = tr("The drawer was told to open.")
            case "test":
                _bench(core).print_sample(profile)
                text = tr("The sample is out. If something on it is wrong, print the chart again.")
            case _:
                return _exported(options, profile)
    except PrinterUnavailable as failure:
        return Answer(set_up_failure(failure.reason), reason=failure.reason)
    return Answer(text, _data(profile))


def _exported(options: argparse.Namespace, profile: PrinterProfile) -> Answer:
    if options.file is None:
        return Answer(tr("Say which file."), reason="no_file")
    try:
        save_printer_profile(options.file, profile)
    except SettingsError as refused:
        return Answer(file_refusal(refused), reason="not_written")
    text = tr("Written to {detail}. Import it at the other till.")
    return Answer(text.format(detail=options.file), {"path": str(options.file), **_data(profile)})


def _bench(core: Core | None = None) -> Workbench:
    from app.printing.workbench import Workbench

    def sample() -> Printable:
        from app.domain.receipt import SelfTest
        from app.usecases.print_document import SELF_TEST_QR

        assert core is not None  # noqa: S101  # only `test` prints it, and is given the till
        return SelfTest(core.store.queries.identity().shop, core.clock.now(), SELF_TEST_QR)

    return Workbench(lambda: load(settings_path()).language, datetime.astimezone, sample)


def _with(settings: Settings, place: str, profile: PrinterProfile) -> Settings:
    values: dict[str, Any] = {place: profile}
    return replace(settings, **values)


def _data(profile: PrinterProfile) -> dict[str, Any]:
    return {"profile": asdict(profile)}
