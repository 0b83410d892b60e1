"""The simplest forms in which Korean, Chinese and Japanese ask about a collection."""

from __future__ import annotations

import re

from ragft.answer.library.grammar import YEAR, Grammar, field_frames, question_frames
from ragft.answer.library.intent import Ask

_NOTHING = re.compile(r"(?!)")

_KO = r"(?:논문|문서|자료)"
_KO_FIELDS: tuple[tuple[Ask, str], ...] = (
    ("first_author", r"{}(?:의)? ?(?:제1|제 1|첫 번째|첫) ?저자(?:는|가)?(?: ?누구.*)?"),
    ("authors", r"{}(?:의)? ?(?:저자|작성자)(?:들)?(?:는|은|가|이)?(?: ?누구.*)?"),
    ("authors", r"{}(?:을|를|은|는)? ?누가 (?:썼|작성|쓴).*"),
    ("authors", r"누가 {}(?:을|를)? ?(?:썼|작성|쓴).*"),
    ("year", r"{}(?:은|는|이|가)? ?(?:언제|몇 ?년에?|어느 해에?) ?(?:나왔|나온|발표|출판|게재|쓰|출간|논문).*"),
    ("year", r"{}(?:의)? ?(?:발표|출판) ?(?:연도|년도)(?:는|가)?.*"),
    ("pages", r"{}(?:은|는|이|가)? ?(?:총 |모두 )?몇 ?(?:페이지|쪽).*"),
)
_KO_SETS: tuple[tuple[Ask, str], ...] = (
    (
        "count",
        rf"(?:내|제|나의|저의|내가 가진)? ?{_KO}(?:이|은|는|을|들이|들은)? ?(?:모두|총|전부)? ?몇 ?(?:개|편|건).*",
    ),
    ("count", rf"(?:내|제)? ?{_KO} ?(?:개수|수)(?:는|가)?.*"),
    ("list", rf"(?:내|제|모든|전체)? ?{_KO}(?:들)?(?:의)? ?(?:목록|리스트)(?:을|를|은)? ?(?:보여|알려|줘|주세요)?.*"),
    ("list", rf"(?P<author>\S+(?: \S+){{0,2}})(?:이|가) (?:쓴|작성한|저술한) {_KO}(?:은|는|이|을)? ?.*"),
)
_KO_ABOUT: tuple[tuple[Ask, str], ...] = (
    (
        "list",
        rf"(?:어떤|어느|내|제) ?{_KO}(?:이|들이|에서)? ?(?P<mention>.+?)(?:을|를|에 대해|에 관해) ?"
        r"(?:다루|언급|논의|사용|설명).*",
    ),
    (
        "list",
        rf"(?P<about>.+?)(?:을|를|에 대해|에 대한|에 관한|에 관해) ?(?:다루는|논의하는)? ?{_KO}"
        r"(?:은|는|이|가)? ?(?:있|뭐|무엇|어떤|어느|찾|보여|목록).*",
    ),
    (
        "list",
        rf"(?P<mention>.+?)(?:을|를) ?(?:언급하는|사용하는) ?{_KO}(?:은|는|이|가)? ?"
        r"(?:있|뭐|무엇|어떤|어느|찾|보여|목록).*",
    ),
)
KOREAN = Grammar(
    language="ko",
    lead=_NOTHING,
    tail=_NOTHING,
    frames=(
        *question_frames(_KO_SETS),
        *question_frames(_KO_ABOUT),
        *question_frames((("list", rf"(?P<rest>{YEAR})년(?:에 나온|에 발표된|의)? ?{_KO}(?:은|는|이|을)?.*"),)),
        *field_frames(_KO_FIELDS, r"(?:그것|이것|그|이|그 논문|이 논문)"),
    ),
    years=(re.compile(rf"(?P<in_year>{YEAR})"),),
)

