"""Owns the wording of setting a printer up. No Qt, no decision."""

from __future__ import annotations

from app.i18n import tr
from app.settings import PrinterProfile, SettingsError, SettingsNewer, SettingsNotWritten
from app.ui.messages import describe_failure
from app.ui.settings.printer import PrinterSaid, PrinterState, Step
from app.ui.style.tokens import Role
from app.usecases.ports import PrinterUnavailable
from app.usecases.set_up_printer import PLAIN, FoundBy, FoundPrinter, PrinterPlace

_GOOD = frozenset(
    {
        PrinterSaid.CHART_SENT,
        PrinterSaid.SAMPLE_SENT,
        PrinterSaid.EXPORTED,
        PrinterSaid.IMPORTED,
        PrinterSaid.SENSOR_LEARNED,
        PrinterSaid.LOGO_KEPT,
        PrinterSaid.LOGO_GONE,
    }
)


def place_words(place: PrinterPlace) -> str:
    return {
        PrinterPlace.TICKETS: tr("Tickets"),
        PrinterPlace.PREPARATION: tr("Preparation"),
        PrinterPlace.FALLBACK: tr("Stand-in"),
    }[place]


def place_hint(place: PrinterPlace) -> str:
    """What the printer of this place prints."""
    return {
        PrinterPlace.TICKETS: tr("Prints tickets, and whatever has no printer of its own."),
        PrinterPlace.PREPARATION: tr("Prints preparation lists and bag labels. None: the ticket printer does."),
        PrinterPlace.FALLBACK: tr("Takes over what the ticket printer surely did not print. None: it waits."),
    }[place]


def transport_words(transport: str) -> str:
    return {
        "screen": tr("On screen"),
        "pdf": tr("PDF files"),
        "network": tr("Network"),
        "file": tr("USB or file"),
        "serial": tr("Serial line"),
        "cups": tr("Queue of this computer"),
        "windows": tr("Windows queue"),
        "none": tr("None"),
    }[transport]


def where_words(profile: PrinterProfile) -> str:
    """Where it is, as people would write it down."""
    match profile.transport:
        case "network":
            return profile.host if profile.port == 9100 else f"{profile.host}:{profile.port}"
        case "serial":
            return tr("{port}, {speed} baud").format(port=profile.path, speed=profile.baud_rate)
        case "file" | "pdf":
            return profile.path
        case "cups" | "windows":
            return profile.queue
        case _:
            return ""


def kept_words(profile: PrinterProfile) -> str:
    """The printer of a place in one line."""
    parts = [transport_words(profile.transport), where_words(profile)]
    if profile.name and profile.name not in (profile.transport, *parts):
        parts.insert(0, profile.name)
    return " · ".join(part for part in parts if part)


def traits_words(profile: PrinterProfile) -> str:
    """What was found out about it."""
    letters = tr("letters without accents") if profile.code_page == PLAIN else tr("accents and €")
    if profile.code_page in ("cp850", "cp437"):
        letters = tr("accents, EUR for €")
    parts = [
        tr("{columns} characters a line").format(columns=profile.width_columns),
        letters,
        tr("cuts the paper") if profile.has_cutter else tr("paper torn by hand"),
        tr("draws codes itself") if profile.has_native_qr else tr("codes are drawn for it"),
    ]
    if profile.open_drawer:
        parts.append(tr("opens the drawer"))
    if profile.logo != "none":
        parts.append(tr("logo left out: slow line") if profile.sends_logo_slowly else tr("logo on tickets"))
    return " · ".join(parts)


def found_words(found: FoundPrinter) -> tuple[str, str]:
    """Name and place of one that was found."""
    by = {
        FoundBy.USB: tr("USB"),
        FoundBy.NETWORK: tr("Network"),
        FoundBy.QUEUE: tr("Queue of this computer"),
        FoundBy.SERIAL: tr("Serial line"),
    }[found.by]
    unnamed = tr("Ticket printer") if found.is_ticket_printer else tr("Perhaps a printer")
    return found.name or unnamed, f"{by} · {found.where}"


def search_words(state: PrinterState) -> str:
    if state.searching and state.of_addresses:
        return tr("Looking: {tried} of {all} addresses").format(tried=state.tried, all=state.of_addresses)
    if state.searching:
        return tr("Looking on this computer…")
    if state.found:
        return tr("Choose yours, then press Enter.")
    return tr(
        "None found. Is it on, with paper, its cable plugged in? A printer on Wi-Fi or network must be on the same "
        "box as this computer. Or type its address by hand."
    )


