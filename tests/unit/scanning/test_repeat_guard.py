"""A thing before the camera counts once while it stays, whatever becomes of the reading of it meanwhile."""

from __future__ import annotations

import random

from app.scanning.repeat_guard import MOST_BETWEEN_FRAMES_MS, RepeatGuard, has_changed

THING, OTHER = "3017620422003", "3017620425035"
FRAME_MS = 66
THERE, EMPTY = bytes([90] * 100 + [200] * 44), bytes([90] * 144)


class Film:
    """Frames told to a guard as the judge does; says when the thing counted."""

    def __init__(self) -> None:
        self.guard = RepeatGuard()
        self.now_ms = 0
        self.counted: list[int] = []

    def show(
        self, count: int = 1, *, read: str = "", unread: bool = False, scene: bytes = EMPTY, every_ms: int = FRAME_MS
    ) -> Film:
        for _ in range(count):
            self.now_ms += every_ms
            things = [read] if read else []
            self.guard.pass_frame(things, unread or bool(things), lambda: scene, self.now_ms)
            if read == THING and self.guard.may_count(read, self.now_ms):
                self.guard.count(read, lambda: scene, self.now_ms)
                self.counted.append(self.now_ms)
        return self


def test_what_stays_counts_once_and_again_after_it_was_taken_away() -> None:
    film = Film().show(100, read=THING, scene=THERE)
    assert len(film.counted) == 1
    film.show(14).show(20, read=THING, scene=THERE)
    assert len(film.counted) == 1, "away for less than a second"
    film.show(16).show(20, read=THING, scene=THERE)
    assert len(film.counted) == 2


def test_the_second_of_its_kind_shown_soon_counts_when_the_pause_is_over() -> None:
    film = Film().show(1, read=THING, scene=THERE).show(17).show(60, read=THING, scene=THERE)
    first, second = film.counted
    assert 3000 <= second - first < 3000 + FRAME_MS


def test_what_lies_there_and_is_hardly_ever_read_counts_once() -> None:
    film = Film().show(1, read=THING, scene=THERE)
    for _ in range(50):
        film.show(60, scene=THERE).show(2, read=THING, scene=THERE)
    assert len(film.counted) == 1


def test_a_shaking_hand_with_a_code_hardly_ever_read_makes_one() -> None:
    chance = random.Random(3)
    film = Film().show(1, read=THING, scene=THERE)
    for _ in range(50):
        for _ in range(chance.randrange(5, 60)):
            film.show(unread=True, scene=chance.randbytes(144))
        film.show(2, read=THING, scene=chance.randbytes(144))
    assert len(film.counted) == 1


def test_over_a_shelf_full_of_patterns_the_next_one_counts_too_only_later() -> None:
    film = Film().show(1, read=THING, scene=THERE).show(95, unread=True).show(2, read=THING, scene=THERE)
    assert len(film.counted) == 2


def test_a_camera_that_stalls_says_nothing_of_what_was_before_it() -> None:
    film = Film().show(1, read=THING, scene=THERE).show(3, every_ms=20_000)
    film.show(5, read=THING, scene=THERE)
    assert 3 * MOST_BETWEEN_FRAMES_MS < 1000
    assert len(film.counted) == 1


def test_another_code_shown_beside_it_is_not_its_absence() -> None:
    film = Film().show(1, read=THING, scene=THERE).show(60, read=OTHER, scene=EMPTY).show(3, read=THING, scene=THERE)
    assert len(film.counted) == 1


def test_what_did_not_count_after_all_may_count_at_once() -> None:
    film = Film().show(1, read=THING, scene=THERE)
    film.guard.forget(THING)
    assert len(film.show(1, read=THING, scene=THERE).counted) == 2


def test_things_do_not_pile_up() -> None:
    guard = RepeatGuard()
    for number in range(1000):
        guard.count(str(number), lambda: EMPTY, number)
    assert len(guard._counted) <= 64


def test_a_lamp_moves_nothing_and_a_small_code_does() -> None:
    assert not has_changed(THERE, bytes(level + 20 for level in THERE))
    assert not has_changed(THERE, bytes(level + number % 5 for number, level in enumerate(THERE)))
    moved = bytearray(THERE)
    moved[7] += 30
    assert has_changed(THERE, bytes(moved))
    assert has_changed(THERE, THERE[:-1])
