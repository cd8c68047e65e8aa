"""Is every paper, in every form and both languages, the bytes that were looked at and kept?"""

import pytest
from paper_specimens import FOLDER, LANGUAGES, forms, names, specimen


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", names())
def test_every_form_of_a_paper_is_as_it_was_reviewed(name, language):
    for file, payload in forms(specimen(name), language):
        assert payload == (FOLDER / name / file).read_bytes(), f"{name}/{file}"


def test_there_is_a_specimen_of_every_paper():
    kinds = {specimen(name).kind for name in names()}
    assert kinds == {"answer", "daily-notice", "statement", "broker-summary"}
