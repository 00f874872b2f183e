"""Owns the words of the command line and how a command is run: language, database, failures as sentences, exit code.

Never imports what one command alone needs: `comptoir --help` must answer at once.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from app.cli.archive_parser import add_archive_arguments, add_export_arguments, add_verify_arguments
from app.cli.closing_parser import add_close_arguments
from app.cli.connect_parser import add_connect_arguments
from app.cli.exception_parser import add_exceptions_arguments, add_outbox_arguments
from app.cli.gallery_command import add_gallery_arguments
from app.cli.guide_command import add_guide_arguments
from app.cli.invoice_parser import add_invoice_arguments
from app.cli.merchant_parser import add_attestation_arguments, add_merchant_arguments
from app.cli.operator_parser import add_operators_arguments
from app.cli.output import Answer, write
from app.cli.pickup_code_parser import add_pickup_code_arguments
from app.cli.practice_command import add_practice_arguments
from app.cli.print_parser import add_print_arguments
from app.cli.printer_parser import add_printer_arguments
from app.cli.rescue_parser import add_rescue_arguments
from app.domain.facts import LABEL_LENGTH, SENTENCE_LENGTH, WORD_LENGTH
from app.i18n import set_language, tr


def run(argv: Sequence[str]) -> int:
    """Parse and run one command. Wrong use ends with exit code 2 (argparse)."""
    from app.paths import settings_path
    from app.settings import SettingsError, load

    try:
        set_language(load(settings_path()).language)
    except SettingsError:
        set_language("fr")  # the command itself will say what is wrong with the file, where it needs it
    options = build_parser().parse_args(list(argv))
    return _run_command(options)


def _words(longest: int) -> Callable[[str], str]:
    """Reads what will be recorded and printed: one line of real characters, not endless."""

    def read(text: str) -> str:
        if len(text) > longest or not all(character.isprintable() for character in text):
            raise argparse.ArgumentTypeError(tr("at most {count} ordinary characters").format(count=longest))
        return text

    return read


def _place(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError(tr("name the place, for example shop"))
    return _words(WORD_LENGTH)(text)


def _bags(text: str) -> int:
    if not (text.isdecimal() and len(text) < 4):
        raise argparse.ArgumentTypeError(tr("a number from 0 to 999"))
    return int(text)


def _looked_up(text: str) -> str:
    """Reads what is only looked for; bytes that are no text become a character that nothing has."""
    return text.encode("utf-8", errors="replace").decode()


def _run_command(options: argparse.Namespace) -> int:
    from app.cli import commands
    from app.settings import SettingsError
    from app.ui.messages import describe_failure
    from app.usecases.ports import Unavailable

    command = getattr(commands, "run_" + options.command.replace("-", "_"))
    try:
        answer = command(options)
    except Unavailable as failure:
        answer = Answer(describe_failure(failure), reason=failure.reason)
    except SettingsError as failure:
        text = tr("The settings file cannot be used: {problem} Mend or remove it, then try again.")
        answer = Answer(text.format(problem=failure), reason="settings")
    except KeyboardInterrupt:
        answer = Answer(tr("Stopped."), reason="interrupted")
    except FileNotFoundError as failure:
        text = tr("The file {path} does not exist. Check its name.")
        answer = Answer(text.format(path=failure.filename), reason="no_such_file")
    except OSError as failure:
        if failure.filename is None:
            raise  # no file of the person's: a bug
        text = tr("The file {path} cannot be read. Check that it is a file and that you may read it.")
        answer = Answer(text.format(path=failure.filename), reason="unreadable_file")
    if answer is None:
        return 0
    if isinstance(answer, int):
        return answer
    return write(answer, options.command, as_json=options.as_json)


def build_parser() -> argparse.ArgumentParser:
    """Every command, its arguments and its help."""
    parser = argparse.ArgumentParser(
        prog="comptoir", description=tr("Comptoir, the shop's counter. Without a command: the window.")
    )
    parser.add_argument("--version", action="version", version=_version())
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", dest="as_json", action="store_true", help=tr("answer with one JSON object"))
    common.add_argument(
        "--database", type=Path, metavar="FILE", help=tr("the till's database (default: this person's)")
    )
    by_whom = argparse.ArgumentParser(add_help=False)
    by_whom.add_argument("--operator", type=_words(LABEL_LENGTH), default="", help=tr("who acts"))

    def command(name: str, help_text: str, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=help_text, description=help_text, parents=[common, *parents])

    pair = command("pair", tr("link this till to the shop's marketplace account"))
    pair.add_argument("code", type=_looked_up, help=tr("the 8 characters shown in the marketplace account"))
    pair.add_argument("--url", default="", help=tr("address of the marketplace (default: the settings')"))
    pair.add_argument("--name", type=_words(WORD_LENGTH), default="", help=tr("name of this till"))
    pair.add_argument(
        "--drawer-open",
        action="store_true",
        help=tr("link a till anew although its drawer is open: the cash passes to its new letter"),
    )

    connect_help = tr("link this till to a shop on another marketplace, or show the join code for its next till")
    add_connect_arguments(command("connect", connect_help))

    command("sync", tr("send what waits and fetch what is new, once"))
    command("reconcile", tr("compare this till with the marketplace, and mend what can be"))

    add_outbox_arguments(command("outbox", tr("what waits to be sent or was refused, and what to do with it"), by_whom))
    add_exceptions_arguments(command("exceptions", tr("what is disagreed on, and settling it"), by_whom))

    orders = command("orders", tr("list orders"))
    orders.add_argument("--list", dest="which", choices=["to_prepare", "ready", "today", "done"], default="to_prepare")
    orders.add_argument(
        "--find", type=_looked_up, default="", metavar="TEXT", help=tr("by name, number or spoken code")
    )

    ready = command("ready", tr("say that an order is ready"), by_whom)
    ready.add_argument("order", type=_looked_up, help=tr("order number, pickup code or spoken code"))
    ready.add_argument("--bags", type=_bags, default=1)
    ready.add_argument("--shelf", type=_words(WORD_LENGTH), default="")

    handover = command("handover", tr("hand an order over"), by_whom)
    handover.add_argument("code", type=_looked_up, help=tr("pickup code, spoken code or order number"))
    handover.add_argument(
        "--to", dest="handed_to", type=_words(LABEL_LENGTH), default="", help=tr("who came for it, if someone else")
    )
    handover.add_argument(
        "--override",
        dest="override_reason",
        type=_words(SENTENCE_LENGTH),
        default="",
        metavar="REASON",
        help=tr("hand over all the same"),
    )
    handover.add_argument("--of-age", action="store_true", help=tr("the proof of majority was seen"))
    handover.add_argument("--dry-run", action="store_true", help=tr("only say the verdict"))

    shown_help = tr("show the pickup code of an order to give it to its customer: slip, e-mail or page")
    add_pickup_code_arguments(command("pickup-code", shown_help))

    importing = command("import", tr("read a catalogue from a CSV file"), by_whom)
    importing.add_argument("file", type=Path)

    stock = command("stock", tr("show or change what is there"), by_whom)
    stock.add_argument("article", type=_looked_up, help=tr("bar code, article number or words of the name"))
    stock.add_argument("--receive", metavar="QUANTITY", help=tr("goods in: pieces, kg, litres or hours"))
    stock.add_argument("--counted", metavar="QUANTITY", help=tr("correct the level to what was counted"))
    stock.add_argument("--location", type=_place, default="shop")
    stock.add_argument("--note", type=_words(SENTENCE_LENGTH), default="")

    add_merchant_arguments(command("merchant", tr("show or change who the merchant is to the tax office"), by_whom))
    add_attestation_arguments(command("attestation", tr("write the attestation of conformity, to be signed"), by_whom))

    add_operators_arguments(command("operators", tr("show or change who may act at this till"), by_whom))

    add_archive_arguments(command("archive", tr("write the archive of a period, signed, with its verifier"), by_whom))
    add_export_arguments(command("export", tr("write lines, Z, journal or e-reporting of a period"), by_whom))
    add_verify_arguments(command("verify", tr("check that the ledger or an archive was not changed"), by_whom))

    invoice = command(
        "invoice", tr("make out the invoice of a ticket to a business (Factur-X), or write it again"), by_whom
    )
    add_invoice_arguments(invoice)

    add_close_arguments(command("close", tr("close the day, the month or the year; or only look"), by_whom))

    add_print_arguments(command("print", tr("put a paper into the print queue, by its number"), by_whom))

    printer_help = tr("find a printer, print its numbered chart, answer it, try it, pass its profile on")
    add_printer_arguments(command("printer", printer_help, by_whom))

    backup = command("backup", tr("copy the database, also while Comptoir runs"))
    backup.add_argument("target", type=Path, nargs="?")
    restore = command("restore", tr("put a copy back in place of the database (the present one is kept beside it)"))
    restore.add_argument("source", type=Path)
    rescue_help = tr("save what the marketplace was not told yet into a signed file, or take such a file in")
    add_rescue_arguments(command("rescue", rescue_help, by_whom))
    doctor = command("doctor", tr("check this till and say what to do"))
    doctor.add_argument("--online", action="store_true", help=tr("ask the marketplace too"))
    doctor.add_argument("--devices", action="store_true", help=tr("ask printers, display and scale too"))
    support = command("support", tr("write a file for whoever helps: no name, no amount, no secret"))
    support.add_argument("file", type=Path, metavar="FILE.zip")
    support.add_argument("--online", action="store_true", help=tr("ask the marketplace too"))
    told = tr("take what a window knows of its devices from the standard input")
    support.add_argument("--devices-from-stdin", action="store_true", help=told)
    command("devices", tr("ask printers, display and scale how they do, and say what to do"))

    add_guide_arguments(command("help", tr("the guide: its chapters; or its sheet for the first day as PDF")))

    add_gallery_arguments(command("gallery", tr("every widget of the screens in every state, for whoever draws them")))

    demo = command(
        "demo", tr("the demo shop with a marketplace and a printer on screen; without a display, the guided tour")
    )
    demo.add_argument("--tour", action="store_true", help=tr("the guided tour, off screen"))
    demo.add_argument("--output", type=Path, default=Path("demo-output"), help=tr("where the tour leaves its proof"))

    practice = command("practice", tr("the practice shop: ten guided minutes beside the real till, nothing is real"))
    add_practice_arguments(practice)

    market = command("marketplace", tr("run the reference marketplace server alone"))
    market.add_argument(
        "action", nargs="?", choices=["serve", "import-rescue"], default="serve", help=tr("default: serve")
    )
    market.add_argument("file", nargs="?", type=Path, help=tr("import-rescue: the rescue file of a till"))
    market.add_argument("--host", default="127.0.0.1")
    market.add_argument("--port", type=int, default=8480)
    market.add_argument(
        "--behind-proxy", action="store_true", help=tr("a proxy with TLS stands in front: listen beyond this machine")
    )
    market.add_argument(
        "--store",
        "--database-url",
        default="",
        metavar="URL",
        help=tr("its own database, a file or an SQLAlchemy address"),
    )
    market.add_argument("--demo-shop", action="store_true", help=tr("make the demo shop and print a pairing code"))
    market.add_argument("--faults", action="store_true", help=tr("allow the fault switch (practice and tests only)"))
    return parser


def _version() -> str:
    from app import __version__
    from app.domain.fiscal import FISCAL_VERSION

    return f"comptoir {__version__} (fiscal core {FISCAL_VERSION})"
