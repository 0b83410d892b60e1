"""What macros and environments of LaTeX take, and what is done with them.

An argument is written `{` where it must be, `[` where it may be, `*` for a star: the notation of pylatexenc.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from ragft.corpus.readers.latex.algorithms import STATEMENTS
from ragft.corpus.readers.latex.setup import SET_UP

NUMBER = "ragftnumber"
"""A macro of our own: the number of a theorem, behind its beginning."""
DROPPED = {
    **dict.fromkeys(
        """label index glsadd nocite bibliography bibliographystyle addbibresource pagestyle thispagestyle pagenumbering
        vphantom todo missingfigure usetikzlibrary graphicspath affiliation affil
        address email institute orcid keywords acmConference setcopyright acmDOI acmISBN acmPrice acmYear copyrightyear
        ccsdesc authornote authorrunning titlerunning icmltitlerunning subtitle inst pdfbookmark theoremstyle
        hyphenation input include includeonly subfile title author date hypersetup setlist abstract vspace hspace
        usepackage documentclass geometry linespread""".split(),
        "*[{",
    ),
    **dict.fromkeys("setlength addtolength setcounter addtocounter fontsize sbox".split(), "{{"),
    **dict.fromkeys("vskip hskip today".split(), ""),
    **dict.fromkeys("newlength stepcounter refstepcounter".split(), "{"),
    **dict.fromkeys("invisible usebox newsavebox".split(), "{"),
    "newcounter": "{[",
    "savebox": "{[[{",
    **dict.fromkeys("includegraphics includesvg includepdf".split(), "*[[{"),
    **dict.fromkeys("definecolor colorlet".split(), "[{{{"),
    "rule": "[{{",
    **dict.fromkeys("color pagecolor rowcolor cellcolor columncolor cmidrule".split(), "[{"),
    **dict.fromkeys("tnote tnotex tnoteref fnref footref corref tablenotemark fnote".split(), "[{"),
    **dict.fromkeys("addlinespace footnotemark tmark fnmark cormark toprule midrule bottomrule".split(), "["),
    **dict.fromkeys("maketitle tableofcontents listoffigures listoftables appendix newpage hline".split(), ""),
    "newtheorem": "*{[{[",
    **SET_UP,
}
"""Macros of which nothing is read, with what they take."""
COVERING = {
    "multicolumn": "{{{", "multirow": "[{[{[{", "multirowcell": "{[[{", "multirowthead": "{[[{", "Block": "[{{",
}  # fmt: skip
"""Macros of cells that cover others, with how many columns or rows (or both: `2-3`) before their text."""
LAST = {
    **dict.fromkeys(
        """emph textbf textit texttt textsc textrm textsf textup textsl textmd textnormal underline uline uwave mbox
        hbox fbox text mathrm enquote quotes textquote MakeUppercase uppercase lowercase textls hl gls
        Gls glspl Glspl acrshort acrlong acrfull ac acp acs acl acf num si unit IEEEPARstart frametitle centerline
        leftline added url path nolinkurl ensuremath thead makecell textlf highlight""".split(),
        "*[{",
    ),
    "href": "[{{", "hyperref": "[{", "hypertarget": "{{", "hyperlink": "{{",
    "textcolor": "[{{", "colorbox": "[{{", "fcolorbox": "[{[{{", "parbox": "[[[{{",
    "raisebox": "{[[{", "rotatebox": "[{{", "resizebox": "*{{{", "scalebox": "{[{", **COVERING,
    "SI": "[{[{", "qty": "[{{", "IEEEauthorblockN": "{", "foreignlanguage": "[{{",
    "texorpdfstring": "{{", "pdftooltip": "{{", "makebox": "[[{", "framebox": "[[{",
    "mintinline": "[{{", "pbox": "{{", "subcaption": "[{", "shortstack": "[{", "adjustbox": "{{",
}  # fmt: skip
"""Macros of which the last argument is read."""
NOTES = {
    **dict.fromkeys("footnote footnotetext tablefootnote marginpar sidenote marginnote endnote thanks".split(), "[{")
}
HEADINGS = {
    "part": 1, "chapter": 1, "section": 1, "subsection": 2, "subsubsection": 3, "paragraph": 4, "subparagraph": 5,
}  # fmt: skip
CITED = frozenset(
    """cite citep Citep parencite Parencite autocite Autocite footcite smartcite supercite citealp citealt footfullcite
    citenum cites parencites autocites shortcite citeyearpar""".split()
)
"""Citations that stand in brackets."""
NAMED = frozenset(
    "citet Citet textcite Textcite citeauthor Citeauthor citeyear citetitle citealias newcite citeA".split()
)
"""Citations that are part of the sentence."""
REFERRED = frozenset("ref autoref cref Cref eqref pageref nameref vref Vref labelcref subref".split())
CURRENCIES = {
    **dict.fromkeys("euro EUR EURtm EURhv EURcr EURdig officialeuro geneuro texteuro".split(), "€"),
    **dict.fromkeys("pounds pound textsterling".split(), "£"),
    **dict.fromkeys("yen textyen".split(), "¥"),
    **dict.fromkeys("cent textcent".split(), "¢"),
    **dict.fromkeys("rupee inr INR".split(), "₹"),
}
FRACTIONS = frozenset("frac tfrac dfrac cfrac nicefrac sfrac xfrac textfrac".split())
ALTERNATIVES = {
    "alt": "{{", "temporal": "{{{", "ifthenelse": "{{{", "iftoggle": "{{{", "ifbool": "{{{", "diagbox": "[{{",
    "backslashbox": "[[{{", "slashbox": "[[{{", "only": "{", "uncover": "{", "visible": "{",
}  # fmt: skip
"""Macros that show one of several texts, or several texts apart; conditions themselves are not read."""
CONDITIONED = frozenset({"ifthenelse", "iftoggle", "ifbool"})
APART = FRACTIONS | ALTERNATIVES.keys()
"""Macros that stand apart from digits beside them."""
QUANTITIES = {
    **dict.fromkeys("num numlist numproduct ang si unit tablenum".split(), "[{"),
    **dict.fromkeys("numrange qty SIlist qtylist qtyproduct".split(), "[{{"),
    **dict.fromkeys("SIrange qtyrange".split(), "[{{{"),
    "SI": "[{[{",
}
"""Numbers and units of siunitx."""
ROW_ENDS = frozenset("tabularnewline cr crcr".split())
PART_ENDS = frozenset("endhead endfirsthead endfoot endlastfoot".split())
"""End what a long table repeats on its pages."""
RAISED = frozenset("textsuperscript up textsu fup".split())
CAPTIONS = {"caption": "*[{", "captionof": "*{[{"}
PICTURED = {"subfloat": "[[{", "subfigure": "[[{", "subtable": "[[{"}
STRUCK = frozenset("sout st xout cancel deleted".split())
SPACES = frozenset(
    (*", ; : > quad qquad enspace enskip thinspace hfill hfil newline linebreak".split(), " ", "\n", "\t")
)

TABULARRAY = ("tblr", "longtblr", "talltblr", "booktabs")
TABLES = {
    "tabular": "[{", "tabular*": "{[{", "tabularx": "{[{", "tabulary": "{[{", "longtable": "[{", "supertabular": "{",
    "xltabular": "[{{", "tabu": "{", "longtabu": "{", "NiceTabular": "[{[", "NiceTabular*": "[{{[",
    "NiceTabularX": "[{{[", **dict.fromkeys(TABULARRAY, "[{"),
}  # fmt: skip
LISTS = frozenset(
    "itemize enumerate description compactitem compactenum inparaenum inparaitem asparaenum itemize* enumerate*".split()
)
CODE = frozenset({"verbatim"})
MATHS = frozenset(
    f"{name}{star}"
    for name in "equation align gather multline eqnarray displaymath math flalign alignat dmath subequations".split()
    for star in ("", "*")
) - {"subequations", "subequations*"}
UNREAD = frozenset(
    """tikzpicture pgfpicture picture thebibliography filecontents filecontents* CCSXML tikzcd forest overpic axis
    comment lrbox IEEEbiography IEEEbiographynophoto pspicture asy keywords""".split()
)
"""Environments that are drawings or bibliographies."""
BLOCKS = frozenset("block alertblock exampleblock".split())
"""Boxes of slides under a title."""
WITH_ARGUMENTS = {
    **TABLES,
    **dict.fromkeys(LISTS, "["),
    **dict.fromkeys("figure figure* table table* sidewaystable algorithm algorithm* algorithmic".split(), "["),
    **dict.fromkeys("frame columns tcolorbox mdframed threeparttable tablenotes".split(), "["),
    **dict.fromkeys("wrapfigure wraptable".split(), "[{[{"),
    **dict.fromkeys("subfigure subtable column".split(), "[{"),
    **dict.fromkeys("thebibliography adjustbox spacing alignat alignat* otherlanguage turn rotate".split(), "{"),
    **dict.fromkeys(BLOCKS, "{"),
    **dict.fromkeys("textblock textblock*".split(), "{"),
    **dict.fromkeys("adjustwidth resizebox CJK CJK* list overlayarea".split(), "{{"),
    **dict.fromkeys("listing acronym overprint".split(), "["),
    "minipage": "[[[{",
    "multicols": "{[",
}
ENVIRONMENTS = frozenset({*WITH_ARGUMENTS, *LISTS, *CODE, *MATHS, *UNREAD})
"""Environments that have a meaning of their own here."""
THEOREMS = {
    name: name.capitalize()
    for name in """theorem lemma proposition corollary definition proof remark example claim conjecture assumption fact
    observation hypothesis problem property""".split()
}


@cache
def context() -> Any:
    """What pylatexenc has to know to read all of these."""
    from pylatexenc.latexwalker import get_default_latex_context_db
    from pylatexenc.macrospec import EnvironmentSpec, MacroSpec

    macros = {
        **dict.fromkeys(STRUCK, "{"), "deleted": "[{", "replaced": "[{{", **DROPPED, **LAST, **NOTES, **ALTERNATIVES,
        **dict.fromkeys(HEADINGS, "*[{"), **dict.fromkeys(CITED | NAMED, "*[[{"), **dict.fromkeys(REFERRED, "*{"),
        **CAPTIONS, **PICTURED, **QUANTITIES, **dict.fromkeys(RAISED, "{"), **dict.fromkeys(FRACTIONS, "[{{"),
        **{name: "{" * statement.takes for name, statement in STATEMENTS.items()}, "ding": "{", "symbol": "{",
        **dict.fromkeys(CURRENCIES, ""), "phantom": "{", "hphantom": "{", "sisetup": "{",
        "textsubscript": "{", "linebreak": "[", "tabularnewline": "[", "SetCell": "[{", NUMBER: "{",
        "item": "[", "acro": "{[{", "verb": None, "\\": None,
    }  # fmt: skip
    known = get_default_latex_context_db()
    known.add_context_category(
        "ragft",
        macros=[MacroSpec(name, spec) for name, spec in macros.items() if spec is not None],
        environments=[EnvironmentSpec(name, spec) for name, spec in WITH_ARGUMENTS.items()],
        prepend=True,
    )
    return known
