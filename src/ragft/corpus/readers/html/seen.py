"""Removes hidden parts, controls and navigation from the tree of a page."""

from __future__ import annotations

import re
from typing import Any

from ragft.corpus.readers.html.cascade import Cascade
from ragft.corpus.readers.html.colours import unseen_by_colour
from ragft.corpus.readers.html.controls import write_controls
from ragft.corpus.readers.html.hidden import hidden_by_style

_NEVER_SEEN = (
    "script,style,template,head,title,datalist,dialog:not([open]),[popover],rt,rp,.sr-only,.visually-hidden,.visuallyhidden,"
    ".govuk-visually-hidden,.screen-reader-text,.screen-reader-only,.show-for-sr,.a-offscreen,.mw-jump-link,"
    ".material-icons,.material-symbols-outlined,[role=dialog][aria-hidden=true],.modal[aria-hidden=true],"
    "a[aria-hidden=true][href^='#']"
)
_BOXES = "iframe,object[data],canvas,audio,video,input,select,optgroup,progress,meter"
"""Elements that take room on the page, so that the text on both sides of them stands apart."""
_CONTROLS = (
    ".mw-editsection,.headerlink,.anchorjs-link,.anchor-link,.hash-link,.header-anchor,.linenos,.lineno,"
    "[role=doc-backlink],.footnote-back,.footnote-backref,.reversefootnote,.mw-cite-backlink,.ltx_page_navbar,.ltx_page_footer,"
    "p[class^=MsoToc]"
)
_PAGE_BREAKS, _LONGEST_NUMBER = r"[epub\:type~=pagebreak],[role=doc-pagebreak]", 20
"""Marks of where a page of the printed book begins, which hold its number."""
_UNSEEN_DRAWING = "defs,symbol,title,desc,metadata,[visibility=hidden],[display=none],[opacity='0'],[data-unseen]"
_KNOWN = re.compile("/(?:MathML|svg)$")
_UNSEEN, _GONE = "data-unseen", "data-gone"
_HIDDEN = f"[hidden],[{_UNSEEN}]"
_NAVIGATION = "nav,aside,footer,[role=navigation],[role=search],[role=menu],[role=menubar],[role=contentinfo]"
_CONTENT = frozenset("main article section blockquote".split())
_BY_STEPS = ".reveal .slides section:not([data-visibility=hidden]),.reveal .slides .fragment,.incremental>*"
"""What a slide show hides until its turn comes: slides of reveal.js, and their parts."""
_LABELS = frozenset("h1 h2 h3 h4 h5 h6 summary dt legend".split())
_TINY = r"(?:0(?![\d.])|0*\.\d+p[xt]|0*1(?:\.0+)?p[xt]|0*\.0\d*r?em)"
_FAR = r"-(?:\d{4,}|999(?!\d)|\d{3}(?:\.\d+)?(?:r?em|[dls]?v(?:[hwbi]|min|max)))"
_NOTHING = r"(?:0+(?:\.0[0-5]?\d*)?|\.0[0-5]?\d*|[0-5](?:\.\d+)?%)"
_ZERO = r"0(?:\.0+)?(?:px|%|r?em)?"
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)"
    rf"|font-size\s*:\s*{_TINY}|(?<![\w-])font\s*:\s*(?:[a-z-]+\s+)*{_TINY}"
    rf"|(?<![\w-])opacity\s*:\s*{_NOTHING}\s*(?:[;!]|$)"
    rf"|(?<![\w-])(?:left|top|right|bottom|inset(?:-[\w-]+)?|text-indent|margin(?:-left|-top)?)\s*:\s*{_FAR}"
    rf"|(?<![\w-])margin\s*:\s*(?:[^\s;]+\s+){{3}}{_FAR}|(?<![\w-])inset[\w-]*\s*:\s*(?:[^\s;]+\s+){{1,3}}{_FAR}"
    rf"|(?<![\w-])translate\s*:\s*(?:[^\s;]+\s+)?{_FAR}|translate(?:x|y|3d)?\(\s*(?:[^,()]*,\s*)?{_FAR}"
    r"|(?<![\w-])max-height\s*:\s*0(?:[^\d.]|$)"
    rf"|scale[xy]?\(\s*(?:[^,()]*,\s*)?{_NOTHING}\s*[,)]|(?<![\w-])scale\s*:\s*(?:[\d.]+\s+)?{_NOTHING}\s*(?:[;!]|$)"
    rf"|matrix\(\s*-?{_NOTHING}\s*,\s*0\s*,|matrix\((?:[^,()]*,){{3}}\s*-?{_NOTHING}\s*,"
    rf"|(?<![\w-])filter\s*:[^;]{{0,200}}?opacity\(\s*{_NOTHING}\s*\)"
    rf"|(?<![\w-])zoom\s*:\s*(?![0.]+%?\s*(?:[;!]|$)){_NOTHING}\s*(?:[;!]|$)"  # 0 is 1, by CSS Viewport
    rf"|clip-path\s*:\s*(?:circle\(\s*{_ZERO}[\s)]|ellipse\(\s*(?:{_ZERO}\s|[\d.]+[a-z%]*\s+{_ZERO}[\s)])"
    rf"|polygon\(\s*{_ZERO}\s+{_ZERO}(?:\s*,\s*{_ZERO}\s+{_ZERO})*\s*\))"
    r"|clip\s*:\s*rect\(\s*0|clip-path\s*:\s*inset\((?:\s*(?:50|100)%|[^()]*\s100%)"
    r"|content-visibility\s*:\s*hidden|text-security\s*:\s*(?:disc|circle|square)"
    r"|rotate(?:[xy]\(|\s*:\s*[xy]\s+)\s*-?(?:90|270)deg",
    re.IGNORECASE,
)
_TRANSPARENT = re.compile(
    r"(?<![\w-])(?:-webkit-text-fill-)?color\s*:\s*(?:transparent|#(?:[\da-f]{3}0|[\da-f]{6}00)(?![\da-f])"
    rf"|(?:rgba?|hsla?|hwb|(?:ok)?l(?:ab|ch)|color)\((?:(?:[^,()/]+,){{3}}|[^()/]*/)\s*{_NOTHING}\s*\))",
    re.IGNORECASE,
)
_PAINTED_BY_GROUND = re.compile(r"background(?:-clip)?\s*:[^;]{0,400}?\btext\b", re.IGNORECASE)
"""Transparent letters through which their background is seen, as of titles in two colours."""
_NO_SIZE = re.compile(
    r"(?<![\w-])(?:(?:max-)?(?:height|width|inline-size|block-size)|line-height)\s*:\s*(?:0(?:[^\d.]|$)|1px)",
    re.IGNORECASE,
)
_INDENTED = re.compile(r"text-indent\s*:\s*[1-9]\d{2,}(?:\.\d+)?%", re.IGNORECASE)
_ON_ONE_LINE = re.compile(r"white-space\s*:\s*(?:nowrap|pre)\b", re.IGNORECASE)
_CUT = re.compile(r"overflow(?:-[xy])?\s*:\s*(?:hidden|clip)", re.IGNORECASE)
_LINKED = 0.5
"""The share of a part's text in links, from which it is navigation."""


