"""Owns the sheets of the settings screen: the fields of each and how a state fills them. Decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QListWidget

from app.domain.abilities import Ability
from app.i18n import tr
from app.ui import work_words
from app.ui.components.buttons import Kind
from app.ui.components.fields import Field
from app.ui.components.long_work import LongWorkBox
from app.ui.components.text import label
from app.ui.import_words import row_refusal
from app.ui.link_words import missing_words
from app.ui.settings import words
from app.ui.settings.camera_sheet import CameraSheet
from app.ui.settings.counter_sheet import CounterSheet
from app.ui.settings.devices_sheet import DevicesSheet
from app.ui.settings.display_sheet import DisplaySheet
from app.ui.settings.keys_sheet import KeysSheet
from app.ui.settings.labels_sheet import LabelsSheet
from app.ui.settings.papers_sheet import PapersSheet
from app.ui.settings.presenter import Job, Section, SettingsPresenter, SettingsState, SettingsSurroundings
from app.ui.settings.printer_sheet import PrinterSheet
from app.ui.settings.scanner_sheet import ScannerSheet
from app.ui.settings.sheet import Sheet, in_row, refuse_if_wrong, sheet_button, titled
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Type
from app.usecases.connector_kinds import abilities_of


class ShopSheet(Sheet):
    """Who we are, and the link to the marketplace."""

    def __init__(
        self,
        look: Look,
        presenter: SettingsPresenter,
        to_finish: Callable[[], str],
        practice: Callable[[], None] | None = None,
    ) -> None:
        """Args: to_finish: what the set-up lacks, in words; "" where there is no set-up or nothing is left of it;
        practice: opens the practice shop, None where there is no way to it."""
        self._presenter = presenter
        self._to_finish = to_finish
        self._left = label("", Type.BODY, Role.WARNING, wrap=True)
        self._left.setObjectName("set-up-left")
        self.finish = sheet_button(look, tr("Finish the set-up"), "finish-set-up", presenter.finish_set_up)
        self.practice = sheet_button(
            look, tr("Practise in an example shop"), "open-practice", practice or (lambda: None), icon="play"
        )
        self._practice_words = label(
            tr("Ten guided minutes, in a window of its own: the network fails, an order comes twice. Nothing is real."),
            Type.BODY,
            Role.MUTED,
            wrap=True,
        )
        self._who = label("", Type.LEAD, strong=True, wrap=True)
        self._where = label("", Type.BODY, Role.MUTED, wrap=True)
        self.address = Field(tr("Marketplace address"), "https://")
        self.code = Field(tr("Pairing code"), "ABCD 2345", tr("8 characters, shown in your marketplace account"))
        self.till_name = Field(tr("Name of this till"), tr("Till 1"))
        for field, name in ((self.address, "pair-address"), (self.code, "pair-code"), (self.till_name, "pair-name")):
            field.edit.setObjectName(name)
        self.code.edit.setMaxLength(20)
        self.pair = sheet_button(look, tr("Link this till"), "pair", self._pair, Kind.MAIN, "link")
        self._busy = label("", Type.BODY, Role.INFO)
        self._filled = False
        super().__init__(
            tr("Shop and till"),
            tr("Linked to the marketplace, the till receives orders and the shop's articles. It sells without it too."),
            self._who,
            self._where,
            self.address,
            self.code,
            self.till_name,
            in_row(self.pair, self._busy),
            self._left,
            in_row(self.finish),
            self._practice_words,
            in_row(self.practice),
        )
        for part in (self._practice_words, self.practice):
            if practice is None:
                part.hide()
        self.code.entered.connect(lambda _text: self._pair())

    def show_state(self, state: SettingsState) -> None:
        identity = state.identity
        paired = words.is_paired(state)
        self._who.setText(
            tr("{shop}, till {letter}").format(shop=identity.shop.name, letter=identity.till_letter)
            if identity is not None and paired
            else tr("This till is not linked yet.")
        )
        address = " · ".join((*identity.shop.address_lines, identity.shop.siret)) if identity is not None else ""
        self._where.setText(address)
        self._where.setVisible(bool(address.strip(" ·")) and paired)
        if not self._filled and identity is not None:
            self._filled = True
            self.address.set_text(state.settings.marketplace_url or identity.marketplace_url)
            self.till_name.set_text(state.settings.till_name or identity.till_name)
        busy = Job.PAIRING in state.busy
        self.pair.setEnabled(not busy)
        self.pair.set_text(tr("Link again") if paired else tr("Link this till"))
        self._busy.setText(tr("Asking the marketplace…") if busy else "")
        left = self._to_finish()
        self._left.setText(left)
        self._left.setVisible(bool(left))
        self.finish.setVisible(bool(left))
        refuse_if_wrong(state, {"marketplace_url": self.address, "code": self.code})

    def _pair(self) -> None:
        self._presenter.pair(self.address.text, self.code.text, self.till_name.text)


class CatalogueSheet(Sheet):
    """Import of a CSV file: progress while it runs, then every refused row with its reason."""

    def __init__(self, look: Look, presenter: SettingsPresenter) -> None:
        self._presenter = presenter
        self.choose = sheet_button(look, tr("Choose a CSV file"), "import-file", self._choose, Kind.MAIN, "folder-open")
        self.work = LongWorkBox(
            look,
            "import",
            tr("Import under way"),
            work_words.import_words,
            work_words.import_meanwhile(),
            presenter.stop_import,
        )
        self._refused = QListWidget()
        self._refused.setObjectName("refused-rows")
        self._refused.setAccessibleName(tr("Rows that were refused"))
        self._refused.setWordWrap(True)
        self._refused.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._refused.setMinimumHeight(4 * 56)
        self._heading = label("", Type.BODY, strong=True)
        self._report = None
        self._on_site = label(missing_words(Ability.PRODUCT_CHANGES), Type.BODY, Role.WARNING, wrap=True)
        self._on_site.setObjectName("import-on-site")
        super().__init__(
            tr("Catalogue"),
            tr(
                "First line: the columns’ names (nom;prix;tva;code…), in French or English. Importing again updates; "
                "a refused row stops none of the others."
            ),
            self._on_site,
            in_row(self.choose),
            self.work,
            self._heading,
            self._refused,
        )

    def show_state(self, state: SettingsState) -> None:
        busy = Job.IMPORTING in state.busy
        self._on_site.setVisible(Ability.PRODUCT_CHANGES not in abilities_of(state.linked.kind))
        self.choose.setEnabled(not busy)
        self.work.watch(state.importing)
        if state.report is not self._report:
            self._report = state.report
            self._show_refused(state)
        shown = self._refused.count() > 0
        self._heading.setVisible(shown)
        self._refused.setVisible(shown)

    def stop(self) -> None:
        self.work.close_down()

    def _show_refused(self, state: SettingsState) -> None:
        self._refused.clear()
        refused = state.report.refused if state.report is not None else ()
        for refusal in refused:
            self._refused.addItem(
                tr("Line {number}: {reason}").format(number=refusal.line_no, reason=row_refusal(refusal))
            )
        if state.report is not None:
            self._heading.setText(tr("{count} refused rows").format(count=state.report.rows_refused))

    def _choose(self) -> None:
        name, _kind = QFileDialog.getOpenFileName(self, tr("Choose a CSV file"), "", "CSV (*.csv *.txt *.tsv);;* (*)")
        if name:
            self._presenter.import_file(Path(name))


class DataSheet(Sheet):
    """Where the data are, the copy, customers' data, the key store."""

    def __init__(self, look: Look, presenter: SettingsPresenter, around: SettingsSurroundings) -> None:
        self._presenter = presenter
        self._around = around
        place = label(around.database, Type.BODY, strong=True, wrap=True)
        place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        place.setAccessibleName(around.database)
        self.backup = sheet_button(look, tr("Copy now"), "backup-now", presenter.back_up, Kind.MAIN, "copy")
        self.work = LongWorkBox(
            look,
            "backup",
            tr("Copy under way"),
            work_words.copy_words,
            work_words.copy_meanwhile(),
            presenter.stop_backup,
        )
        self.days = Field(
            tr("Keep customers' names for (days)"), "30", tr("Counted from the end of the pickup period.")
        )
        self.days.edit.setObjectName("keep-days")
        self.bundle = sheet_button(look, tr("File for support…"), "write-bundle", self._choose_folder, icon="file-text")
        self._bundling = label("", Type.BODY, Role.INFO)
        self._secrets = label("", Type.BODY, wrap=True)
        self._secrets.setObjectName("secrets-note")
        super().__init__(
            tr("Data and backup"),
            tr("Everything is on this computer. A copy can be made while selling."),
            titled(tr("Database"), place),
            in_row(self.backup),
            self.work,
            self.days,
            titled(tr("Keys of this till"), self._secrets),
            titled(
                tr("Somebody is to help you"),
                label(
                    tr(
                        "One file with the check-up of this till, versions, settings and the journals of the program. "
                        "No customer's name, no amount, no key, nothing that was typed."
                    ),
                    Type.BODY,
                    wrap=True,
                ),
            ),
            in_row(self.bundle, self._bundling),
        )
        self.days.entered.connect(self._save_days)
        self.days.edit.editingFinished.connect(lambda: self._save_days(self.days.text))

    def show_state(self, state: SettingsState) -> None:
        busy = Job.BACKING_UP in state.busy
        self.backup.setEnabled(not busy)
        self.work.watch(state.copying)
        bundling = Job.BUNDLING in state.busy
        self.bundle.setEnabled(not bundling)
        self._bundling.setText(tr("One moment…") if bundling else "")
        if not self.days.edit.hasFocus():
            self.days.set_text(str(state.settings.keep_customer_days))
        self._secrets.setText(
            tr("In a protected file, because this computer has no key store: the weaker way. Keep the computer locked.")
            if self._around.weaker_way()
            else tr("In the computer's key store.")
        )
        refuse_if_wrong(state, {"keep_customer_days": self.days})

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, tr("File for support…"), str(Path.home()))
        if folder:
            self._presenter.write_bundle(Path(folder))

    def _save_days(self, text: str) -> None:
        days = int(text) if text.isdigit() and len(text) < 5 else -1
        if days != self._presenter.state.settings.keep_customer_days:
            self._presenter.set_values(keep_customer_days=days)


def sheet_makers(
    look: Look, presenter: SettingsPresenter, around: SettingsSurroundings
) -> Mapping[Section, Callable[[], Sheet]]:
    """What makes each sheet that the settings' own presenter serves."""
    return {
        Section.SHOP: lambda: ShopSheet(look, presenter, around.to_finish, around.practice),
        Section.PRINTER: lambda: PrinterSheet(look, presenter, around.printer),
        Section.PAPERS: lambda: PapersSheet(look, around.papers),
        Section.DISPLAY: lambda: DisplaySheet(look, presenter, around.display),
        Section.KEYS: lambda: KeysSheet(look, presenter, around.keys),
        Section.SCANNER: lambda: ScannerSheet(look, presenter, around.scanner),
        Section.CAMERA: lambda: CameraSheet(look, presenter, around.camera),
        Section.LABELS: lambda: LabelsSheet(look, presenter, around),
        Section.COUNTER: lambda: CounterSheet(look, presenter, around.devices),
        Section.DEVICES: lambda: DevicesSheet(look, presenter, around.devices),
        Section.CATALOGUE: lambda: CatalogueSheet(look, presenter),
        Section.DATA: lambda: DataSheet(look, presenter, around),
    }
