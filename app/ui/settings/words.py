"""Owns the wording of the settings screen. No Qt, no decision."""

from __future__ import annotations

from app.i18n import tr
from app.ui import messages
from app.ui.import_words import import_summary
from app.ui.settings.presenter import Section, SettingsNotice, SettingsState
from app.ui.style.tokens import Role

_BAD = frozenset(
    {
        SettingsNotice.NOT_SAVED,
        SettingsNotice.CODE_SHAPE,
        SettingsNotice.ADDRESS_SHAPE,
        SettingsNotice.FILE_TOO_LARGE,
        SettingsNotice.FAILED,
    }
)


_STOPPED = frozenset({SettingsNotice.IMPORT_STOPPED, SettingsNotice.BACKUP_STOPPED, SettingsNotice.NOTHING_TO_UNDO})


def section_words(section: Section) -> tuple[str, str]:
    """A sheet's name and icon."""
    return {
        Section.SHOP: (tr("Shop and till"), "store"),
        Section.PRINTER: (tr("Printer"), "printer"),
        Section.PAPERS: (tr("Papers"), "receipt-euro"),
        Section.DISPLAY: (tr("Display and language"), "sun"),
        Section.KEYS: (tr("Keys"), "keyboard"),
        Section.SCANNER: (tr("Scanner"), "scan-line"),
        Section.CAMERA: (tr("Camera"), "camera"),
        Section.LABELS: (tr("Scale labels"), "tag"),
        Section.COUNTER: (tr("Customer display, scale"), "scale"),
        Section.DEVICES: (tr("Devices"), "circle-check"),
        Section.CATALOGUE: (tr("Catalogue"), "upload"),
        Section.TEAM: (tr("Team"), "user"),
        Section.MERCHANT: (tr("Business"), "file-text"),
        Section.SITE: (tr("Other marketplace"), "link"),
        Section.DATA: (tr("Data and backup"), "hard-drive"),
    }[section]


def said_role(state: SettingsState) -> Role:
    if state.said is SettingsNotice.IMPORTED and state.report is not None:
        refused = state.report.file_refusal is not None or state.report.rows_refused > 0
        return Role.WARNING if refused else Role.SUCCESS
    if state.said in _STOPPED:
        return Role.INFO
    return Role.DANGER if state.said in _BAD else Role.SUCCESS


def said_words(state: SettingsState) -> str:
    """The sentence about what was done, or why it was not."""
    match state.said:
        case SettingsNotice.FAILED if isinstance(state.detail, Exception):
            return messages.describe_failure(state.detail)
        case SettingsNotice.IMPORTED if state.report is not None:
            return import_summary(state.report)
        case SettingsNotice.PAIRED if state.identity is not None:
            words = tr("Linked: {shop}, till {letter}. Orders and articles are coming down.")
            return words.format(shop=state.identity.shop.name, letter=state.identity.till_letter)
        case None:
            return ""
        case _:
            return _plain(state.said).format(detail=state.detail)


def _plain(said: SettingsNotice) -> str:
    return {
        SettingsNotice.SAVED: tr("Saved."),
        SettingsNotice.SAVED_FOR_NEXT_START: tr("Saved. It shows when Comptoir is started again."),
        SettingsNotice.UNDONE: tr("Taken back: it is as it was before."),
        SettingsNotice.NOTHING_TO_UNDO: tr("Nothing to take back on this page."),
        SettingsNotice.NOT_SAVED: tr("Not saved: {detail} cannot be written. Free some space or ask for the rights."),
        SettingsNotice.CODE_SHAPE: tr("The code has 8 letters and figures; it stands in your marketplace account."),
        SettingsNotice.ADDRESS_SHAPE: tr("The address begins with https://, as in your marketplace account."),
        SettingsNotice.TEST_SENT: tr("The test page is on its way. Check the accents, the euro sign and the cut."),
        SettingsNotice.NOTICE_SENT: tr("The notice is on its way. Put it up where people pay."),
        SettingsNotice.FILE_TOO_LARGE: tr("This file is far too large for a catalogue. Choose a CSV file."),
        SettingsNotice.IMPORT_STOPPED: tr("Stopped. Nothing of the file was taken: the catalogue is as it was."),
        SettingsNotice.BACKUP_STOPPED: tr("Stopped. No copy was left."),
        SettingsNotice.BACKED_UP: tr("Copied to {detail}. Keep a copy on another disk."),
        SettingsNotice.BUNDLED: tr("Written to {detail}. Send this file to whoever helps you."),
    }[said]


def wrong_words(field: str) -> str:
    """Why a value was refused, and what to type."""
    return {
        "host": tr("Type the printer's address, for example 192.168.1.50."),
        "port": tr("Between 1 and 65535; most printers use 9100."),
        "path": tr("Type the device or file, for example /dev/usb/lp0."),
        "width_columns": tr("Between 24 and 64: 48 on 80 mm paper, 32 on 58 mm."),
        "code_page_number": tr("Between 0 and 255; it stands in the printer's manual."),
        "max_gap_ms": tr("Between 5 and 1000 milliseconds."),
        "prefix": tr("At most 10 characters."),
        "min_length": tr("Between 1 and 25 characters."),
        "keep_customer_days": tr("Between 0 and 365 days."),
        "marketplace_url": tr("The address begins with https://."),
        "code": tr("8 letters and figures."),
    }.get(field, tr("This value cannot be used."))


def is_paired(state: SettingsState) -> bool:
    return state.identity is not None and bool(state.identity.shop_id)