def keep_what_is_seen(tree: Any, cascade: Cascade) -> int:
    """Take out of a `LexborHTMLParser` what a reader does not see or does not read; the hidden characters, as a count.

    Nothing that holds most of the page is taken for hidden: a page saved while a dialogue was open, or before its
    scripts ran, hides all of its text.
    """
    _choose_cases(tree)
    texts = _mark_unseen(tree, cascade)
    _write_drawings(tree)
    _remove(tree, _NEVER_SEEN)
    whole = _length(tree.body)
    inside: set[int] = set()
    for node in tree.css(_HIDDEN):
        if node.mem_id not in inside and node.tag not in {"body", "html"} and 2 * _length(node) <= whole:
            inside.update(inner.mem_id for inner in node.css(_HIDDEN))
            node.attrs[_GONE] = ""
    _remove(tree, f"[{_GONE}]")
    for text in texts:
        text.replace_with(" ")
    hidden = whole - _length(tree.body)
    _remove(tree, _CONTROLS)
    _remove_page_breaks(tree)
    write_controls(tree)
    for node in tree.css(_BOXES):
        node.insert_before(" ")
    _remove(tree, _BOXES)
    _remove_buttons(tree)
    _remove_navigation(tree)
    return hidden


def hides(declarations: str) -> bool:
    """Whether text is invisible by its style, independent of its background."""
    if _HIDING.search(declarations):
        return True
    if _TRANSPARENT.search(declarations) and not _PAINTED_BY_GROUND.search(declarations):
        return True
    if not _CUT.search(declarations):
        return False
    if _INDENTED.search(declarations) and _ON_ONE_LINE.search(declarations):
        return True
    return _NO_SIZE.search(declarations) is not None


