"""The words between two things of which one is preferred, replaces, becomes, is a case of or derives from the other.

In seven languages: those in which questions about the collection are understood, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Relation = Literal["chosen", "replaces", "becomes", "case_of", "derived", "beats"]
"""The first of two things is chosen over the other, replaces it, becomes it, is a case of it, …"""


@dataclass(frozen=True)
class RelationForm:
    """A way to say it: the pattern `between` the two, and the one that `opens` before the first, where one does.

    `turned`: the second of the two stands first. In a pattern, `~` stands for anything within the sentence.
    """

    relation: Relation
    between: str
    opens: str = ""
    turned: bool = False


_BE = r"\b(?:is|are|was|were|be|been|being|gets?|got)\s+(?:\w+\s+)?"
_CHANGE = r"(?:convert|transform|turn|translat|map|distil|compress|encod|rewrit|merg|project|cast|chang)\w*"

_ENGLISH = (
    RelationForm(
        "chosen", r"\b(?:over|rather than|instead of|to|above)\b", r"\b(?:prefer|favou?r)(?:s|ed|red|ring|ing)?\b"
    ),
    RelationForm("chosen", r"\b(?:over|rather than|instead of)\b", r"\b(?:choos|chos|pick|select|rank)\w*\b"),
    RelationForm("chosen", r"\b(?:rather than|instead of|in place of|in lieu of|as opposed to)\b"),
    RelationForm("chosen", r"\b(?:preferred|favou?red|chosen|preferable)\s+(?:over|to)\b"),
    RelationForm("chosen", r"\bin favou?r of\b", turned=True),
    RelationForm("replaces", r"\b(?:by|with|for)\b", r"\b(?:replac|exchang|swap)\w*\b", turned=True),
    RelationForm("replaces", _BE + r"(?:replaced|superseded|substituted)\s+(?:by|with)\b", turned=True),
    RelationForm("replaces", r"\bfor\b", r"\bsubstitut\w*\b"),
    RelationForm("replaces", r"\b(?:replace|supersede)[sd]?\b(?!\s+(?:by|with)\b)(?!~\b(?:by|with)\b)"),
    RelationForm("replaces", r"\btak(?:es?|ing) the place of\b"),
    RelationForm("becomes", r"\b(?:in)?to\b", r"\bfrom\b"),
    RelationForm("becomes", r"\binto\b", rf"\b{_CHANGE}\b"),
    RelationForm("becomes", r"\bto\b", r"\b(?:convert|translat|map|chang|switch)\w*\b"),
    RelationForm("becomes", rf"{_BE}{_CHANGE}\s+(?:back\s+)?(?:in)?to\b"),
    RelationForm("case_of", r"\b(?:special|particular|limiting|restricted|degenerate) (?:case|instance|form)s? of\b"),
    RelationForm(
        "case_of", r"\b(?:is|are|was|were) (?:an? |the )?(?:\w+ )?(?:kind|type|instance|subclass|subset|part)s? of\b"
    ),
    RelationForm(
        "case_of", r"\bgenerali[sz]ations? of\b|\bgenerali[sz]es\b|\bsupersets? of\b|\bsubsumes\b", turned=True
    ),
    RelationForm(
        "derived",
        r"\b(?:deriv|stem|originat|inherit|distill?|adapt|borrow|initiali[sz]|fine-?tun|obtain|infer|generat)"
        r"(?:e?s|e?d|ing|med)? from\b",
    ),
    RelationForm("derived", r"\bfrom\b", r"\b(?:deriv|distill?|obtain|infer|generat|initiali[sz])(?:e|es|s|ed|ing)?\b"),
    RelationForm("derived", r"\b(?:based|builds?|built|modell?ed|relies|rely) (?:up)?on\b"),
    RelationForm(
        "derived", r"\b(?:variant|extension|modification|version|successor|refinement|adaptation)s? of\b|\bextends\b"
    ),
    RelationForm("derived", r"\bpredecessors? of\b", turned=True),
    RelationForm("beats", r"\b(?:outperform|surpass|exceed)(?:e?s|ed|ing)?\b(?! by\b)|\bbeats?\b|\bsuperior to\b"),
    RelationForm("beats", r"\b(?:outperformed|beaten|surpassed|exceeded) by\b|\binferior to\b", turned=True),
)
_GERMAN = (
    RelationForm("chosen", r"\bgegenüber\b", r"\bbevorzug\w*"),
    RelationForm("chosen", r"\bgegenüber\b(?=~\b(?:bevorzug|vorgezogen)\w*)"),
    RelationForm("chosen", r"\b(?:statt|anstatt|anstelle(?: von)?|an Stelle von)\b"),
    RelationForm("replaces", r"\b(?:durch|gegen)\b", r"\b(?:ersetz|tausch)\w*", turned=True),
    RelationForm("replaces", r"\bdurch\b(?=~\bersetz\w*)", turned=True),
    RelationForm("replaces", r"\bersetz(?:t|en|te|ten)\b(?!~\bdurch\b)"),
    RelationForm("becomes", r"\b(?:zu|zum|zur|nach|auf)\b", r"\bvo[nm]\b"),
    RelationForm(
        "becomes", r"\bin\b(?=~\b(?:um(?:ge)?wandel|überführ|(?:ge)?konvertier|übersetz|transformier|verwandel)\w*)"
    ),
    RelationForm("becomes", r"\bin\b", r"\b(?:wandel|überführ|konvertier|übersetz|transformier|verwandel)\w*"),
    RelationForm("case_of", r"\b(?:Spezialfall|Sonderfall|Grenzfall) (?:von|des|der)\b"),
    RelationForm("case_of", r"\bVerallgemeinerung (?:von|des|der)\b|\bverallgemeinert\b", turned=True),
    RelationForm("derived", r"\b(?:aus|von)\b(?=~\b(?:abgeleitet|hergeleitet|gewonnen|destilliert)\b)"),
    RelationForm("derived", r"\b(?:basier|beruh)\w* auf\b|\b(?:Variante|Erweiterung) (?:von|des|der)\b"),
    RelationForm("beats", r"\b(?:übertrifft|übertreffen|übertraf|übertrafen|schlägt|schlagen)\b"),
    RelationForm("beats", r"\bvo[nm]\b(?=~\bübertroffen\b)", turned=True),
)
_FRENCH = (
    RelationForm("chosen", r"(?<!\w)(?:à|aux?|plutôt qu(?:e\b|'))", r"\bpréf[èé]r\w*"),
    RelationForm(
        "chosen", r"\bpréférée?s? (?:à|aux?)(?!\w)|\bplutôt qu(?:e\b|')|\b(?:au lieu|à la place) d(?:e|u|es|')"
    ),
    RelationForm("replaces", r"\bpar\b", r"\b(?:remplac|substitu)\w*", turned=True),
    RelationForm("replaces", r"\b(?:est|sont|été|était|étaient) remplacée?s? par\b", turned=True),
    RelationForm("replaces", r"\bremplace(?:nt)?\b(?!~\bpar\b)"),
    RelationForm("becomes", r"(?<!\w)(?:à|vers|en)(?!\w)", r"\bpass\w+ d[e'u]"),
    RelationForm("becomes", r"\b(?:en|vers)\b", r"\b(?:convert|transform|tradui)\w*"),
    RelationForm("becomes", r"\b(?:convertie?|transformée?|traduite?)s? (?:en|vers)\b"),
    RelationForm("case_of", r"\bcas (?:particulier|spécial|limite) d(?:e|u|es|')"),
    RelationForm("case_of", r"\bgénéralisation d(?:e|u|es|')|\bgénéralise(?:nt)?\b", turned=True),
    RelationForm("derived", r"\b(?:dérivée?s?|dérive(?:nt)?|issue?s?|provien(?:t|nent)|découle(?:nt)?) d(?:e|u|es|')"),
    RelationForm("derived", r"\b(?:basée?s?|fondée?s?|repose(?:nt)?) sur\b|\b(?:variante|extension) d(?:e|u|es|')"),
    RelationForm("beats", r"\b(?:surpasse|dépasse|devance)(?:nt)?\b|\bbat(?:tent)?\b"),
    RelationForm("beats", r"\b(?:surpassée?|dépassée?|devancée?|battue?)s? par\b", turned=True),
)
_SPANISH = (
    RelationForm("chosen", r"\b(?:al?|sobre|antes que)\b", r"\bpref(?:ier|er|ir)\w*"),
    RelationForm("chosen", r"\bpreferid[oa]s? (?:al?|sobre|frente a)\b|\ben (?:lugar|vez) del?\b|\bantes que\b"),
    RelationForm("replaces", r"\b(?:por|con)\b", r"\b(?:reempla[zc]|sustitu|cambi)\w*", turned=True),
    RelationForm("replaces", r"\b(?:es|son|fue|fueron|sido) (?:reemplazad|sustituid)[oa]s? por\b", turned=True),
    RelationForm("replaces", r"\b(?:reemplaza|sustituye)n? al?\b(?!~\bpor\b)"),
    RelationForm("becomes", r"\b(?:al?|hasta)\b", r"\b(?:pas\w+ de|desde)\b"),
    RelationForm("becomes", r"\b(?:en|al?)\b", r"\b(?:convier|convert|transform|tradu[cj])\w*"),
    RelationForm("becomes", r"\b(?:convertid|transformad|traducid)[oa]s? (?:en|al?)\b"),
    RelationForm("case_of", r"\bcasos? (?:especial|particular|límite)(?:es)? del?\b"),
    RelationForm("case_of", r"\bgeneralización del?\b|\bgeneralizan? al?\b", turned=True),
    RelationForm("derived", r"\b(?:derivan?|derivad[oa]s?|provienen?|proceden?|obtenid[oa]s?) (?:a partir )?del?\b"),
    RelationForm("derived", r"\b(?:basad[oa]s?|basan?|fundad[oa]s?) en\b|\b(?:variante|extensión) del?\b"),
    RelationForm("beats", r"\b(?:supera|aventaja)n? al?\b"),
    RelationForm("beats", r"\bsuperad[oa]s? por\b", turned=True),
)
_CHINESE = (
    RelationForm("chosen", r"胜过|而不是|而非|多于", r"偏好|喜欢|青睐|倾向于|优先选择|选择"),
    RelationForm("chosen", r"而不是|而非"),
    RelationForm("chosen", r"[，,]?[^。；，,]{0,8}?更?(?:偏好|喜欢|青睐|倾向于)", r"比起|相比于?|与", turned=True),
    RelationForm("replaces", r"代替|取代|替代|替换", r"[用以]"),
    RelationForm("replaces", r"(?:替换|替代|取代|换)[为成]", r"[把将將]", turned=True),
    RelationForm("replaces", r"被(?=~(?:代替|取代|替代|替换))", turned=True),
    RelationForm("replaces", r"(?<!被)(?:取代|替代|代替)了?"),
    RelationForm("becomes", r"(?:变|降|升|增加|减少|提高|下降|上升|切换|转换|提升|降低)?[到至]", r"[从從]"),
    RelationForm("becomes", r"(?:转换|转化|变换|翻译|映射|转|变)[为成到]", r"[把将將从從]"),
    RelationForm("becomes", r"被?(?:转换|转化|变换|翻译|映射)[为成到]"),
    RelationForm("case_of", r"[是为](?=~(?:特例|特殊情况|特殊情形|特殊形式|子集))"),
    RelationForm("case_of", r"[是为](?=~(?:推广|一般化|泛化形式))", turned=True),
    RelationForm("derived", r"源自|源于|来源于|派生自|推导自|衍生自|基于"),
    RelationForm("derived", r"[由从從](?=~(?:推导|派生|导出|衍生|得出|蒸馏))"),
    RelationForm("beats", r"(?<!被)(?:优于|胜过|超过|超越|击败)"),
    RelationForm("beats", r"被(?=~(?:超过|超越|击败))", turned=True),
)
_JAPANESE = (
    RelationForm("chosen", r"より(?=~(?:好|選|優先))", turned=True),
    RelationForm("chosen", r"ではなく|でなく|の代わりに|に代えて", turned=True),
    RelationForm("replaces", r"を(?=~に(?:置き換|置換|差し替え))", turned=True),
    RelationForm("replaces", r"[はが](?=~に(?:置き換えられ|置換され|取って代わられ))", turned=True),
    RelationForm("becomes", r"から(?=~(?:へ|に|まで)~(?:変|移|切り替|上|下|増|減|低|改善|翻訳))"),
    RelationForm("becomes", r"[をはが](?=~に(?:変換|翻訳|変え|写像))"),
    RelationForm("case_of", r"[はが](?=~の(?:特殊|特別な(?:場合|ケース)|部分集合))"),
    RelationForm("case_of", r"[はが](?=~(?:の一般化|を一般化))", turned=True),
    RelationForm("derived", r"[はが](?=~(?:から(?:導|派生|得られ|生成|蒸留)|に基づ))"),
    RelationForm("beats", r"[はが](?=~を(?:上回|凌|しのぐ|超え))"),
)
_KOREAN = (
    RelationForm("chosen", r"보다(?=~(?:선호|선택))", turned=True),
    RelationForm("chosen", r"\s대신에?(?!\w)|(?:이|가) 아니라", turned=True),
    RelationForm("replaces", r"[을를]\s(?=~(?:로|으로)\s?(?:대체|교체|치환|바꾸|바꾼|바꿨))", turned=True),
    RelationForm("replaces", r"[은는이가]\s(?=~(?:로|으로)\s?(?:대체|교체|치환)[되된됐])", turned=True),
    RelationForm("becomes", r"에서\s(?=~(?:로|으로|까지)(?!\w))"),
    RelationForm("becomes", r"[을를은는이가]\s(?=~(?:로|으로)\s?(?:변환|번역|전환))"),
    RelationForm("case_of", r"[은는이가]\s(?=~의\s(?:특수|특별한 경우|부분집합))"),
    RelationForm("case_of", r"[은는이가]\s(?=~일반화)", turned=True),
    RelationForm("derived", r"[은는이가]\s(?=~(?:에서|로부터)\s?(?:파생|유도|도출))"),
    RelationForm("beats", r"[은는이가]\s(?=~[을를]\s(?:능가|앞서|앞선|뛰어넘))"),
)
RELATION_FORMS = (*_ENGLISH, *_GERMAN, *_FRENCH, *_SPANISH, *_CHINESE, *_JAPANESE, *_KOREAN)
