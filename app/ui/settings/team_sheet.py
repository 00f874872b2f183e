"""Owns the team's sheet of the settings screen: the list of people, the fields of one, when the till locks. Decides
nothing.
"""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QCheckBox, QLineEdit

from app.domain.money import parse_amount
from app.domain.operators import LONGEST_PIN, NAME_LENGTH, Operator, Role
from app.i18n import tr
from app.ui.components.buttons import ActionButton, Kind
from app.ui.components.fields import Field
from app.ui.components.lists import RowDelegate, RowList, RowModel
from app.ui.components.painting import shorten
from app.ui.components.pin_sheet import as_digits
from app.ui.components.segments import Segments
from app.ui.components.text import label, set_role
from app.ui.operator_words import operator_line, role_words
from app.ui.settings import team_words
from app.ui.settings.presenter import SettingsPresenter, SettingsState
from app.ui.settings.sheet import Sheet, in_row, sheet_button, titled
from app.ui.settings.team import TeamPresenter, TeamState, TeamSurroundings
from app.ui.style.look import Look
from app.ui.style.tokens import ICON_PX, ROW_PX, Space, Type
from app.ui.style.tokens import Role as Meaning

_ROWS_SHOWN = 4
_LOCK_MINUTES = (0, 2, 5, 15, 60)


class PersonDelegate(RowDelegate):
    """Icon, name, role."""

    def paint_row(self, painter: QPainter, rect: QRect, person: Operator, selected: bool) -> None:
        meaning = Meaning.TEXT if person.active else Meaning.MUTED
        top = rect.center().y() - ICON_PX // 2
        painter.drawPixmap(rect.left(), top, ICON_PX, ICON_PX, self.look.pixmap("user", meaning))
        place = rect.adjusted(ICON_PX + Space.NEAR, 0, 0, 0)
        half = place.width() // 2
        font = self.look.font(Type.BODY, strong=selected)
        painter.setFont(font)
        painter.setPen(self.look.colour(meaning))
        name = QRect(place.left(), place.top(), half, place.height())
        painter.drawText(name, Qt.AlignmentFlag.AlignVCenter, shorten(person.name, font, half - Space.INSIDE))
        painter.setPen(self.look.colour(Meaning.MUTED))
        role = QRect(place.left() + half, place.top(), place.width() - half, place.height())
        words = role_words(person.role) if person.active else tr("Has left")
        painter.drawText(role, Qt.AlignmentFlag.AlignVCenter, shorten(words, font, role.width()))