def _mark_unseen(tree: Any, cascade: Cascade) -> list[Any]:
    """Mark the elements that are not seen; the pieces of text that are not, beside elements that are."""
    texts = []
    by_steps = {node.mem_id for node in tree.css(_BY_STEPS)}
    hidden = (node for node in hidden_by_style(cascade, hides) if node.mem_id not in by_steps)
    for node in [*hidden, *unseen_by_colour(tree, cascade)]:
        if node.tag == "-text":
            texts.append(node)
        elif not node.tag.startswith("-"):
            node.attrs[_UNSEEN] = ""
    for node in tree.css("[hidden]"):
        display = cascade.elements[node.mem_id].values.get("display") if node.mem_id in cascade.elements else None
        if display not in {None, "none"} and (node.attributes["hidden"] or "") != "until-found":
            del node.attrs["hidden"]
    return texts


def _choose_cases(tree: Any) -> None:
    """Leave one form of what a book has in several (`epub:switch`): formulas and drawings, else the default."""
    for switch in tree.css(r"epub\:switch"):
        cases = switch.css(r"epub\:case")
        known = next((c for c in cases if _KNOWN.search(c.attributes.get("required-namespace") or "")), None)
        for other in [*cases, *switch.css(r"epub\:default")]:
            if other is not known and (known is not None or other.tag == "epub:case"):
                other.decompose()


def _write_drawings(tree: Any) -> None:
    """Put its text in the place of each drawing, its labels apart."""
    inner = {node.mem_id for node in tree.css("svg svg")}
    for drawing in (node for node in tree.css("svg") if node.mem_id not in inner):
        _remove(drawing, _UNSEEN_DRAWING)
        drawing.replace_with(
            f" {' '.join(node.text(separator=' ') or '' for node in drawing.css('text,foreignObject'))} "
        )


def _remove(tree: Any, selector: str) -> None:
    for node in reversed(tree.css(selector)):  # what is inside another goes first
        node.decompose()


def _remove_page_breaks(tree: Any) -> None:
    for node in reversed(tree.css(_PAGE_BREAKS)):
        if _length(node) <= _LONGEST_NUMBER:
            node.decompose()


def _remove_buttons(tree: Any) -> None:
    """Remove buttons, except those that open the text under a heading."""
    for node in tree.css("button"):
        if node.parent is None or node.parent.tag not in _LABELS:
            node.replace_with(" ")


def _remove_navigation(tree: Any) -> None:
    for node in tree.css(_NAVIGATION):
        linked = sum(_length(link) for link in node.css("a"))
        inside = node.tag in {"aside", "footer"} and _is_within_content(node)
        if linked > _LINKED * _length(node) or not inside:
            node.decompose()


def _is_within_content(node: Any) -> bool:
    parent = node.parent
    while parent is not None and parent.tag not in _CONTENT and parent.attributes.get("role") != "main":
        parent = parent.parent
    return parent is not None


def _length(node: Any) -> int:
    return len("".join((node.text() or "").split())) if node is not None else 0
