"""Tests of which `make test` runs a few variants, or none, because another test guards the same on every run.

`tests/conftest.py` marks the others as slow; `make test-slow` runs them.
"""

from __future__ import annotations

KEPT = {
    "tests/browser/test_form_ways.py::test_an_interviewers_answer_goes_with_their_new_link_and_with_nobody_elses": 0,
    "tests/browser/test_form_ways.py::test_expired_links_are_refused_before_the_first_question": 0,
    "tests/browser/test_form_ways.py::test_the_phones_back_and_forward_walk_through_the_questions": 0,
    "tests/browser/test_form_ways.py::test_under_fourteen_ends_where_minors_are_not_asked": 0,
    "tests/browser/test_old_phones.py::test_text_and_buttons_are_large_and_the_next_button_is_always_visible": 0,
    "tests/chaos/test_flips.py::test_every_flipped_bit_is_found_and_none_read_as_another_answer": 3,
    "tests/commands/test_quality_commands.py::test_every_table_can_include_or_exclude_responses": 3,
    "tests/reports/plans/test_sample_curve.py::test_every_frame_has_defaults_that_it_can_meet": 2,
    "tests/reports/sentences/test_bindings.py::test_every_number_of_every_sentence_is_the_cell_it_refers_to": 2,
    "tests/reports/test_one_number.py::test_a_page_and_its_command_state_the_same_provenance": 3,
    "tests/security/test_markup.py::test_no_page_obeys_a_name": 5,
    "tests/survey/collect/draining/test_stuffing.py::test_scripted_submissions_of_fifty_addresses_are_set_apart": 2,
    "tests/survey/collect/test_fuzz.py::test_the_protocol_holds_whatever_is_sent": 2,
    "tests/survey/host/test_permissions.py::test_a_group_that_is_named_shares_what_is_written_from_then_on": 0,
    "tests/survey/importing/test_blocks.py::test_exports_of_all_tools": 5,
    "tests/survey/importing/test_mapping.py::test_noise_causes_no_wrong_match": 4,
    "tests/survey/mock/test_mock_drawing.py::test_same_seed_same_city": 0,
    "tests/survey/readers/test_exports.py::test_importing_twice_stores_once": 3,
    "tests/survey/readers/test_variants.py::test_kobo_select_multiple_either_way": 1,
    "tests/survey/storage/test_backup.py::test_every_flipped_bit_is_found_and_nothing_damaged_is_restored": 1,
    "tests/test_notebooks.py::test_notebook": 2,
    "tests/test_wheel.py::test_rates_and_texts": 0,
    "tests/test_wheel.py::test_streamlit_is_set_whatever_lies_about": 0,
    "tests/views/pages/test_decision_pages.py::test_a_kept_random_order_between_the_waves_gives_an_effect": 0,
    "tests/views/pages/test_missing_parts.py::test_pages_judge_only_by_parts_of_the_study": 2,
    "tests/views/pages/test_missing_parts.py::test_the_overview_lists_what_is_missing": 1,
    "tests/views/pages/test_retention_pages.py::test_every_page_opens_when_all_answers_are_gone": 2,
    "tests/views/pages/test_retention_pages.py::test_every_page_opens_when_the_answers_of_an_earlier_wave_are_gone": 2,
    "tests/views/test_fifth_measure.py::test_commands_know_it": 0,
    "tests/views/test_shown_sentences.py::test_every_sentence_of_every_page_is_bound": 4,
}
"""Test -> number of its variants that run every time."""