_ZH = r"(?:论文|論文|文章|文献|文獻|文档|文檔|文件)"
_ZH_FIELDS: tuple[tuple[Ask, str], ...] = (
    ("first_author", r"{}的?第一作者(?:是谁|是誰|是)?"),
    ("authors", r"{}(?:是)?(?:由)?(?:谁|誰)(?:写|寫)的?"),
    ("authors", r"(?:谁|誰)(?:写|寫)了?{}"),
    ("authors", r"{}的?作者(?:都)?(?:是谁|是誰|有谁|有哪些|是)?"),
    ("year", r"{}(?:是)?(?:在)?(?:哪一?年|什么时候|什麼時候|何时|何時)(?:发表|發表|出版|写|寫|公开)?的?"),
    ("year", r"{}的?(?:发表|發表|出版)?(?:年份|时间|時間|日期)(?:是)?"),
    ("pages", r"{}(?:一共|总共|共)?(?:有)?(?:多少|几|幾)(?:页|頁)"),
)
_ZH_SETS: tuple[tuple[Ask, str], ...] = (
    ("count", rf"(?:我|我们|库里|这里)?(?:一共|总共|共)?(?:有)?(?:多少|几|幾)(?:篇|个|個|份)?{_ZH}"),
    ("count", rf"(?:我的)?{_ZH}(?:一共|总共|共)?有?(?:多少|几|幾)(?:篇|个|個|份)?"),
    ("list", rf"(?:列出|显示|顯示|给我看)?(?:我的?|所有的?|全部的?)+{_ZH}(?:列表)?"),
    ("list", rf"我有哪些{_ZH}"),
    ("list", rf"(?P<author>.+?)(?:写|寫|发表|發表)?的{_ZH}(?:有哪些|有什么|有吗)?"),
)
_ZH_WHICH = rf"(?:我的|我)?(?:有)?(?:哪些|哪几篇|哪篇){_ZH}"
_ZH_ABOUT: tuple[tuple[Ask, str], ...] = (
    ("list", rf"{_ZH_WHICH}(?:讨论|討論|提到|提及|使用|涉及|介绍|用)了?到?(?P<mention>.+?)的?"),
    ("list", rf"{_ZH_WHICH}是?(?:关于|關於)(?P<about>.+?)的?"),
    ("have", rf"(?:我)?(?:有没有|有沒有|有)(?:关于|關於|讨论|涉及)(?P<about>.+?)的{_ZH}(?:吗|嗎)?"),
    ("list", rf"(?:关于|關於)(?P<about>.+?)的{_ZH}(?:有哪些)?"),
)
CHINESE = Grammar(
    language="zh",
    lead=re.compile(r"^(?:请问|請問|请|請)"),
    tail=re.compile(r"(?:呢|啊|呀)$"),
    frames=(
        *question_frames(_ZH_SETS[:-1]),
        *question_frames(_ZH_ABOUT),
        *question_frames((("list", rf"(?:我)?(?:有)?(?:哪些)?(?P<rest>{YEAR})年(?:发表|發表)?的{_ZH}(?:有哪些)?"),)),
        *question_frames(_ZH_SETS[-1:], guarded=True),
        *field_frames(_ZH_FIELDS, rf"(?:它|这|這|这篇|這篇|那篇){_ZH}?"),
    ),
    years=(re.compile(rf"(?P<in_year>{YEAR})"),),
)

_JA = r"(?:論文|文書|文献|ドキュメント|資料)"
_JA_IS = r"(?:ですか|でしょうか|か|です)?"
_JA_FIELDS: tuple[tuple[Ask, str], ...] = (
    ("first_author", rf"{{}}の?(?:第一著者|筆頭著者)(?:は)?(?:誰|だれ)?{_JA_IS}"),
    ("authors", rf"{{}}の?(?:著者|作者)(?:は)?(?:誰|だれ)?{_JA_IS}"),
    ("authors", rf"{{}}を書いた(?:の|人)?は(?:誰|だれ){_JA_IS}"),
    ("authors", r"(?:誰|だれ)が{}を書(?:いた|きました)(?:の)?(?:ですか|か)?"),
    ("authors", r"{}は(?:誰|だれ)が書(?:いた|きました)(?:の)?(?:ですか|か)?"),
    ("year", r"{}(?:は|が)?(?:いつ|何年)(?:に)?(?:発表|出版|公開|書かれ|出).*"),
    ("year", rf"{{}}は何年(?:の論文)?{_JA_IS}"),
    ("pages", rf"{{}}(?:は)?(?:全部で)?何ページ(?:あります|ある)?{_JA_IS}"),
)
_JA_SETS: tuple[tuple[Ask, str], ...] = (
    (
        "count",
        rf"(?:私の|手元の)?{_JA}(?:は|が)?(?:全部で)?(?:いくつ|何本|何件|何編|何個)(?:あります|ある|持っています)?{_JA_IS}",
    ),
    ("list", rf"(?:私の|すべての|全ての|手元の)?{_JA}(?:の)?(?:一覧|リスト)(?:を.*)?"),
    ("list", rf"(?P<author>.+?)(?:が書いた|の書いた){_JA}(?:は|を)?.*"),
)
_JA_ABOUT: tuple[tuple[Ask, str], ...] = (
    (
        "list",
        rf"(?P<about>.+?)(?:について(?:の|書かれた)?|に関する|を扱(?:う|った)){_JA}(?:は|が)?(?:あります|ある|どれ|何).*",
    ),
    (
        "list",
        rf"(?P<mention>.+?)(?:を使(?:う|った)|に言及(?:する|した|している)){_JA}(?:は|が)?(?:あります|ある|どれ|何).*",
    ),
    ("list", rf"どの{_JA}が(?P<mention>.+?)(?:について|に|を)(?:述べ|議論|言及|扱|使|触れ).*"),
)
JAPANESE = Grammar(
    language="ja",
    lead=_NOTHING,
    tail=_NOTHING,
    frames=(
        *question_frames(_JA_SETS),
        *question_frames(_JA_ABOUT),
        *question_frames((("list", rf"(?P<rest>{YEAR})年(?:に発表された)?の?{_JA}(?:は|を)?.*"),)),
        *field_frames(_JA_FIELDS, r"(?:それ|これ|その論文|この論文)"),
    ),
    years=(re.compile(rf"(?P<in_year>{YEAR})"),),
)
