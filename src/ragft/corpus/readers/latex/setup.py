"""Macros of packages that set something up, with what they take: nothing of it is printed where they stand."""

from __future__ import annotations

_ONE = """pgfplotsset lstset setmainfont setsansfont setmonofont setmathfont setCJKmainfont setdefaultlanguage
    setmainlanguage setotherlanguage setotherlanguages microtypesetup tikzset tcbset mdfsetup bookmarksetup pgfkeys
    DeclareGraphicsExtensions IEEEpubid changefontsizes addvspace enlargethispage setstretch needspace Needspace
    verbatiminput lstinputlisting markright lhead chead rhead lfoot cfoot rfoot fancyhead fancyfoot fancyhf
    fancyheadoffset ihead ohead ifoot ofoot declaretheorem selectlanguage bookmark hhline
    AtBeginDocument AtEndDocument usemintedstyle captionsetup tcbuselibrary floatsetup tikzmark
    column setbeamersize usetheme usecolortheme usefonttheme epsfig psfig epsfbox newgeometry special
    adjincludegraphics includestandalone icmlkeywords orcidlink pdfinfo AtBeginSection AtBeginSubsection tikz"""
_TWO = """numberwithin counterwithin counterwithout addtocontents markboth settowidth settoheight settodepth
    lstdefinestyle pgfmathsetmacro fancypagestyle setkomafont addtokomafont DeclareAcronym newglossaryentry
    crefalias creflabelformat DeclareFieldFormat inputminted SetKwInput SetKwInOut SetKw
    setbeamercolor setbeamerfont psfrag TPGrid DeclareUnicodeCharacter icmlsetsymbol icmlaffiliation"""
_RULES = {
    **dict.fromkeys("cline Cline Xhline hlineB hlinewd ChangeRT cdottedline cdashline cdashlinelr".split(), "*{["),
    **dict.fromkeys("tabucline arrayrulecolor doublerulesepcolor SetRow SetColumn SetHline SetVline".split(), "[{"),
    **dict.fromkeys("modulolinenumbers hdashline nolinebreak pagebreak nopagebreak".split(), "["),
    "Xcline": "{{", "specialrule": "{{{", "noalign": "{", "RowStyle": "[{",
}  # fmt: skip
"""Rules and looks of tables: their columns, widths and colours are not text."""
SET_UP = {
    **_RULES,
    **dict.fromkeys(_ONE.split(), "*[{"),
    **dict.fromkeys(_TWO.split(), "*[{{"),
    **dict.fromkeys("allowdisplaybreaks printbibliography printindex printglossary printglossaries".split(), "["),
    **dict.fromkeys("addcontentsline crefname Crefname DeclarePairedDelimiter".split(), "{{{"),
    **dict.fromkeys("clearpage cleardoublepage FloatBarrier balance flushbottom raggedbottom sloppy".split(), ""),
    **dict.fromkeys("singlespacing onehalfspacing doublespacing frontmatter mainmatter backmatter".split(), ""),
    "acresetall": "", "lstnewenvironment": "{[[{{", "newtcolorbox": "[{[[{",
    "acrodef": "{[{", "newacronym": "[{{{", "newcolumntype": "{[{", "usefont": "{{{{",
    "titlespacing": "*{{{{[", "titleformat": "*{[{{{{[", "titlecontents": "*{[{{{{[",
}  # fmt: skip
