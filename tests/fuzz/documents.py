"""Files of every format that is read, made for the fuzzer to begin with."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

from tests.corpus.pdfs import column, pdf_bytes, prose
from tests.corpus.readers.books import book, page

HTML = b"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>Tides</title>
<style>.up{vertical-align:super}div > p[x],a{display:none}</style></head><body><h1>Tides</h1><p>The moon
pulls &amp; the sea <sup>2</sup> rises.</p><h2>Heights</h2><table><tr><th>port</th><td>3 m</td></tr></table>
<ul><li>one<ol><li>two</li></ol></li></ul><pre>a  b</pre><!-- c --><?php d ?><math><mi>x</mi><?e?></math>
<h2>References</h2><p>[1] A.</p></body>"""
CSS = b"""@import url("more.css"); @media print { p { display: none } } .up { vertical-align: super; top: -.5em }
body > .x, #y p[lang|=en]:not(.z) { color: rgb(255, 255, 255) ; background: white !important } /* c */ .f{display:grid}
@supports (display: grid) { .x { transform: translate(-9999px) scaleX(0.01) } } .n { .m & { opacity: 0 } }
"""
MARKDOWN = b"""---\ntitle: Tides\nauthor: [Ann Other]\n---\n# Tides\n\n## Cause\n\nThe *moon* `x` and $a_1$ [1].

| port | height |\n| --- | --- |\n| A | 3 m |\n\n```python\nx = 1\n```\n\n> quoted\n\n- one\n  - two\n\n<b>raw</b>
"""
LATEX = rb"""\documentclass{article}\usepackage[latin1]{inputenc}\newcommand{\sea}[2][the]{#1 \emph{#2}\xspace} % c
\title{Tides}\author{Ann Other\thanks{x} \and Bo Two}\begin{document}\section{Heights}\label{s}\sea{North}
$10^{-4}$ \[a\] \begin{table}\caption{Ports}\begin{tabular}{l|c} a & \multicolumn{2}{c}{b} \\ \hline c & $\frac{1}{2}$
\end{tabular}\end{table}\begin{itemize}\item[x] one\footnote{note}\end{itemize}
\begin{verbatim}a % b\end{verbatim}\verb|x| \input{y}~\cite[p.~3]{k}
\'{e} ``q'' \ref{s}\def\x#1{\x{#1}#1}\x{2}\end{document}"""
TEXT = "1 Tides\n\nThe moon pulls the sea – so it rises\u00ad twice.\n\n2 Heights\n\n  • 3 m\n\fReferences\n".encode()
MAIL = b"""From: =?utf-8?q?Ann_=C3=96?= <a@x.org>\nSubject: Tides\nDate: Fri, 01 May 2020 10:00:00 +0200
Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html; charset=latin1\n\n<p>The moon.</p>
--b\nContent-Disposition: attachment; filename=x.pdf\n\nx\n--b--\n"""


def pdf() -> bytes:
    def page(canvas: Any) -> None:
        column(canvas, 72, 80, 200, ["# Tides", prose("the sea"), "# References", prose("a book")])

    return pdf_bytes(page, page, title="Tides", author="Ann Other", pageCompression=0)


def docx() -> bytes:
    import docx

    document = docx.Document()
    document.add_heading("Tides", 0)
    document.add_heading("Cause", 1)
    document.add_paragraph("The moon pulls.")
    document.add_table(2, 2).cell(0, 0).text = "port"
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


def pptx() -> bytes:
    import pptx

    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text, slide.placeholders[1].text = "Tides", "The moon pulls."
    slide.shapes.add_table(2, 2, 0, 0, 99, 99).table.cell(0, 0).text = "port"
    slide.notes_slide.notes_text_frame.text = "Slowly."
    packed = io.BytesIO()
    deck.save(packed)
    return packed.getvalue()


def xlsx() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for row in (["port", "m"], ["Brest", 6.2]):
        book.active.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def epub() -> bytes:
    nav = '<item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
    others = {"OPS/nav.xhtml": page("<nav epub:type='toc'><a href='1.xhtml'>One</a></nav>"), "OPS/s.css": ".a {top: 0}"}
    chapter = page("<h1>Tides</h1><p>The moon.</p>", '<link rel="stylesheet" href="s.css"/>')
    with tempfile.TemporaryDirectory() as folder:
        return book(Path(folder) / "b.epub", {"1.xhtml": chapter}, items=nav, others=others).read_bytes()
