"""Owns the sheet of the settings screen that links this till to a marketplace nobody here wrote: its fields, what that
marketplace cannot do, the join code. Decides nothing.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QLineEdit, QScrollArea, QWidget

from app.domain.join_code import in_groups, looks_like_join_code, write_join_code
from app.i18n import tr
from app.ui.components.buttons import Kind
from app.ui.components.fields import Field
from app.ui.components.qr_picture import QrPicture
from app.ui.components.segments import Segments
from app.ui.components.text import label, set_role
from app.ui.link_words import field_hint, field_label, kind_name, missing_sentences
from app.ui.settings.presenter import SettingsState
from app.ui.settings.sheet import Sheet, in_row, sheet_button, titled
from app.ui.settings.site import SiteEntry, SitePresenter, SiteState, SiteSurroundings
from app.ui.settings.site_words import said_role, said_words
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Type
from app.usecases.connector_kinds import LINKABLE, LinkField, fields_of
from app.usecases.connector_ports import Linked, MarketplaceKind

_JOIN_CODE_SHOWN_MS = 120_000


class SiteSheet(Sheet):
    """Also a `SiteView` for its presenter."""

    def __init__(self, look: Look, around: SiteSurroundings) -> None:
        self._around = around
        self._build_fields(look)
        self._build_join_code(look)
        self.presenter = SitePresenter(around, self)
        self._said = label("", Type.BODY, strong=True, wrap=True)
        self._said.setObjectName("site-said")
        self._missing = label("", Type.BODY, Role.MUTED, wrap=True)
        self._missing.setObjectName("site-missing")
        self.try_it = sheet_button(look, tr("Try it"), "site-try", self._try)
        self.link = sheet_button(look, tr("Link this till"), "site-link", self._link, Kind.MAIN, "link")
        self._draft_no = -1
        super().__init__(
            tr("Other marketplace"),
            tr(
                "For a shop whose web site is no town marketplace of Comptoir. What opens the site is kept in this "
                "computer's key store."
            ),
            *([titled(tr("Kind of site"), self.kinds)] if len(LINKABLE) > 1 else []),
            self.address,
            *self._rows,
            in_row(self.shop_name, self.till_name, self.letter),
            self.only_till,
            self.join_code,
            self.new_key,
            in_row(self.try_it, self.link),
            self._said,
            titled(tr("What the site cannot do, and what is done instead"), self._missing),
            titled(tr("The shop's next till"), self._join_words),
            in_row(self.show_code),
            self._join_text,
            self._join_picture,
        )
        self.show_site(self.presenter.state)

    def _build_fields(self, look: Look) -> None:
        self.kinds = Segments(look, [(kind.value, kind_name(kind)) for kind in LINKABLE], tr("Kind of site"))
        self.kinds.chosen.connect(lambda key: self.presenter.choose_kind(MarketplaceKind(key)))
        self.address = Field(tr("Address of the site"), "https://")
        known: dict[str, LinkField] = {each.name: each for kind in LINKABLE for each in fields_of(kind)}
        self.fields = {name: _field(each) for name, each in known.items()}
        names = list(self.fields)
        self._rows = [in_row(*(self.fields[name] for name in names[at : at + 2])) for at in range(0, len(names), 2)]
        self.shop_name = Field(tr("Name of the shop on papers"), "", tr("Empty: as the site calls it."))
        self.till_name = Field(tr("Name of this till"), tr("Till 1"))
        self.letter = Field(tr("Letter of this till"), "A", tr("Empty: the join code's, or A."))
        self.only_till = QCheckBox(tr("No other till hands over orders of this site"))
        self.only_till.setAccessibleName(self.only_till.text())
        self.only_till.setChecked(True)
        self.join_code = Field(
            tr("Join code of the shop's first till"), "CJ1…", tr("Empty at the first till. Scan it or type it.")
        )
        self.join_code.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.new_key = QCheckBox(tr("All other tills are lost: begin with a new pickup key"))
        self.new_key.setAccessibleName(self.new_key.text())
        named = {
            "address": self.address,
            "shop_name": self.shop_name,
            "till_name": self.till_name,
            "letter": self.letter,
            "join": self.join_code,
        }
        for name, field in {**named, **self.fields}.items():
            field.edit.setObjectName(f"site-{name}")
        self.kinds.setObjectName("site-kind")
        self.only_till.setObjectName("site-only-till")
        self.new_key.setObjectName("site-new-key")

    def _build_join_code(self, look: Look) -> None:
        self._join_words = label(
            tr(
                "It needs this till's join code, or its pickup codes would be another shop's here. "
                "Nobody else may see it."
            ),
            Type.BODY,
            Role.MUTED,
            wrap=True,
        )
        self.show_code = sheet_button(
            look, tr("Show the join code"), "site-join-code", self._show_code, icon="key-round"
        )
        self._join_text = label("", Type.BODY, strong=True, wrap=True)
        self._join_text.setObjectName("site-join-text")
        self._join_text.hide()
        self._join_text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._join_picture = QrPicture(tr("Join code as QR"))
        self._join_picture.setObjectName("site-join-picture")
        self._join_picture.hide()
        self._hide_later = QTimer(self._join_picture)
        self._hide_later.setSingleShot(True)
        self._hide_later.timeout.connect(self._hide_code)

    def scanned(self, text: str) -> bool:
        """A scan while this sheet is shown. False if it is no join code."""
        if not looks_like_join_code(text):
            return False
        self.join_code.set_text(text)
        return True

    def hideEvent(self, event) -> None:
        super().hideEvent(event)
        self.presenter.hide_join_code()

    def show_state(self, state: SettingsState) -> None:
        """Its own presenter shows it."""

    def show_site(self, state: SiteState) -> None:
        self.kinds.choose(state.kind.value)
        shown = {each.name for each in fields_of(state.kind)}
        for name, field in self.fields.items():
            field.setVisible(name in shown)
        for at, pair in enumerate(self._rows):
            pair.setVisible(bool(shown & set(list(self.fields)[2 * at : 2 * at + 2])))
        if state.draft_no != self._draft_no and state.linked is not None:
            self._draft_no = state.draft_no
            self._fill(state)
        self.try_it.setEnabled(not state.busy)
        self.link.setEnabled(not state.busy)
        self.link.set_text(tr("Link again") if state.is_linked else tr("Link this till"))
        linked = state.linked if state.linked is not None and state.is_linked else Linked(state.kind)
        self._missing.setText("\n".join(f"• {sentence}" for sentence in missing_sentences(linked)))
        self._said.setText(tr("Asking the marketplace…") if state.busy else said_words(state.said))
        self._said.setVisible(bool(self._said.text()))
        set_role(self._said, Role.INFO if state.busy else said_role(state.said))
        if self._said.text():
            self._bring_into_sight(self._said)
        self.show_code.setEnabled(state.is_linked and not state.busy)
        self._show_join_code(state)

    def _fill(self, state: SiteState) -> None:
        linked, identity = state.linked, state.identity
        here = linked is not None and identity is not None and state.is_linked
        self.address.set_text(identity.marketplace_url if here else "")
        for name, field in self.fields.items():
            field.set_text(linked.options.get(name, "") if here else "")
        self.shop_name.set_text(identity.shop.name if here else "")
        self.till_name.set_text(identity.till_name if identity is not None else "")
        self.letter.set_text(identity.till_letter if here else "")
        self.only_till.setChecked(linked.only_till if here else True)
        self.join_code.set_text("")
        self.new_key.setChecked(False)

    def _show_join_code(self, state: SiteState) -> None:
        code = state.join_code
        text = write_join_code(code) if code is not None else ""
        words = tr("Till {letter}: {code}").format(letter=code.letter, code=in_groups(text)) if code is not None else ""
        if words == self._join_text.text():
            return
        self._join_text.setText(words)
        self._join_text.setVisible(bool(words))
        self._join_picture.show_modules(self._around.qr_modules(text) if text else ())
        if text:
            self._hide_later.start(_JOIN_CODE_SHOWN_MS)
            self._bring_into_sight(self._join_picture)
        else:
            self._hide_later.stop()

    def _bring_into_sight(self, widget: QWidget) -> None:
        """Once it has its place: what was asked for would otherwise stand below what is seen."""
        [area] = self.findChildren(QScrollArea)
        QTimer.singleShot(0, widget, lambda: area.ensureWidgetVisible(widget))

    def _entry(self) -> SiteEntry:
        return SiteEntry(
            self.presenter.state.kind,
            self.address.text,
            {name: field.edit.text() if _is_hidden(field) else field.text for name, field in self.fields.items()},
            self.till_name.text,
            self.shop_name.text,
            self.letter.text,
            self.only_till.isChecked(),
            self.join_code.text,
            self.new_key.isChecked(),
        )

    def _try(self) -> None:
        self.presenter.try_link(self._entry())

    def _link(self) -> None:
        self.presenter.link(self._entry())

    def _hide_code(self) -> None:
        self.presenter.hide_join_code()

    def _show_code(self) -> None:
        self.presenter.show_join_code()


def _field(each: LinkField) -> Field:
    made = Field(field_label(each.name), "", field_hint(each.name))
    if each.hidden:
        made.edit.setEchoMode(QLineEdit.EchoMode.Password)
    return made


def _is_hidden(field: Field) -> bool:
    """Whether its text is a password: blanks at its ends belong to it."""
    return field.edit.echoMode() is QLineEdit.EchoMode.Password
