"""What goes wrong comes with one button that does what is to be done. Where there is none, this list says why.

Held by reading the source: every call that shows a notice which is not plainly good news, and gives it no action.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

APP = Path(__file__).parents[3] / "app"
SHOWS = ("show_notice", "tell", "_say")
GOOD_NEWS = ("SUCCESS", "INFO")
ACTION_AT = 2
"""The place of the action among what a notice is given: after its words and its role."""

_BESIDE = "the page that says it has the button to do it again, or the field to put right, in view"

WITHOUT = {
    "app/bootstrap/camera.py:join_camera": "a disk that keeps no setting: only a person can free it",
    "app/bootstrap/camera.py:keep": "as above",
    "app/bootstrap/inputs.py:__init__": "a picture without a code: the picture is opened again by the same key",
    "app/bootstrap/practice_door.py:_say_failed": "the practice shop did not open: its button is in view",
    "app/bootstrap/set_up.py:came": "a backup that was not put in place: the door for another is in view",
    "app/bootstrap/set_up.py:join_set_up": "as above",
    "app/bootstrap/starting_again.py:parked": "the payment in view is to be finished first",
    "app/bootstrap/starting_again.py:start_again": "as above",
    "app/ui/books/closures_sheet.py:show_closures": _BESIDE,
    "app/ui/books/sheets.py:say": _BESIDE,
    "app/ui/books/view.py:take_input": "a Z older than those listed: there is nothing to do",
    "app/ui/closing/view.py:show": _BESIDE,
    "app/ui/first_run/view.py:refuse_scan": _BESIDE,
    "app/ui/first_run/view.py:show_state": _BESIDE,
    "app/ui/help/view.py:_save_first_day": "another folder is chosen by the same button",
    "app/ui/main_window.py:take_picture": "the picture is opened again by the same key",
    "app/ui/main_window.py:take_scan": "a code nobody knows: the next scan is the way on",
    "app/ui/outbox/pages.py:_say": _BESIDE,
    "app/ui/outbox/view.py:_show_notice": _BESIDE,
    "app/ui/returns/pane.py:show_returns": _BESIDE,
}


def told_without_action() -> Iterator[str]:
    for path in sorted(APP.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                for call in ast.walk(function):
                    if isinstance(call, ast.Call) and is_notice(call) and not has_action(call) and not is_good(call):
                        yield f"{path.relative_to(APP.parent)}:{function.name}"


def is_notice(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute) or not call.args:
        return False
    name, owner = call.func.attr, ast.unparse(call.func.value)
    return name == "show_notice" or (name == "tell" and owner.endswith("notice"))


def has_action(call: ast.Call) -> bool:
    starred = any(isinstance(arg, ast.Starred) for arg in call.args[1:])
    return len(call.args) > ACTION_AT or starred or any(word.arg == "action" for word in call.keywords)


def is_good(call: ast.Call) -> bool:
    roles = [*call.args[1:2], *(word.value for word in call.keywords if word.arg == "role")]
    return any(isinstance(role, ast.Attribute) and role.attr in GOOD_NEWS for role in roles)


def test_every_notice_of_trouble_has_its_button_or_says_why_not() -> None:
    assert set(told_without_action()) == set(WITHOUT)


def test_a_notice_without_a_button_is_found() -> None:
    [call] = [
        node for node in ast.walk(ast.parse("window.show_notice(words, Role.DANGER)")) if isinstance(node, ast.Call)
    ]
    assert is_notice(call)
    assert not has_action(call)
    assert not is_good(call)
