"""Which key is in force for what: none given twice where both count, none that types, none lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.ui.actions import all_actions
from app.ui.keymap import KeyMap, NotAKey, Taken
from app.ui.screen import PlaceName

TABLE = {action.name: action for action in all_actions()}
CHANGEABLE = sorted(name for name, action in TABLE.items() if action.may_change)
COMMANDS = [f"F{number}" for number in range(1, 13)] + [f"Ctrl+{chr(code)}" for code in range(65, 91)]
LETTERS = [chr(code) for code in range(65, 91)]
KEYS = st.sampled_from([*COMMANDS, *LETTERS, "Enter", "1", "+", "Tab", "", "Ctrl+", "F99", "Ctrl+Shift+P"])
CHANGES = st.dictionaries(st.sampled_from([*CHANGEABLE, "sale.nothing", "sale.back"]), KEYS, max_size=12)


def map_of(**changed: str) -> KeyMap:
    keys = KeyMap()
    keys.use({name.replace("__", "."): key for name, key in changed.items()})
    return keys


def given_twice(keys: KeyMap) -> list[tuple[str, str]]:
    table = [action for action in keys.table if action.may_change]
    return [
        (one.name, other.name)
        for place, one in enumerate(table)
        for other in table[place + 1 :]
        if keys.key_of(one) == keys.key_of(other) and one.meets(other)
    ]


@given(CHANGES)
def test_no_file_brings_a_key_given_twice(changed: dict[str, str]) -> None:
    keys = KeyMap()
    keys.use(changed)
    assert not given_twice(keys)


@given(st.lists(st.tuples(st.sampled_from(CHANGEABLE), KEYS), max_size=8))
def test_whatever_is_changed_and_swapped_each_action_keeps_one_key_of_its_own(wishes: list[tuple[str, str]]) -> None:
    keys = KeyMap()
    for name, key in wishes:
        action = TABLE[name]
        answer = keys.judge(action, key)
        if isinstance(answer, NotAKey) or (isinstance(answer, Taken) and not answer.may_swap):
            continue
        keys.use(keys.with_key(action, key))
        assert keys.key_of(action) == key
        assert not given_twice(keys)
        assert keys.key_of(action) not in ("", "Enter")


def test_who_has_the_key_is_said_and_a_swap_gives_up_the_old_one() -> None:
    keys = KeyMap()
    pay, stock = TABLE["sale.pay"], TABLE["everywhere.stock"]
    assert keys.judge(pay, "F4") == Taken((stock,), may_swap=True)
    keys.use(keys.with_key(pay, "F4"))
    assert keys.changed == {"sale.pay": "F4", "everywhere.stock": "F12"}
    keys.use(keys.with_key_as_delivered(pay))
    assert keys.changed == {}


def test_a_key_that_stands_at_two_places_is_swapped_with_both() -> None:
    keys = KeyMap()
    books = TABLE["everywhere.books"]
    assert keys.judge(books, "Ctrl+P") == Taken((TABLE["pickup.market-sheet"], TABLE["stock.labels"]), may_swap=True)
    keys.use(keys.with_key(books, "Ctrl+P"))
    assert set(keys.changed.values()) == {"Ctrl+P", "Ctrl+R"}
    assert len(keys.changed) == 3


def test_no_swap_that_would_give_a_third_one_the_same_key_twice() -> None:
    """F1 for the letter C of paying would leave C to the help, on every screen."""
    answer = KeyMap().judge(TABLE["sale.pay.card"], "F1")
    assert answer == Taken((TABLE["everywhere.help"],), may_swap=False)


def test_what_types_or_is_every_fields_own_is_refused() -> None:
    keys = KeyMap()
    park, card, enter = TABLE["sale.park"], TABLE["sale.pay.card"], TABLE["sale.basket.enter"]
    assert keys.judge(park, "K") is NotAKey.TYPES
    assert keys.judge(park, "1") is NotAKey.TYPES
    assert keys.judge(park, "+") is NotAKey.TYPES
    assert keys.judge(park, "Ctrl+C") is NotAKey.OF_FIELDS
    assert keys.judge(park, "Tab") is NotAKey.OTHER
    assert keys.judge(enter, "F5") is NotAKey.FIXED
    assert keys.judge(card, "K") is None
    assert keys.judge(card, "Ctrl+U") is None
    assert keys.judge(park, "F6") == Taken((TABLE["everywhere.camera"],), may_swap=False)  # F5 is pickup's too


def test_keys_fixed_by_the_guide_are_not_given_away() -> None:
    answer = KeyMap().judge(TABLE["sale.park"], "Ctrl+G")
    assert answer == Taken((TABLE["guide.back"],), may_swap=False)


def test_a_hint_of_several_keys_names_each_as_it_is_now() -> None:
    keys = map_of(pickup__line__weighed="W")
    assert keys.shown(PlaceName.PICKUP, "line", "M R K X S") == "M R W X S"
    assert keys.shown(PlaceName.PICKUP, "look", "↑ ↓") == "↑ ↓"


def test_a_sentence_names_the_keys_as_they_are_now_and_nothing_else() -> None:
    keys = map_of(everywhere__settings="F12", sale__pay="F9")
    sentence = "Settings (F9), pay with F12; F95 and Ctrl+F9x stay, F too."
    shown = keys.in_sentence(PlaceName.SALE, "sell", sentence)
    assert shown == "Settings (F12), pay with F9; F95 and Ctrl+F9x stay, F too."


def test_listeners_are_told_of_changes_alone() -> None:
    told: list[int] = []
    keys = KeyMap()
    keys.on_change(lambda: told.append(1))
    keys.use({})
    keys.use({"sale.park": "Ctrl+U"})
    keys.use({"sale.park": "Ctrl+U", "sale.unheard-of": "F5"})
    assert len(told) == 1


def test_the_same_key_may_stand_at_two_places() -> None:
    keys = map_of(sale__park="Ctrl+P")
    assert keys.changed == {"sale.park": "Ctrl+P"}  # market sheet at pickup, labels in the stock: elsewhere
