"""Owns where the texts of papers made on demand come from, and what the sheet that shows papers is given. Never fills
one in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.paths import resources_dir
from app.usecases.make_attestation import AttestationTexts

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.bootstrap.window import Assembly
    from app.domain.receipt import Printable
    from app.printing.lines import PrintLine
    from app.settings import Settings
    from app.ui.settings.papers import PapersSurroundings


def attestation_texts() -> AttestationTexts:
    """The attestation's page and its two sentences, from the resources of this Comptoir."""
    folder = resources_dir() / "attestation"
    page, at_till, elsewhere = (
        (folder / name).read_text(encoding="utf-8").strip()
        for name in ("attestation_fr.html", "prepaid_at_till.txt", "prepaid_elsewhere.txt")
    )
    return AttestationTexts(page, at_till, elsewhere)


def papers_surroundings(assembly: Assembly, core: Core) -> PapersSurroundings:
    """All that the sheet needs; papers are laid out as the printer's code page and language have it."""
    from app.printing.qr import qr_modules
    from app.ui.settings.papers import PapersSurroundings

    return PapersSurroundings(
        counter=core.counter,
        queries=core.store.queries,
        runner=assembly.runner,
        settings=lambda: assembly.settings,
        lay_out=_laid_out,
        qr_modules=qr_modules,
    )


def _laid_out(document: Printable, columns: int, settings: Settings) -> Sequence[PrintLine]:
    from app.printing.folding import fold_for
    from app.printing.layout import lay_out

    fold = fold_for(settings.printer.code_page)
    return lay_out(document, columns, settings.language, fold=fold, local_time=lambda moment: moment.astimezone())
