"""Each story, told again without what it relies on: it must end badly, or it shows nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.complaints import breakages as broken
from tests.complaints import test_rows_01_to_15 as first
from tests.complaints import test_rows_29_and_30 as last
from tests.complaints.conftest import Begin
from tests.complaints.story import Story
from tests.simulation.breakages.at_the_marketplace import duplicate_moves_again
from tests.simulation.breakages.leases import lease_ignored
from tests.simulation.breakages.older_copies import ticket_number_reused
from tests.simulation.breakages.telling import (
    fact_after_the_sale,
    refused_holds_everything_back,
    settled_when_sent,
)
from tests.simulation.disk import AFTER
from tests.simulation.mutations import Patch

pytestmark = pytest.mark.allowed_logs(".*")

_BAD_ENDS = (AssertionError, pytest.fail.Exception)
_Told = tuple[Callable[..., None], tuple[object, ...], Callable[[Patch], None]]

STORIES: tuple[_Told, ...] = (
    (first.test_row_01_a_paid_sale_survives_a_power_cut, (), broken.a_sale_is_said_before_it_is_kept),
    (first.test_row_02_no_receipt_without_a_sale, (AFTER,), broken.the_receipt_goes_before_the_sale),
    (first.test_row_02_no_receipt_without_a_sale, (AFTER,), fact_after_the_sale),
    (first.test_row_03_a_lost_answer_doubles_nothing, (), broken.a_fact_sent_again_is_a_new_one),
    (first.test_row_03_a_second_program_is_not_let_in, (), broken.any_program_may_write),
    (first.test_row_04_a_day_closes_off_line_and_its_sales_stay_its_own, (), broken.a_day_is_closed_of_what_was_told),
    (
        first.test_row_05_what_was_handed_over_stays_so_whatever_older_copy_comes,
        (),
        broken.the_marketplace_knows_better_what_left,
    ),
    (first.test_row_06_a_fact_leaves_the_queue_on_its_own_answer_only, (), settled_when_sent),
    (first.test_row_07_a_gap_is_named_and_mended, (), broken.a_comparison_looks_at_nothing),
    (first.test_row_07_a_gap_is_named_and_mended, (), broken.a_gap_is_named_and_left),
    (first.test_row_08_stock_moves_once_however_often_it_is_told, (), duplicate_moves_again),
    (first.test_row_09_one_bad_record_stops_nobody_and_is_mended_by_a_form, (), refused_holds_everything_back),
    (first.test_row_10_selling_and_handing_over_never_wait_for_the_network, (), broken.a_lease_is_good_for_hours),
    (first.test_row_11_off_line_is_the_usual_way_and_needs_no_switch, (), broken.staff_read_what_the_network_says),
    (first.test_row_12_four_verdicts_that_are_never_mixed, (), lease_ignored),
    (first.test_row_13_two_tills_off_line_never_draw_one_number, (), broken.ticket_numbers_without_a_letter),
    (first.test_row_14_sales_that_vanish_with_an_older_copy_are_named_for_ever, (True,), ticket_number_reused),
    (first.test_row_15_no_honest_ticket_is_ever_called_altered, (), broken.a_row_is_sealed_before_its_sale_is_whole),
    (last.test_row_29_the_whole_catalogue_is_found_without_a_network, (), broken.the_search_stops_at_a_thousand),
    (last.test_row_29_stock_goes_with_its_sale_and_after_it, (), broken.a_sale_tells_no_movements),
    (
        last.test_row_30_the_closing_holds_the_last_ticket_and_stock_moved_at_the_sale,
        (),
        broken.the_last_ticket_misses_the_closing,
    ),
    (
        last.test_row_30_the_closing_holds_the_last_ticket_and_stock_moved_at_the_sale,
        (),
        broken.goods_leave_the_stock_at_the_closing,
    ),
    (last.test_row_30_a_closed_day_prints_again_for_ever, (), broken.a_closed_day_is_forgotten),
    (
        last.test_row_30_a_parked_basket_survives_the_power_cut_and_the_closing,
        (),
        broken.a_parked_basket_is_in_memory_only,
    ),
)


def _name(told: _Told) -> str:
    story, _with, breakage = told
    return f"{story.__name__[5:11]}-{breakage.__name__}"


@pytest.mark.parametrize(("story", "told_with", "breakage"), STORIES, ids=map(_name, STORIES))
def test_the_story_ends_badly(
    begin: Begin, story: Callable[..., None], told_with: tuple[object, ...], breakage: Callable[[Patch], None]
) -> None:
    """The town is set up on the real program; what goes wrong then is the story, not its beginning."""
    patch = Patch()

    def begin_and_break(**named: Any) -> Story:
        begun = begin(**named)
        breakage(patch)
        return begun

    try:
        with pytest.raises(_BAD_ENDS) as noticed:
            story(begin_and_break, *told_with)
    finally:
        patch.undo()
    print(str(noticed.value).splitlines()[0])


def test_every_story_has_a_breakage() -> None:
    stories = {name for rows in (first, last) for name in vars(rows) if name.startswith("test_row_")}
    assert {story.__name__ for story, _with, _breakage in STORIES} == stories
