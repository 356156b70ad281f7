"""Tests of which `make test` runs a few variants, or none, because another test guards the same on every run.

`tests/conftest.py` marks the others as slow; `make test-slow` runs them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from hypothesis import is_hypothesis_test, settings

SHARE = 1.0 if os.environ.get("EXAMPLES") == "all" else 0.4
"""Share of the examples of property tests that a run draws; `make test-slow` draws all."""
LEAST = 15
"""Number of examples below which none are left out."""

KEPT = {
    "tests/browser/test_dashboard.py::test_a_chart_scrolls_on_a_phone_instead_of_being_cut": 0,
    "tests/browser/test_dashboard.py::test_the_first_page_fits_and_a_click_on_the_map_opens_the_district": 1,
    "tests/browser/test_dashboard.py::test_weak_areas_need_one_and_a_half_screens": 1,
    "tests/browser/test_every_page.py::test_every_page_stands_on_a_phone": 1,
    "tests/browser/test_form.py::test_an_interviewer_works_without_a_network_and_the_answers_follow": 0,
    "tests/browser/test_form_ways.py::test_an_interviewers_answer_goes_with_their_new_link_and_with_nobody_elses": 0,
    "tests/browser/test_form_ways.py::test_an_invitation_revoked_during_the_interview_is_refused_at_the_end": 0,
    "tests/browser/test_form_ways.py::test_expired_links_are_refused_before_the_first_question": 0,
    "tests/browser/test_form_ways.py::test_the_phones_back_and_forward_walk_through_the_questions": 0,
    "tests/browser/test_form_ways.py::test_under_fourteen_ends_where_minors_are_not_asked": 0,
    "tests/browser/test_login.py::test_what_is_taken_away_is_gone_at_the_next_click": 0,
    "tests/browser/test_old_phones.py::test_a_row_of_a_matrix_is_read_out_with_its_question": 0,
    "tests/browser/test_old_phones.py::test_text_and_buttons_are_large_and_the_next_button_is_always_visible": 0,
    "tests/browser/test_quality_and_import.py::test_quality": 0,
    "tests/browser/test_subpath.py::test_a_dashboard_that_cannot_be_served_says_why": 1,
    "tests/browser/test_subpath.py::test_a_form_under_a_path_opens_without_a_network_and_sends_later": 0,
    "tests/browser/test_subpath.py::test_a_form_whose_answers_cannot_arrive_says_so_before_the_first_question": 1,
    "tests/browser/test_subpath.py::test_a_page_kept_from_before_learns_that_the_wave_is_over": 0,
    "tests/browser/test_subpath.py::test_an_answer_that_a_proxy_turns_back_is_no_matter_of_the_network": 0,
    "tests/browser/test_subpath.py::test_the_dashboard_under_a_path": 0,
    "tests/browser/test_subpath.py::test_the_live_page_says_that_answers_do_not_arrive": 0,
    "tests/chaos/test_disks.py::test_a_full_disk_is_reported_and_what_was_acknowledged_stays": 0,
    "tests/chaos/test_flips.py::test_every_flipped_bit_is_found_and_none_read_as_another_answer": 3,
    "tests/chaos/test_powercut.py::test_the_simulated_disk_loses_answers_of_a_store_that_does_not_sync": 0,
    "tests/commands/actions/test_decision_commands.py::test_each_command_starts_with_a_recommendation": 2,
    "tests/commands/findings/test_quality_commands.py::test_every_table_can_include_or_exclude_responses": 3,
    "tests/commands/upkeep/test_repair.py::test_two_repairs_at_once_do_the_same_as_one": 0,
    "tests/commands/findings/test_text.py::test_the_other_parts": 2,
    "tests/documents/test_forms.py::test_every_number_of_the_content_is_read_back": 2,
    "tests/reports/briefing/test_bad_input.py::test_something_true_is_said_and_nothing_breaks": 2,
    "tests/reports/crosstab/test_against_svy.py::test_a_random_table_is_that_of_svy": 3,
    "tests/reports/plans/test_sample_curve.py::test_every_frame_has_defaults_that_it_can_meet": 2,
    "tests/reports/sentences/test_bindings.py::test_every_number_of_every_sentence_is_the_cell_it_refers_to": 2,
    "tests/reports/test_one_number.py::test_a_page_and_its_command_state_the_same_provenance": 3,
    "tests/security/test_leftovers.py::test_killed_imports_leave_nothing_after_the_next_start": 0,
    "tests/security/test_markup.py::test_no_figure_obeys_a_name": 4,
    "tests/security/test_markup.py::test_no_page_obeys_a_name": 5,
    "tests/security/test_matrix.py::test_no_page_of_another_role_opens": 2,
    "tests/security/test_spreadsheets.py::test_no_place_name_is_a_formula_in_what_a_command_writes": 5,
    "tests/survey/collect/draining/test_drain.py::test_a_damaged_submission_is_set_apart_and_the_others_are_moved": 2,
    "tests/survey/collect/draining/test_stuffing.py::test_scripted_submissions_of_fifty_addresses_are_set_apart": 2,
    "tests/survey/collect/test_fuzz.py::test_the_protocol_holds_whatever_is_sent": 2,
    "tests/survey/host/test_permissions.py::test_a_group_that_is_named_shares_what_is_written_from_then_on": 0,
    "tests/survey/importing/test_blocks.py::test_exports_of_all_tools": 5,
    "tests/survey/importing/test_mapping.py::test_noise_causes_no_wrong_match": 4,
    "tests/survey/mock/test_mock_drawing.py::test_same_seed_same_city": 0,
    "tests/survey/readers/test_exports.py::test_importing_twice_stores_once": 3,
    "tests/survey/readers/test_variants.py::test_kobo_select_multiple_either_way": 1,
    "tests/survey/storage/test_backup.py::test_a_backup_during_imports_and_drains_is_consistent": 0,
    "tests/survey/storage/test_backup.py::test_every_flipped_bit_is_found_and_nothing_damaged_is_restored": 1,
    "tests/test_notebooks.py::test_notebook": 2,
    "tests/test_wheel.py::test_rates_and_texts": 0,
    "tests/test_wheel.py::test_streamlit_is_set_whatever_lies_about": 0,
    "tests/views/pages/test_bad_studies.py::test_pages_stay_up_without_anything_to_compare": 1,
    "tests/views/pages/test_decision_pages.py::test_a_kept_random_order_between_the_waves_gives_an_effect": 0,
    "tests/views/pages/test_missing_parts.py::test_pages_judge_only_by_parts_of_the_study": 2,
    "tests/views/pages/test_missing_parts.py::test_the_overview_lists_what_is_missing": 1,
    "tests/views/pages/test_retention_pages.py::test_every_page_opens_when_all_answers_are_gone": 2,
    "tests/views/pages/test_retention_pages.py::test_every_page_opens_when_the_answers_of_an_earlier_wave_are_gone": 2,
    "tests/views/test_fifth_measure.py::test_commands_know_it": 0,
    "tests/views/test_shown_sentences.py::test_every_sentence_of_every_page_is_bound": 4,
}
"""Test -> number of its variants that run every time."""


def draw_fewer(test: Callable[..., Any]) -> None:
    """Let a property test draw its share of examples; leave other tests alone."""
    if SHARE < 1 and is_hypothesis_test(test):
        name = "_hypothesis_internal_use_settings"  # where the plugin of hypothesis reads them too
        asked = getattr(test, name)
        fewer = max(min(asked.max_examples, LEAST), round(asked.max_examples * SHARE))
        setattr(test, name, settings(asked, max_examples=fewer))
