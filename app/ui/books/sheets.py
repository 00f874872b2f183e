"""Owns the sheets of the records page that ask for something: check, archive, exports, invoice, attestation. Decides
nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFileDialog, QListWidget, QWidget

from app.i18n import tr
from app.ui import work_words
from app.ui.books import words
from app.ui.books.check import CheckPresenter, CheckState
from app.ui.books.desk import BooksSurroundings
from app.ui.books.files import FilesPresenter, FilesState, Span
from app.ui.components.banner import VerdictBanner
from app.ui.components.buttons import Kind
from app.ui.components.fields import Field
from app.ui.components.layouts import column, scrolling
from app.ui.components.long_work import LongWorkBox
from app.ui.components.notice import NoticeBar
from app.ui.components.segments import Segments
from app.ui.components.text import NameLabel, label
from app.ui.merchant_words import attestation_words, refusal_words
from app.ui.messages import describe_failure
from app.ui.settings.merchant import MerchantNotice, MerchantPresenter, MerchantState
from app.ui.settings.sheet import in_row, sheet_button, titled
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Space, Type
from app.usecases.export_books import ExportKind
from app.usecases.make_attestation import AttestationRefusal


class BooksSheet(QWidget):
    """A title, a sentence, what is asked for in a column that scrolls; what can be done and what is said stay at the
    foot, so does the work under way."""

    def __init__(
        self, look: Look, title: str, sentence: str, actions: QWidget, *parts: QWidget, work: QWidget | None = None
    ) -> None:
        super().__init__()
        inner = column(
            label(title, Type.TITLE, strong=True),
            label(sentence, Type.BODY, Role.MUTED, wrap=True),
            *parts,
            None,
            gap=Space.NEAR,
        )
        self.notice = NoticeBar(look)
        foot = [work] if work is not None else []
        whole = column(scrolling(inner), *foot, actions, self.notice)
        whole.setStretch(0, 1)
        whole.setContentsMargins(0, 0, 0, 0)
        self.setLayout(whole)

    def say(self, said: tuple[str, Role]) -> None:
        if said[0]:
            self.notice.tell(*said)
        else:
            self.notice.hide()


class CheckSheet(BooksSheet):
    """Also a `CheckView` for its presenter."""

    def __init__(self, look: Look, around: BooksSurroundings) -> None:
        self.presenter = CheckPresenter(around, self)
        self.begin = sheet_button(look, tr("Check the ledger now"), "check-ledger", self._begin, Kind.MAIN, "play")
        self.printed = sheet_button(
            look, tr("Print the report"), "print-check", self.presenter.print_report, icon="printer"
        )
        self.every = QCheckBox(tr("Check every signature (slower)"))
        self.every.setAccessibleName(self.every.text())
        self.work = LongWorkBox(
            look,
            "check",
            tr("Check under way"),
            work_words.rows_words,
            work_words.check_meanwhile(),
            self.presenter.stop,
        )
        self.banner = VerdictBanner(look)
        self.found = QListWidget()
        self.found.setObjectName("check-findings")
        self.found.setAccessibleName(tr("What was found"))
        self.found.setWordWrap(True)
        self.found.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.found.setMinimumHeight(3 * 56)
        super().__init__(
            look,
            tr("Check of the ledger"),
            tr(
                "Every ticket, event and closure is read from the first one and held against its signature. You can go "
                "on selling meanwhile."
            ),
            in_row(self.begin, self.printed),
            self.every,
            self.banner,
            self.found,
            work=self.work,
        )
        self._report = None
        self.show_check(self.presenter.state)

    def show_check(self, state: CheckState) -> None:
        self.work.watch(state.work)
        report = state.report
        self.banner.setVisible(report is not None)
        self.printed.setVisible(report is not None)
        if report is not None and report is not self._report:
            self.banner.say(*words.report_verdict(report))
            self.found.clear()
            self.found.addItems(words.report_lines(report))
        self._report = report
        self.found.setVisible(report is not None and self.found.count() > 0)
        self.say(words.check_said(state))

    def close_down(self) -> None:
        self.work.close_down()
        self.presenter.stop()

    def _begin(self) -> None:
        self.presenter.begin(self.every.isChecked())


class FilesSheet(BooksSheet):
    """Period and folder; what archive and exports share. Also a `FilesView` for its presenter."""

    def __init__(
        self, look: Look, around: BooksSurroundings, name: str, title: str, sentence: str, *parts: QWidget
    ) -> None:
        self.presenter = FilesPresenter(around, self)
        self.span = Segments(look, [(span.value, words.span_words(span)) for span in Span], tr("Period"))
        self.span.setObjectName(f"{name}-span")
        self.first, self.last = Field(tr("From"), "01/11/2026"), Field(tr("To"), "30/11/2026")
        self.first.edit.setObjectName(f"{name}-first-day")
        self.last.edit.setObjectName(f"{name}-last-day")
        self._folder = NameLabel("", Type.BODY, strong=True)
        choose = sheet_button(look, tr("Another folder"), f"{name}-folder", self._choose_folder, icon="folder-open")
        self.open_folder = sheet_button(
            look, tr("Open the folder"), f"{name}-open", self.presenter.open_folder, icon="folder-open"
        )
        self.work = LongWorkBox(
            look,
            name,
            tr("Being written"),
            work_words.archive_words,
            work_words.file_meanwhile(),
            self.presenter.stop,
        )
        self._draft_no = -1
        super().__init__(
            look,
            title,
            sentence,
            in_row(parts[-1], choose, self.open_folder),
            *parts[:-1],
            titled(tr("Period"), self.span),
            in_row(self.first, self.last),
            titled(tr("Written to"), self._folder),
            work=self.work,
        )
        self.span.chosen.connect(lambda key: self.presenter.choose_span(Span(key)))
        self.show_files(self.presenter.state)

    def show_files(self, state: FilesState) -> None:
        if state.draft_no != self._draft_no:
            self._draft_no = state.draft_no
            self.first.set_text(_day_text(state.first_day))
            self.last.set_text(_day_text(state.last_day))
        self._folder.set_name(str(state.folder))
        self.work.watch(state.work)
        self.open_folder.setVisible(state.written is not None)
        self.say(words.files_said(state))

    def close_down(self) -> None:
        self.work.close_down()
        self.presenter.stop()

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, tr("Another folder"), str(self.presenter.state.folder))
        if folder:
            self.presenter.choose_folder(Path(folder))


class ArchiveSheet(FilesSheet):
    """The archive of a period."""

    def __init__(self, look: Look, around: BooksSurroundings) -> None:
        make = sheet_button(look, tr("Make the archive"), "make-archive", self._make, Kind.MAIN, "archive")
        super().__init__(
            look,
            around,
            "archive",
            tr("Archive"),
            tr(
                "One signed file with everything recorded in the period and the means to check it without Comptoir. "
                "Keep it ten years on another disk."
            ),
            make,
        )

    def _make(self) -> None:
        self.presenter.make_archive(self.first.text, self.last.text)


class ExportsSheet(FilesSheet):
    """Lines, Z, journal, e-reporting."""

    def __init__(self, look: Look, around: BooksSurroundings) -> None:
        self.kind = Segments(look, [(kind.value, words.export_words(kind)[0]) for kind in ExportKind], tr("Export"))
        self.kind.setObjectName("export-kind")
        self._told = label("", Type.BODY, wrap=True)
        make = sheet_button(look, tr("Export"), "make-export", self._make, Kind.MAIN, "download")
        super().__init__(
            look,
            around,
            "export",
            tr("Exports"),
            tr("For the accountant and the administration, of any period, without anybody's help."),
            self.kind,
            self._told,
            make,
        )
        self.kind.chosen.connect(lambda _key: self._tell())
        self._tell()

    def _tell(self) -> None:
        self._told.setText(words.export_words(ExportKind(self.kind.current))[1])

    def _make(self) -> None:
        self.presenter.make_export(ExportKind(self.kind.current), self.first.text, self.last.text)


class AttestationSheet(BooksSheet):
    """The individual attestation. Also a `MerchantView` for the presenter that makes it."""

    def __init__(self, look: Look, around: BooksSurroundings) -> None:
        self.presenter = MerchantPresenter(around.merchant, self)
        self._last = label("", Type.LEAD, wrap=True)
        self._last.setObjectName("books-attestation")
        make = sheet_button(
            look, tr("Make the attestation"), "books-attest", self.presenter.make_attestation, Kind.MAIN, "file-text"
        )
        self.open_page = sheet_button(
            look, tr("Open it"), "books-attestation-open", self.presenter.open_attestation, icon="folder-open"
        )
        super().__init__(
            look,
            tr("Attestation"),
            tr(
                "The law wants the shop to show, for this version, that its till cannot be tampered with. Print it, "
                "sign both parts, keep it where an inspector can be given it."
            ),
            in_row(make, self.open_page),
            self._last,
        )
        self.show_merchant(self.presenter.state)

    def show_merchant(self, state: MerchantState) -> None:
        if state.merchant is not None:
            self._last.setText(attestation_words(state.merchant, state.last_attestation))
        self.open_page.setVisible(state.attested_at is not None)
        self.say(_attestation_said(state))


def _attestation_said(state: MerchantState) -> tuple[str, Role]:
    match state.said:
        case AttestationRefusal():
            return refusal_words(state.said), Role.WARNING
        case MerchantNotice.ATTESTED:
            return tr("The attestation is written. Open it, print it, sign it."), Role.SUCCESS
        case Exception():
            return describe_failure(state.said), Role.DANGER
        case _:
            return "", Role.INFO


def _day_text(day: date) -> str:
    return day.strftime("%d/%m/%Y")


__all__: Sequence[str] = ("ArchiveSheet", "AttestationSheet", "BooksSheet", "CheckSheet", "ExportsSheet")
