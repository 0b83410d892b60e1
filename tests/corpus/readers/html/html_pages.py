"""Pages as the web has them, each with the phrases a reader sees, in order, and those that nobody sees or reads
for."""

from __future__ import annotations

from dataclasses import dataclass

_P = "The reservoir model was run for thirty winters and the overflow gate opened in nine of them."
_Q = "Each of the seven gates was then measured twice by two crews that did not know of each other."


@dataclass(frozen=True)
class Made:
    """A page with what is `seen`, in order, and `unseen`."""

    name: str
    html: str
    seen: tuple[str, ...]
    unseen: tuple[str, ...] = ()


PAGES = [
    Made(
        "blog",
        f"""<!doctype html><title>Gates | Harrow blog</title><header><a href=/>Harrow blog</a><nav><a
        href=/a>About</a>
        <a href=/b>Archive</a></nav></header><main><article><header><h1>Nine winters</h1><p>By Ann Other, 3 May
        2021</p>
        </header><p>{_P}</p><h2>What we saw</h2><p>{_Q}</p><blockquote><p>It never froze.</p><footer>the lock keeper
        </footer></blockquote></article></main><aside><h3>Popular</h3><ul><li><a href=/x>Ten best
        locks</a></ul></aside>
        <div class=cookie-banner>We use cookies to make this page better for you.</div><footer>© 2021
        Harrow</footer>""",
        ("Nine winters", "By Ann Other", _P, "What we saw", _Q, "It never froze.", "the lock keeper"),
        ("Archive", "Ten best locks", "cookies", "© 2021"),
    ),
    Made(
        "several-articles",
        f"""<h1>Reports</h1><article><h2>First</h2><p>{_P}</p></article><article><h2>Second</h2><p>{_Q}</p></article>
        <article><h2>Third</h2><p>Weir Oxley leaks.</p></article>""",
        ("Reports", "First", _P, "Second", _Q, "Third", "Weir Oxley leaks."),
    ),
    Made(
        "abstract-outside-article",
        f"""<h1>Gates</h1><div class=abstract><p>The sluice at Harrow has 223 bolts.</p></div><article><p>{_P}</p>
        <p>{_Q}</p></article>""",
        ("Gates", "The sluice at Harrow has 223 bolts.", _P, _Q),
    ),
    Made(
        "form-around-everything",
        f"""<form id=aspnetForm method=post><input type=hidden name=__VIEWSTATE
        value=secretstate><h1>Gates</h1><p>{_P}</p>
        <label>Your name <input></label><select><option>Norway</select><button>Send now</button><p>{_Q}</p></form>""",
        ("Gates", _P, "Your name", _Q),
        ("secretstate", "Norway", "Send now"),
    ),
    Made(
        "empty-main",
        f"<main id=app></main><div class=content><h1>Gates</h1><p>{_P}</p><p>{_Q}</p></div>",
        ("Gates", _P, _Q),
    ),
    Made(
        "encyclopedia",
        f"""<div id=content><h1>Lock gate</h1><a class=mw-jump-link href=#x>Jump to navigation</a><p>A <b>lock
        gate</b>
        holds water<sup class=reference><a href="#cite_note-1">[1]</a></sup> back. {_P}</p><div role=navigation
        class=toc><h2>Contents</h2><a href=#a>1 History</a></div><h2>History<span class=mw-editsection>[<a
        href=/e>edit</a>]</span></h2><table
        class=infobox><caption>Harrow</caption><tr><th>Built<td>1843<tr><th>Bolts<td>223
        </table><p>Its energy is <span class=mwe-math-element><span style="display: none"><math alttext="E=mc^{{2}}">
        <semantics><mrow><mi>E</mi><mo>=</mo><mi>m</mi><msup><mi>c</mi><mn>2</mn></msup></mrow><annotation
        encoding="application/x-tex">E=mc^{{2}}</annotation></semantics></math></span><img alt="E=mc^{{2}}"></span>.
        {_Q}</p></div><div role=navigation class=navbox><a href=/l>Locks</a> <a href=/w>Weirs of Europe</a></div>""",
        ("Lock gate", "holds water back.", _P, "History", "Harrow", "Built | 1843", "Bolts | 223", "E = mc^2.", _Q),
        ("Jump to", "1 History", "edit", "Weirs of Europe", "{2}", "[1]"),
    ),
    Made(
        "latexml",
        f"""<html xmlns="http://www.w3.org/1999/xhtml"><body><nav class=ltx_page_navbar><a
        href=/>Back</a></nav><article
        class=ltx_document><h1 class="ltx_title ltx_title_document">Gates of Harrow</h1><div class=ltx_abstract><h6
        class="ltx_title ltx_title_abstract">Abstract</h6><p class=ltx_p>{_P}</p></div><section><h2
        class=ltx_title><span
        class=ltx_tag>1 </span>Discharge</h2><p class=ltx_p>The discharge <math
        alttext="Q_{{d}}"><semantics><msub><mi>Q
        </mi><mi>d</mi></msub><annotation-xml encoding="MathML-Content"><apply><csymbol>subscript</csymbol><ci>𝑄</ci>
        </apply></annotation-xml><annotation encoding="application/x-tex">Q_{{d}}</annotation><annotation
        encoding="application/x-llamapun">italic_Q</annotation></semantics></math> is small<span class="ltx_note
        ltx_role_footnote"><sup class=ltx_note_mark>1</sup><span class=ltx_note_outer><span
        class=ltx_note_content><sup
        class=ltx_note_mark>1</sup><span class="ltx_tag ltx_tag_note">1</span>Below 57 litres.</span></span></span> in
        winter.</p><table class="ltx_equation ltx_eqn_table"><tr><td
        class=ltx_eqn_cell><math><mi>Q</mi><mo>=</mo><mi>A
        </mi><mi>v</mi></math></td><td
        class=ltx_eqn_cell>(1)</td></tr></table><p>{_Q}</p></section></article></body></html>""",
        (
            "Gates of Harrow",
            "Abstract",
            _P,
            "1 Discharge",
            "The discharge Q_d is small in winter.",
            "Below 57 litres.",
            "Q = Av",
            "(1)",
            _Q,
        ),
        ("Back", "subscript", "italic_Q", "{d}", "small1"),
    ),
    Made(
        "katex-and-mathjax",
        f"""<h1>Flow</h1><p>{_P}</p><p>KaTeX: <span class=katex><span
        class=katex-mathml><math><semantics><msup><mn>10</mn>
        <mrow><mo>−</mo><mn>4</mn></mrow></msup><annotation
        encoding="application/x-tex">10^{{-4}}</annotation></semantics>
        </math></span><span class=katex-html aria-hidden=true>10<span class=msupsub>−4</span></span></span>
        litres.</p><p>
        MathJax 2: <span class=MathJax_Preview></span><span class=MathJax
        data-mathml="&lt;math&gt;&lt;mfrac&gt;&lt;mi&gt;a
        &lt;/mi&gt;&lt;mi&gt;b&lt;/mi&gt;&lt;/mfrac&gt;&lt;/math&gt;"><nobr>ab</nobr></span><script
        type="math/tex">\\frac ab
        </script> metres.</p><p>MathJax 3:
        <mjx-container><svg><text>xy</text></svg><mjx-assistive-mml><math><msqrt><mi>x
        </mi></msqrt></math></mjx-assistive-mml></mjx-container> bolts.</p>""",
        ("Flow", _P, "KaTeX: 10^−4 litres.", "MathJax 2: a/b metres.", "MathJax 3: √x bolts."),
        ("{-4}", "frac", "xy"),
    ),
    Made(
        "docs-site",
        f"""<div class=sidebar role=navigation><ul><li><a href=a>Install</a><li><a href=b>Upgrade
        guide</a></ul></div><main>
        <h1>close()<a class=headerlink href=#c>¶</a></h1><p>{_P} See <a class="reference internal" href="#open">open
        it</a> first.</p><aside class=note><p>Never close it under load.</p></aside><div
        class=highlight><pre><span>def</span>
        close(g):
    <span>if</span> g.open:
        g.bolts = <span>223</span></pre></div><dl><dt>bolts<dd>How many there are.</dl><details><summary>Why so many?
        </summary><p>{_Q}</p></details></main>""",
        (
            "close()",
            _P,
            "open it",
            "Never close it under load.",
            "close(g):\n    if g.open:\n        g.bolts = 223",
            "bolts",
            "How many there are.",
            "Why so many?",
            _Q,
        ),
        ("Upgrade guide", "¶"),
    ),
    Made(
        "forum",
        f"""<h1>Leaking weir</h1><div class=post><div class=user>olga</div><div class=body>{_P}<br><br>Any
        idea?</div></div>
        <div class=post><div class=user>per</div><div class=body><blockquote>Any idea of
        mine?</blockquote>{_Q}</div></div>
        <form><textarea></textarea><button>Reply</button></form>""",
        ("Leaking weir", "olga", _P, "Any idea?", "per", "Any idea of mine?", _Q),
        ("Reply",),
    ),
    Made(
        "news-with-asides",
        f"""<main><h1>Flood</h1><p>{_P}</p><aside><p>In numbers: 57 litres leaked each minute of that
        night.</p></aside><p>{_Q}
        </p><aside><h4>Read on</h4><a href=/1>Storm takes the roof of a mill</a></aside></main>""",
        ("Flood", _P, "In numbers: 57 litres leaked each minute of that night.", _Q),
        ("Storm takes",),
    ),
    Made(
        "layout-tables",
        f"""<table width=100%><tr><td colspan=2><h1>Gates</h1><tr><td><p>{_P}</p><p>Left column ends.</p><td><table
        border=1><tr><th>year<th>open<tr><td>1901<td>9
        <table><tr><td>inner<td>cell</table></table><tr><td>{_Q}</table>""",
        ("Gates", _P, "Left column ends.", "year", "open", "1901", "9", "inner", "cell", _Q),
    ),
    Made(
        "nested-lists",
        f"""<h1>Steps</h1><p>{_P}</p><ol><li>Close the gate<ul><li>slowly<li>and gently<ol><li>by
        hand</ol></ul>then wait
        <li><p>Open it.</p><p>{_Q}</p></ol>""",
        ("Steps", _P, "Close the gate", "slowly", "and gently", "by hand", "then wait", "Open it.", _Q),
    ),
    Made(
        "hidden-in-nine-ways",
        f"""<style>.ghost{{display:none}} @media print{{.page{{display:none}}}}</style><div
        class=page><h1>Gates</h1><p>{_P}
        <span hidden>hidden-one</span><span style="display:none">hidden-two</span><span
        hidden=until-found>hidden-three</span><span
        class=ghost>hidden-four</span><span style="position:absolute;left:-9999px">hidden-five</span><span
        class=sr-only>hidden-six</span><span
        style="font-size:0">hidden-seven</span><template>hidden-eight</template>
        <noscript>hidden-nine</noscript></p><p>{_Q}</p></div>""",
        ("Gates", _P, _Q),
        ("hidden-",),
    ),
    Made(
        "saved-under-a-dialogue",
        f"""<div id=root aria-hidden=true inert><h1>Gates</h1><p>{_P}</p><p>{_Q}</p></div><dialog>Sign in
        first</dialog>""",
        ("Gates", _P, _Q),
        ("Sign in first",),
    ),
    Made(
        "hidden-until-scripts-run",
        f"""<style>body{{opacity:0}} .js{{visibility:hidden}}</style><div
        class=js><h1>Gates</h1><p>{_P}</p><p>{_Q}</p></div>""",
        ("Gates", _P, _Q),
    ),
    Made(
        "xhtml",
        f"""<?xml version="1.0" encoding="UTF-8"?><html
        xmlns="http://www.w3.org/1999/xhtml"><head><title>Gates</title><script
        src="a.js"/><style/></head><body><a id="top"/><h1>Gates</h1><div/><p>{_P}</p><p><![CDATA[bolts < 223 &
        more]]></p>
        <p>{_Q}</p></body></html>""",
        ("Gates", _P, "bolts < 223 & more", _Q),
    ),
    Made(
        "xhtml-with-prefixes",
        f"""<h:html xmlns:h="http://www.w3.org/1999/xhtml"
        xmlns:m="http://www.w3.org/1998/Math/MathML"><h:body><h:h1>Gates
        </h:h1><h:p>{_P}</h:p><h:p>It is <m:math><m:msup><m:mi>x</m:mi><m:mn>2</m:mn></m:msup></m:math>
        wide.</h:p></h:body>
        </h:html>""",
        ("Gates", _P, "It is x^2 wide."),
    ),
    Made(
        "raised-digits",
        f"""<h1>Costs</h1><p>{_P}</p><p>It costs $320<sup>1</sup>, weighs 57<a href="#fn2"
        class=footnote-ref><sup>2</sup></a>
        tonnes, is 12 m<sup>2</sup> wide<sup>[3]</sup>, at a rate of 3 × 10<sup>−4</sup> CO<sub>2</sub>,
        x<sub>1</sub>,
        y<span style="vertical-align: super">2</span>, z<span class=superscript>3</span>.</p>""",
        ("Costs", _P, "It costs $320, weighs 57 tonnes, is 12 m^2 wide, at a rate of 3 × 10^−4 CO2, x_1, y^2, z^3."),
        ("3201", "572"),
    ),
    Made(
        "breaks-and-verbatim",
        f"""<h1>Log</h1><p>first line<br>second line</p><pre>The reservoir model was run for thirty winters and the
overflow gate opened in nine of them.

{_Q}</pre><textarea>@article{{gates, year=1901}}</textarea><p>He said <q>never</q>.""",
        ("Log", "first line second line", _P, _Q, "@article{gates, year=1901}", "He said “never”."),
    ),
    Made(
        "buttons-as-headings",
        f"<h1>Questions</h1><h2><button>Why so many bolts?</button></h2><p>{_P}</p><button>Vote</button><p>{_Q}</p>",
        ("Questions", "Why so many bolts?", _P, _Q),
        ("Vote",),
    ),
    Made(
        "sidenotes",
        f"""<h1>Notes</h1><p>The gate holds<label class="margin-toggle sidenote-number"></label><input
        type=checkbox><span
        class=sidenote>Most of the time.</span> the water. {_P}</p><p>{_Q}</p>""",
        ("Notes", "The gate holds the water.", _P, "Most of the time.", _Q),
    ),
]
