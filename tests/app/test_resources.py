"""What an application keeps open: engines and models, each once, and no trace of names that nobody has."""

from __future__ import annotations

import pytest

from ragft.app.resources import MOST_SESSIONS, Resources
from ragft.errors import ModelNotFound

pytestmark = pytest.mark.usefixtures("scripted_engine")


def test_names_of_models_that_nobody_has_leave_nothing_behind(resources: Resources) -> None:
    for number in range(2 * MOST_SESSIONS + 5):
        with pytest.raises(ModelNotFound):
            resources.session(f"nobody-has-{number}")
    assert len(resources._opening) <= MOST_SESSIONS + 1


def test_models_of_one_engine_share_it(resources: Resources) -> None:
    first, second = resources.session(), resources.session("tuned-model")
    assert first.engine is second.engine
    assert resources.session("tuned-model") is second
