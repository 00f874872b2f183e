"""Owns the sheet about the labels of the shop's scale: its prefixes, presets, a place to try one. Decides nothing."""

from __future__ import annotations

from app.i18n import tr
from app.ui.components.buttons import Kind
from app.ui.components.segments import Segments
from app.ui.components.text import label, set_role
from app.ui.settings.labels import (
    KINDS,
    PREFIXES,
    USUAL_ITEM_DIGITS,
    LabelsPresenter,
    LabelsState,
    preset,
    row_of,
    with_row,
)
from app.ui.settings.labels_words import kind_words, table_words, tried_role, tried_words
from app.ui.settings.presenter import SettingsPresenter, SettingsState, SettingsSurroundings
from app.ui.settings.sheet import Sheet, in_row, sheet_button, titled
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Type


class LabelsSheet(Sheet):
    """Also a `LabelsView` for its presenter."""

    def __init__(self, look: Look, settings: SettingsPresenter, around: SettingsSurroundings) -> None:
        self._settings = settings
        self.presenter = LabelsPresenter(around.queries, around.runner, around.reading, self)
        self.prefix = Segments(look, [(prefix, prefix) for prefix in PREFIXES], tr("First two figures of the label"))
        self.kind = Segments(look, [(kind, kind_words(kind)) for kind in ("none", *KINDS)], tr("What the label says"))
        self.digits = Segments(look, [("4", "4"), ("5", "5"), ("6", "6")], tr("Figures of the article"))
        self._table = label("", Type.BODY, wrap=True)
        self._tried = label("", Type.LEAD, Role.MUTED, strong=True, wrap=True)
        for widget, name in (
            (self.prefix, "label-prefix"),
            (self.kind, "label-kind"),
            (self.digits, "label-digits"),
            (self._table, "label-table"),
            (self._tried, "label-tried"),
        ):
            widget.setObjectName(name)
        super().__init__(
            tr("Scale labels"),
            tr(
                "A label of the scale begins with 20 to 29, then comes the article's number, then its weight in grams "
                "or its price in cents. Which, your scale's settings say."
            ),
            self._tried,
            titled(
                tr("All prefixes at once"),
                in_row(
                    sheet_button(look, kind_words("weight"), "labels-weight", lambda: self._preset("weight")),
                    sheet_button(look, kind_words("price"), "labels-price", lambda: self._preset("price")),
                    sheet_button(
                        look, kind_words("by_article"), "labels-by-article", lambda: self._preset("by_article")
                    ),
                    sheet_button(look, tr("Nothing set"), "labels-none", lambda: self._preset("none"), Kind.QUIET),
                ),
            ),
            titled(tr("First two figures of the label"), self.prefix),
            titled(tr("What the label says"), self.kind),
            titled(tr("Figures of the article"), self.digits),
            titled(tr("As it is set now"), self._table),
        )
        self.prefix.chosen.connect(self.presenter.choose_prefix)
        self.kind.chosen.connect(lambda kind: self._set(kind, int(self.digits.current)))
        self.digits.chosen.connect(lambda digits: self._set(self.kind.current, int(digits)))
        self.show_labels(self.presenter.state)

    def scanned(self, text: str) -> bool:
        """A scan while this sheet is shown."""
        return self.presenter.scanned(text)

    def show_state(self, state: SettingsState) -> None:
        self._table.setText(table_words(state.settings.scale_labels))
        self._show_row()

    def show_labels(self, state: LabelsState) -> None:
        self.prefix.choose(state.prefix)
        self._tried.setText(tried_words(state))
        set_role(self._tried, tried_role(state) if state.tried or state.failure else Role.MUTED)
        self._show_row()

    def _show_row(self) -> None:
        row = row_of(self._settings.state.settings.scale_labels, self.presenter.state.prefix)
        self.kind.choose(row.value if row is not None else "none")
        self.digits.choose(str(row.item_digits if row is not None else USUAL_ITEM_DIGITS))

    def _set(self, kind: str, item_digits: int) -> None:
        labels = self._settings.state.settings.scale_labels
        changed = with_row(labels, self.presenter.state.prefix, kind, item_digits)
        if changed != labels:
            self._settings.set_values(scale_labels=changed)

    def _preset(self, kind: str) -> None:
        self._settings.set_values(scale_labels=preset(kind))
