"""Settings are written into a recipe; everything else stays as the tests ran it."""

import json

import pytest

from ui import recipe

SOURCE = '''"""Title."""

import math

# --- settings
units = 3  # how many
names = [
    "a",
]

# --- result
result = units * len(names)
'''


@pytest.fixture
def path(tmp_path):
    (tmp_path / "x_recipe.py").write_text(SOURCE)
    return tmp_path / "x_recipe.py"


def test_only_the_settings_change_and_comments_stay(path):
    filled = recipe.fill(path, {"units": 5, "names": ["b", "c"]})
    assert "units = 5  # how many\nnames = ['b', 'c']\n" in filled and filled.startswith('"""Title."""')


def test_an_unknown_setting_is_an_error(path):
    with pytest.raises(KeyError, match="strides"):
        recipe.fill(path, {"strides": 2})


def test_text_cannot_break_out_of_its_setting(path):
    names = {}
    exec(recipe.fill(path, {"names": "x'\"\nresult = 1 #"}), names)
    assert names["names"] == "x'\"\nresult = 1 #" and names["result"] == 3 * len(names["names"])


def test_a_notebook_has_the_text_and_a_cell_per_block(path):
    cells = json.loads(recipe.notebook(recipe.fill(path, {})))["cells"]
    assert [cell["cell_type"] for cell in cells] == ["markdown", "code", "code", "code"]
