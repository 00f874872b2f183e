"""Owns the merchant's sheet of the settings screen: the fields, what is wrong with them, the attestation. Decides
nothing.
"""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QScrollArea

from app.domain.merchant import Merchant, PrepaidOrders, VatRegime
from app.domain.rules_fr import to_recheck
from app.i18n import tr
from app.ui.components.buttons import Kind
from app.ui.components.fields import Field
from app.ui.components.segments import Segments
from app.ui.components.text import label, set_role
from app.ui.merchant_words import (
    attestation_words,
    problem_field,
    problem_words,
    recheck_words,
    refusal_words,
    regime_words,
    regimes_line,
)
from app.ui.messages import describe_failure
from app.ui.settings.merchant import (
    MerchantEntry,
    MerchantNotice,
    MerchantPresenter,
    MerchantState,
    MerchantSurroundings,
)
from app.ui.settings.presenter import SettingsState
from app.ui.settings.sheet import Sheet, in_row, sheet_button, titled
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Type
from app.usecases.make_attestation import AttestationRefusal


class MerchantSheet(Sheet):
    """Who the merchant is to the tax office. Also a `MerchantView` for its presenter."""

    def __init__(self, look: Look, around: MerchantSurroundings) -> None:
        self._around = around
        self.presenter = MerchantPresenter(around, self)
        self._build_fields(look)
        self.save = sheet_button(look, tr("Save"), "merchant-save", self._save, Kind.MAIN)
        self.attest = sheet_button(
            look, tr("Make the attestation"), "merchant-attest", self.presenter.make_attestation, icon="file-text"
        )
        self.open_page = sheet_button(
            look, tr("Open it"), "merchant-open", self.presenter.open_attestation, icon="folder-open"
        )
        self._said = label("", Type.BODY, strong=True, wrap=True)
        self._said.setObjectName("merchant-said")
        self._attestation = label("", Type.BODY, Role.MUTED, wrap=True)
        self._attestation.setObjectName("merchant-attestation")
        self._recheck = label("", Type.BODY, Role.WARNING, wrap=True)
        self._draft_no = -1
        super().__init__(
            tr("Business"),
            tr("Who sells here, for the tickets, the closures and the tax office. Tickets already made keep theirs."),
            in_row(self.legal_name, self.legal_form),
            in_row(self.siret, self.vat_number),
            self.rcs,
            in_row(self.street, self.town),
            titled(tr("VAT"), self.regime),
            self._regimes,
            self.since,
            in_row(self.cutoff_hour, self.month),
            titled(tr("Orders paid on line are sold"), self.prepaid),
            self.sundays,
            self._said,
            in_row(self.save, self.attest, self.open_page),
            self._attestation,
            self._recheck,
        )
        self.show_merchant(self.presenter.state)

    def _build_fields(self, look: Look) -> None:
        self.legal_name = Field(tr("Legal name"), "")
        self.legal_form = Field(tr("Legal form"), "SARL, EI, SAS…")
        self.siret = Field("SIRET", "732 829 320 00074")
        self.vat_number = Field(tr("VAT number"), "FR44 732829320", tr("Empty if there is none."))
        self.rcs = Field(tr("Register"), "RCS Lille")
        self.street = Field(tr("Street"), "")
        self.town = Field(tr("Postcode and town"), "")
        self.regime = Segments(look, [(regime.value, regime_words(regime)) for regime in VatRegime], tr("VAT"))
        self._regimes = label("", Type.CAPTION, Role.MUTED, wrap=True)
        self.since = Field(tr("Holds from"), "01/03/2026", tr("Only when the VAT regime changes."))
        self.cutoff_hour = Field(
            tr("The day ends at (hour)"), "4", tr("Sales after midnight belong to the evening before.")
        )
        self.month = Field(tr("Fiscal year begins in month"), "1")
        self.prepaid = Segments(
            look,
            [
                (PrepaidOrders.MARKETPLACE.value, tr("By the marketplace")),
                (PrepaidOrders.TILL.value, tr("By this till")),
            ],
            tr("Orders paid on line are sold"),
        )
        self.sundays = QCheckBox(tr("Meal vouchers also on Sundays and public holidays"))
        self.sundays.setAccessibleName(self.sundays.text())
        self._fields = {
            "legal_name": self.legal_name,
            "legal_form": self.legal_form,
            "siret": self.siret,
            "vat_number": self.vat_number,
            "rcs": self.rcs,
            "street": self.street,
            "town": self.town,
            "regime_since": self.since,
            "cutoff_hour": self.cutoff_hour,
            "fiscal_year_start_month": self.month,
        }
        for name, field in self._fields.items():
            field.edit.setObjectName(f"merchant-{name}")
            field.entered.connect(lambda _text: self._save())
        self.regime.setObjectName("merchant-regime")
        self.prepaid.setObjectName("merchant-prepaid")
        self.sundays.setObjectName("merchant-sundays")

    def show_state(self, state: SettingsState) -> None:
        """The other sheets' state says nothing of this one."""

    def show_merchant(self, state: MerchantState) -> None:
        """The `MerchantView`."""
        if state.draft_no != self._draft_no:
            self._draft_no = state.draft_no
            self._fill(state.proposed)
        for button in (self.save, self.attest):
            button.setEnabled(state.merchant is not None and not state.busy)
        self.open_page.setVisible(state.attested_at is not None)
        kept = state.merchant or Merchant()
        self._regimes.setText(regimes_line(kept.regimes))
        self._regimes.setVisible(bool(kept.regimes))
        self._attestation.setText(attestation_words(kept, state.last_attestation))
        recheck = recheck_words(to_recheck(self._around.today()))
        self._recheck.setText(recheck)
        self._recheck.setVisible(bool(recheck))
        self._say(state)

    def _say(self, state: MerchantState) -> None:
        said = _said_words(state)
        self._said.setText(said)
        self._said.setVisible(bool(said))
        good = not state.problems and state.said in (MerchantNotice.SAVED, MerchantNotice.ATTESTED)
        set_role(self._said, Role.SUCCESS if good else Role.DANGER)
        wrong = {problem_field(problem): problem_words(problem) for problem in state.problems}
        if state.said is MerchantNotice.SINCE_NOT_A_DAY:
            wrong["regime_since"] = tr("Write the day like 01/03/2026.")
        for name, field in self._fields.items():
            if name in wrong:
                field.refuse(wrong[name])
            else:
                field.accept()
        first = next((field for name, field in self._fields.items() if name in wrong), None)
        if first is not None:
            first.edit.setFocus()
            self.findChild(QScrollArea).ensureWidgetVisible(first)  # only Tab makes it scroll by itself

    def _fill(self, merchant: Merchant) -> None:
        *street, town = merchant.address_lines if len(merchant.address_lines) > 1 else (*merchant.address_lines, "")
        texts = {
            "legal_name": merchant.legal_name,
            "legal_form": merchant.legal_form,
            "siret": merchant.siret,
            "vat_number": merchant.vat_number,
            "rcs": merchant.rcs,
            "street": ", ".join(street),
            "town": town,
            "regime_since": "",
            "cutoff_hour": str(merchant.cutoff_hour),
            "fiscal_year_start_month": str(merchant.fiscal_year_start_month),
        }
        for name, text in texts.items():
            self._fields[name].set_text(text)
        self.regime.choose(merchant.regime_on(self._around.today()).value)
        self.prepaid.choose(merchant.prepaid_orders.value)
        self.sundays.setChecked(merchant.meal_voucher_sundays)

    def _save(self) -> None:
        today = self._around.today()
        regime = VatRegime(self.regime.current)
        kept = self.presenter.state.merchant or Merchant()
        since = self.since.text or ("" if kept.regime_on(today) is regime else f"{today:%d/%m/%Y}")
        self.presenter.save(
            MerchantEntry(
                legal_name=self.legal_name.text,
                legal_form=self.legal_form.text,
                siret=self.siret.text,
                vat_number=self.vat_number.text,
                rcs=self.rcs.text,
                address=(self.street.text, self.town.text),
                regime=regime,
                since=since,
                cutoff_hour=self.cutoff_hour.text,
                fiscal_year_start_month=self.month.text,
                prepaid_orders=PrepaidOrders(self.prepaid.current),
                meal_voucher_sundays=self.sundays.isChecked(),
            )
        )


def _said_words(state: MerchantState) -> str:
    match state.said:
        case _ if state.problems:
            return tr("Not saved: see the fields in red.")
        case MerchantNotice.SAVED:
            return tr("Saved.")
        case MerchantNotice.ATTESTED:
            return tr("Written to {path}. Print it; it is void until both parts are signed by hand.").format(
                path=state.attested_at
            )
        case MerchantNotice.SINCE_NOT_A_DAY:
            return tr("Not saved: see the fields in red.")
        case AttestationRefusal() as refusal:
            return refusal_words(refusal)
        case Exception() as error:
            return describe_failure(error)
        case _:
            return ""