def question_words(step: Step) -> tuple[str, str]:
    """A step's question and what to look at."""
    return {
        Step.SEARCH: (tr("Look for a printer"), ""),
        Step.CHART: (
            tr("Print the chart"),
            tr("A strip of about 25 cm with four numbered questions. It tells the till what this printer can do."),
        ),
        Step.LETTERS: (
            tr("1. Which is the first line that reads right?"),
            tr("Like the line ticked here, accents and all. Lines 14 to 16 say EUR for €: only if no other is right."),
        ),
        Step.WIDTH: (
            tr("2. Which is the largest number at the end of a whole line?"),
            tr("On longer ones the number has slipped to the next line."),
        ),
        Step.CODE: (
            tr("3. Which code can be scanned?"),
            tr(
                "Scan A with your scanner or camera, if you have one; if it does not beep, scan B. Or say what you see."
            ),
        ),
        Step.CUT: (tr("4. Did the printer cut the paper?"), tr("Right below the last question.")),
        Step.DRAWER: (
            tr("Is a cash drawer plugged into this printer?"),
            tr("Its cable looks like a telephone’s. The till opens it on a payment in cash."),
        ),
        Step.OPENED: (tr("Did the drawer open?"), tr("If it did not, the other wire of its cable is tried.")),
        Step.SHUT: (
            tr("Now shut the drawer"),
            tr("The till learns from it whether the drawer stands open."),
        ),
        Step.DONE: (tr("It is set up"), tr("Print a sample and look at accents, euro sign, width and code.")),
    }[step]


def said_role(state: PrinterState) -> Role:
    if state.said in (PrinterSaid.MAYBE_PRINTED, PrinterSaid.NO_SENSOR):
        return Role.WARNING
    return Role.SUCCESS if state.said in _GOOD else Role.DANGER


def said_words(state: PrinterState) -> str:
    """The sentence about what was done, or why it was not."""
    said = state.said
    if said is None:
        return ""
    if isinstance(said, SettingsError):
        return file_refusal(said)
    if isinstance(said, PrinterUnavailable):
        return set_up_failure(said.reason)
    if isinstance(said, OSError):
        return tr("This file cannot be read or kept. Check that it is there and that the disk is not full.")
    if isinstance(said, PrinterSaid):
        return _plain(said).format(detail=state.detail)
    return describe_failure(said)


def set_up_failure(reason: str) -> str:
    """Why the chart, the sample or the drawer did nothing, and what to do."""
    return {
        "absent": tr("It cannot be reached. Check that it is on and plugged in, then try again."),
        "refused": tr("It is taken: another program or till is using it. Close that one, then try again."),
        "timeout": tr("It does not answer. Switch it off and on, wait ten seconds, then try again."),
        "paper_out": tr("It has no paper. Put in a roll, then try again."),
        "cover_open": tr("Its cover is open. Close it, then try again."),
        "jammed": tr("It is jammed. Switch it off, clear paper and cutter, switch it on, then try again."),
        "offline": tr("It is off line. Press its button, then try again."),
        "unknown": tr("It stopped answering half-way. Look at the paper: if the end is missing, try again."),
        "not_live": tr("A queue may open the drawer hours later, so it is never told to. Choose the printer itself."),
        "no_printer": tr("This needs a printer of paper: look for one first."),
    }.get(reason, tr("It does not work. Check its cable and its paper, then try again."))


def file_refusal(error: SettingsError) -> str:
    """Why a profile's file was not taken or written."""
    match error:
        case SettingsNewer():
            return tr("This file is of a newer Comptoir. Bring this one up to date first.")
        case SettingsNotWritten():
            return tr("{file} cannot be written. Choose another folder.").format(file=error.path)
        case _ if getattr(error, "field", "") not in ("", "comptoir_printer"):
            words = tr("In this file “{field}” is wrong. Export it again at the till where it works.")
            return words.format(field=getattr(error, "field", ""))
        case _:
            return tr("This is no printer’s profile of Comptoir. Choose the file that “Export” made.")


def _plain(said: PrinterSaid) -> str:
    return {
        PrinterSaid.CHART_SENT: tr("The chart is out. Take it in hand."),
        PrinterSaid.MAYBE_PRINTED: tr(
            "The printer stopped answering half-way. If the chart is out to its end, go on; else print it again."
        ),
        PrinterSaid.SAMPLE_SENT: tr("The sample is out. If something on it is wrong, print the chart again."),
        PrinterSaid.EXPORTED: tr("Written to {detail}. Import it at the other till."),
        PrinterSaid.IMPORTED: tr("Taken in: {detail}. Print a sample to be sure."),
        PrinterSaid.NO_SUCH_LINE: tr("Type a number that stands on the chart, 1 to 16, or press “No line is right”."),
        PrinterSaid.NO_SUCH_WIDTH: tr("Type a number of the ruler: 24, 28, 30, 32 and so on up to 64."),
        PrinterSaid.OTHER_CODE: tr("That was another code. Scan A or B of the chart."),
        PrinterSaid.NO_RIGHT: tr(
            "This person may not use {detail}. Ask whoever looks after the computer for the right to printers."
        ),
        PrinterSaid.NO_SENSOR: tr("Its drawer does not tell whether it is open."),
        PrinterSaid.LOGO_KEPT: tr("Tickets carry the logo now. Print a test page to see it."),
        PrinterSaid.LOGO_TOO_SLOW: tr(
            "Tickets leave the logo out: on this slow line each would wait seconds for it. Put it in the printer, or "
            "choose a faster speed."
        ),
        PrinterSaid.LOGO_GONE: tr("Tickets carry no logo any more."),
        PrinterSaid.NO_PICTURE: tr("This is no picture, or larger than 4 MB. Choose a PNG or JPEG file."),
        PrinterSaid.SENSOR_LEARNED: tr("The till now knows when the drawer stands open."),
    }[said]