class TeamSheet(Sheet):
    """Who may act at this till. Also a `TeamView` for its presenter."""

    def __init__(self, look: Look, settings: SettingsPresenter, around: TeamSurroundings) -> None:
        self._settings = settings
        self._on_duty = around.on_duty
        self.presenter = TeamPresenter(around, self)
        self.people = RowList(
            RowModel(lambda person: person.operator_id, operator_line), PersonDelegate(look), tr("People")
        )
        self.people.setObjectName("team-people")
        self.name = Field(tr("Name"), "", tr("Printed on tickets and kept with each act."))
        self.name.edit.setMaxLength(NAME_LENGTH)
        self.role = Segments(look, [(role.value, role_words(role)) for role in Role], tr("Role"))
        self.pin = _pin_field(tr("PIN"), tr("4 to 8 digits; nobody else's."))
        self.repeated = _pin_field(tr("PIN again"), "")
        for field, name in ((self.name, "team-name"), (self.pin, "team-pin"), (self.repeated, "team-pin-again")):
            field.edit.setObjectName(name)
        self.role.setObjectName("team-role")
        self.save: ActionButton = sheet_button(look, "", "team-save", self._save, Kind.MAIN)
        self.new: ActionButton = sheet_button(
            look, tr("New person"), "team-new", lambda: self.presenter.choose(""), icon="plus"
        )
        self.leave: ActionButton = sheet_button(look, "", "team-leave", self._leave_or_back)
        self._said = label("", Type.BODY, strong=True, wrap=True)
        self._said.setObjectName("team-said")
        minutes = [
            (str(count), tr("{count} min").format(count=count) if count else tr("Never")) for count in _LOCK_MINUTES
        ]
        self.lock_after = Segments(look, minutes, tr("Lock when nobody is there"))
        self.lock_after.setObjectName("lock-after")
        self.limit = Field(tr("Largest discount of a cashier (%)"), "10", tr("Above it a manager types their PIN."))
        self.limit.edit.setObjectName("discount-limit")
        self.cash_limit = Field(
            tr("Largest cash difference of a cashier (€)"), "10", tr("Above it a manager accepts it at closing.")
        )
        self.cash_limit.edit.setObjectName("cash-difference-limit")
        self.blind = QCheckBox(tr("Count the drawer before seeing what should be in it"))
        self.blind.setAccessibleName(self.blind.text())
        self.blind.setObjectName("blind-count")
        self._draft_no = -1
        super().__init__(
            tr("Team"),
            tr("As soon as there is a manager here, the till asks for a PIN. Ctrl+L hands it to somebody else."),
            self.people,
            self.name,
            titled(tr("Role"), self.role),
            in_row(self.pin, self.repeated),
            self._said,
            in_row(self.save, self.leave, self.new),
            titled(tr("Lock when nobody is there"), self.lock_after),
            self.limit,
            self.cash_limit,
            self.blind,
        )
        self.people.row_chosen.connect(self.presenter.choose)
        self.lock_after.chosen.connect(lambda key: settings.set_values(lock_after_minutes=int(key)))
        self.limit.entered.connect(self._save_limit)
        self.limit.edit.editingFinished.connect(lambda: self._save_limit(self.limit.text))
        self.cash_limit.entered.connect(self._save_cash_limit)
        self.cash_limit.edit.editingFinished.connect(lambda: self._save_cash_limit(self.cash_limit.text))
        self.blind.clicked.connect(lambda checked: settings.set_values(blind_count=checked))
        self.show_team(self.presenter.state)

    def show_state(self, state: SettingsState) -> None:
        minutes = str(state.settings.lock_after_minutes)
        if int(minutes) in _LOCK_MINUTES:
            self.lock_after.choose(minutes)
        if not self.limit.edit.hasFocus():
            self.limit.set_text(str(state.settings.cashier_discount_percent))
        if state.wrong_field == "cashier_discount_percent":
            self.limit.refuse(tr("Between 0 and 100 percent."))
        if not self.cash_limit.edit.hasFocus():
            self.cash_limit.set_text(bare_amount(state.settings.cash_difference_limit_minor))
        if state.wrong_field == "cash_difference_limit_minor":
            self.cash_limit.refuse(tr("Between 0 and 1000 euros."))
        self.blind.setChecked(state.settings.blind_count)

    def show_team(self, state: TeamState) -> None:
        """The `TeamView`."""
        self.people.replace_rows(state.people)
        self.people.select_key(state.chosen)
        self.people.setVisible(bool(state.people))
        self.people.setFixedHeight(min(max(len(state.people), 1), _ROWS_SHOWN) * ROW_PX)
        person = state.person
        if state.draft_no != self._draft_no:
            self._draft_no = state.draft_no
            self._fill(person)
        for button in (self.save, self.leave, self.new):
            button.setEnabled(not state.busy)
        self.save.set_text(tr("Add") if person is None else tr("Save"))
        self.leave.set_text(tr("Has left") if person is None or person.active else tr("Is back"))
        self.leave.setVisible(person is not None)
        self.new.setVisible(person is not None)
        said = team_words.said_words(state)
        self._said.setText(said)
        self._said.setVisible(bool(said))
        set_role(self._said, team_words.said_role(state))

    def _fill(self, person: Operator | None) -> None:
        self.name.set_text(person.name if person is not None else "")
        first = person is None and not self.presenter.state.people
        self.role.choose(person.role if person is not None else Role.MANAGER if first else Role.CASHIER)
        for field in (self.pin, self.repeated):
            field.set_text("")

    def _save(self) -> None:
        self.presenter.save(self.name.text, Role(self.role.current), self.pin.text, self.repeated.text)

    def _leave_or_back(self) -> None:
        person = self.presenter.state.person
        if person is None or person.active:
            self.presenter.let_go()
        else:
            self.presenter.take_back(self.pin.text, self.repeated.text)

    def _save_limit(self, text: str) -> None:
        percent = int(text) if text.isdecimal() and len(text) < 4 else -1
        if percent != self._settings.state.settings.cashier_discount_percent:
            self._settings.set_values(cashier_discount_percent=percent)

    def _save_cash_limit(self, text: str) -> None:
        amount = parse_amount(text)
        minor = amount.minor if amount is not None else -1
        if minor != self._settings.state.settings.cash_difference_limit_minor:
            self._settings.set_values(cash_difference_limit_minor=minor)


def bare_amount(minor: int) -> str:
    """Cents as one types them in euros."""
    whole, cents = divmod(minor, 100)
    return f"{whole},{cents:02d}" if cents else str(whole)


def _pin_field(title: str, hint: str) -> Field:
    made = Field(title, "", hint)
    made.edit.setEchoMode(QLineEdit.EchoMode.Password)
    made.edit.setMaxLength(LONGEST_PIN)
    made.edit.textEdited.connect(lambda text: made.set_text(as_digits(text)))
    return made
