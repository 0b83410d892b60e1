"""Forms are read as they are filled in; what only lets a reader choose is not."""

from __future__ import annotations

import pytest

from ragft.corpus.readers.html.reader import fragment_blocks


@pytest.mark.parametrize(
    ("page", "seen"),
    [
        ("<label>Name <input value='Ann 55'></label>", "Name Ann 55"),
        ("<label>Day<input type=date value=2024-05-17>noon</label>", "Day 2024-05-17 noon"),
        ("In <select><option>summer<option selected>winter</select> it is open.", "In winter it is open."),
        ("In <select><option>summer<option>winter</select> it is open.", "In it is open."),
        ("<ul><li><input type=checkbox checked disabled>oiled</li></ul>", "☒ oiled"),
        ("<ul><li><input type=checkbox>oiled</li></ul>", "☐ oiled"),
        ("<label><input type=radio checked>yes</label><label><input type=radio>no</label>", "☒ yes ☐ no"),
        ("a <input type=hidden value=5><input type=password value=6><input type=submit value=7> b", "a b"),
        ("Gate<input type=checkbox id=toggle>s", "Gate s"),
        ("<li hidden><input value=5></li>a", "a"),
        ("a <div popover>b</div>", "a"),
        ("<svg><text>12</text><foreignObject><div>34 kg</div></foreignObject></svg>", "12 34 kg"),
    ],
)
def test_what_controls_and_drawings_show(page: str, seen: str) -> None:
    assert " ".join(block.text for block in fragment_blocks(page)[0]) == seen
