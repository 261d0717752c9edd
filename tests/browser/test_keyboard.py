"""The main job by keyboard alone (issue 2, "Done when" 2): everything is reached, and seen to have the focus."""

import pytest

from tests.browser.jobs import main_job

pytestmark = pytest.mark.browser


def test_the_main_job_needs_no_mouse(visit):
    def by_keyboard(persona):
        return visit(persona, by_keyboard=True)

    _meeting, resolution, _letters = main_job(by_keyboard, "Schulungen anbieten")
    assert resolution.number
