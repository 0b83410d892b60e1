"""What of a page is seen: hidden parts, controls and navigation are taken out of its tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ragft.corpus.readers.html_styled import rules_of, select

_NEVER_SEEN = (
    "script,style,template,noscript,svg,iframe,object,canvas,audio,video,datalist,head,dialog:not([open]),rt,rp,"
    ".sr-only,.visually-hidden,.screen-reader-text,.screen-reader-only,.mw-jump-link"
)
_CONTROLS = (
    "input,select,optgroup,progress,meter,.mw-editsection,.headerlink,.anchorjs-link,.linenos,.lineno,"
    "[role=doc-backlink],.footnote-back,.footnote-backref,.reversefootnote,.mw-cite-backlink,.ltx_page_navbar,.ltx_page_footer"
)
_HIDDEN = "[hidden]:not([hidden=until-found]),[aria-hidden=true],[inert]"
_NAVIGATION = "nav,aside,footer,[role=navigation],[role=search],[role=menu],[role=menubar],[role=contentinfo]"
_CONTENT = frozenset("main article section blockquote".split())
_LABELS = frozenset("h1 h2 h3 h4 h5 h6 summary dt legend".split())
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?:[^\d.]|$)"
    r"|opacity\s*:\s*0(?:\.0+)?\s*(?:[;!]|$)|(?<![\w-])(?:left|top|text-indent)\s*:\s*-\d{4,}"
    r"|(?<![\w-])font\s*:\s*0(?:[^\d.]|$)|(?<![\w-])max-height\s*:\s*0(?:[^\d.]|$)"
    r"|(?<![\w-])(?:height|width)\s*:\s*0(?:[^\d.][^{}]*)?;[^{}]*overflow\s*:\s*(?:hidden|clip)"
    r"|overflow\s*:\s*(?:hidden|clip)[^{}]*(?<![\w-])(?:height|width)\s*:\s*0(?:[^\d.]|$)"
    r"|scale[xy]?\(\s*0(?:\.0+)?\s*[,)]|(?<![\w-])scale\s*:\s*0(?:[^\d.]|$)"
    r"|(?<![\w-])color\s*:\s*transparent|clip\s*:\s*rect\(\s*0|clip-path\s*:\s*inset\(\s*(?:50|100)%",
    re.IGNORECASE,
)
_COLOUR = re.compile(r"(?<![\w-])(background-color|background|color)\s*:\s*(#\w+|\w+\([^)]*\)|\w+)", re.IGNORECASE)
_NO_COLOUR = frozenset("inherit initial unset revert none currentcolor".split())
_COLOURS = {"white": "#ffffff", "black": "#000000", "rgb(255,255,255)": "#ffffff", "rgb(0,0,0)": "#000000"}
_LINKED = 0.5
"""The share of a part's text in links, from which it is navigation."""


def keep_what_is_seen(tree: Any) -> int:
    """Take out of a `LexborHTMLParser` what a reader does not see or does not read; the hidden characters, as a count.

    Nothing that holds most of the page is taken for hidden: a page saved while a dialogue was open, or before its
    scripts ran, hides all of its text.
    """
    for selector in _hiding_rules(tree):
        for node in select(tree, selector):
            node.attrs["data-unseen"] = ""
    _remove(tree, _NEVER_SEEN)
    whole = _length(tree.body)
    hidden = 0
    styled = [node for node in tree.css("[style]") if _hides(node.attributes.get("style") or "")]
    for node in [*tree.css(f"{_HIDDEN},[data-unseen]"), *styled]:
        count = _length(node)
        if node.tag not in {"body", "html"} and 2 * count <= whole:
            hidden += count
            node.decompose()
    _remove(tree, _CONTROLS)
    _remove_buttons(tree)
    _remove_navigation(tree)
    return hidden


def _hiding_rules(tree: Any) -> Iterator[str]:
    return (selector for selector, body in rules_of(tree) if _hides(body))


def _hides(declarations: str) -> bool:
    """Whether text is invisible by its style, or in the colour of its own background."""
    if _HIDING.search(declarations):
        return True
    colours = {name.casefold().removesuffix("-color"): _plain(value) for name, value in _COLOUR.findall(declarations)}
    colour = colours.get("color", "none")
    return colour not in _NO_COLOUR and colour == colours.get("background")


def _plain(colour: str) -> str:
    colour = "".join(colour.casefold().split())
    if len(colour) == 4 and colour.startswith("#"):
        colour = "#" + "".join(2 * digit for digit in colour[1:])
    return _COLOURS.get(colour, colour)


def _remove(tree: Any, selector: str) -> None:
    for node in tree.css(selector):
        node.decompose()


def _remove_buttons(tree: Any) -> None:
    """Buttons are no text, but for those that open what stands under a heading."""
    for node in tree.css("button"):
        if node.parent is None or node.parent.tag not in _LABELS:
            node.decompose()


def _remove_navigation(tree: Any) -> None:
    for node in tree.css(_NAVIGATION):
        linked = sum(_length(link) for link in node.css("a"))
        inside = node.tag in {"aside", "footer"} and _is_within_content(node)
        if linked > _LINKED * _length(node) or not inside:
            node.decompose()


def _is_within_content(node: Any) -> bool:
    parent = node.parent
    while parent is not None and parent.tag not in _CONTENT:
        parent = parent.parent
    return parent is not None


def _length(node: Any) -> int:
    return len("".join((node.text() or "").split())) if node is not None else 0
