"""Macros of packages that set something up, with what they take: nothing of it is printed where they stand."""

from __future__ import annotations

_ONE = """pgfplotsset lstset setmainfont setsansfont setmonofont setmathfont setCJKmainfont setdefaultlanguage
    setmainlanguage setotherlanguage setotherlanguages microtypesetup tikzset tcbset mdfsetup bookmarksetup pgfkeys
    DeclareGraphicsExtensions IEEEpubid changefontsizes addvspace enlargethispage setstretch needspace Needspace
    verbatiminput lstinputlisting markright lhead chead rhead lfoot cfoot rfoot fancyhead fancyfoot fancyhf
    fancyheadoffset fancypagestyle ihead ohead ifoot ofoot declaretheorem selectlanguage bookmark hhline
    AtBeginDocument AtEndDocument usemintedstyle captionsetup counterwithout SetKwInOut acresetall tcbuselibrary"""
_TWO = """numberwithin counterwithin counterwithout addtocontents markboth settowidth settoheight settodepth
    lstdefinestyle lstnewenvironment pgfmathsetmacro setkomafont addtokomafont DeclareAcronym newglossaryentry
    newtcolorbox crefalias DeclareFieldFormat inputminted SetKwInput SetKw"""
SET_UP = {
    **dict.fromkeys(_ONE.split(), "*[{"),
    **dict.fromkeys(_TWO.split(), "*[{{"),
    **dict.fromkeys("allowdisplaybreaks printbibliography printindex printglossary printglossaries".split(), "["),
    **dict.fromkeys("addcontentsline crefname Crefname creflabelformat DeclarePairedDelimiter".split(), "{{{"),
    "acrodef": "{[{", "newacronym": "[{{{", "newcolumntype": "{[{", "usefont": "{{{{",
    "titlespacing": "*{{{{[", "titleformat": "*{[{{{{[", "titlecontents": "*{[{{{{[",
}  # fmt: skip
