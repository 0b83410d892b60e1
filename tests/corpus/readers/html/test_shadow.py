"""Elements with a content of their own, as scripts make them: what stands beside it is seen in its slots."""

from __future__ import annotations

import time

import pytest

from ragft.corpus.readers.html.reader import parse_page


def own(content: str) -> str:
    return f"<template shadowrootmode=open>{content}</template>"


@pytest.mark.parametrize(
    ("page", "seen"),
    [
        (
            f"<x-a>{own('Price: <slot name=p></slot> for <slot>9</slot> bolts')}<b slot=p>$320</b><i>15</i></x-a>",
            ["Price: $320 for 15 bolts"],
        ),
        (f"<x-a>{own('For <slot>9</slot> bolts')}\n</x-a>", ["For 9 bolts"]),
        (f"<x-a>{own('For <slot name=q>9</slot>, <slot name=q>8</slot>')}<b slot=q>7</b></x-a>", ["For 7, 8"]),
        (f"<x-a>{own('Only 57')}not 45</x-a>", ["Only 57"]),
        (f"<x-a>{own('(<slot></slot>)')}a <x-b>{own('[<slot></slot>]')}5</x-b> c</x-a>", ["(a", "[5]", "c)"]),
        (f"<x-a>{own('<x-b>' + own('[<slot></slot>]') + '<slot></slot></x-b>')}57</x-a>", ["[57]"]),
        ("<x-a><template>Not 45</template>57</x-a>", ["57"]),
    ],
)
def test_slots_are_filled_as_in_a_browser(page: str, seen: list[str]) -> None:
    assert [block.text for block in parse_page(page).blocks] == seen


def test_many_inside_one_another_end_soon() -> None:
    began = time.process_time()
    page = parse_page(f"<x-a>{own('<slot></slot>')}" * 4000 + "57" + "</x-a>" * 4000)
    assert "57" in page.blocks[-1].text
    assert time.process_time() - began < 5
