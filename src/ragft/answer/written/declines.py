"""How models say, in other languages than English, that the sources do not answer.

Each pattern speaks of the sources together with a verb of telling, or of the model itself: a sentence that merely
denies something is an answer. Texts are folded and without accents before they are compared.
"""

from __future__ import annotations

import re

from ragft.answer.shown.messages import catalogue
from ragft.corpus.fold import fold, without_accents

_PATTERNS = re.compile(
    "|".join(
        (
            # German
            r"\b(?:quellen?|dokumente?n?|unterlagen|texte?n?|kontext|passagen?|auszuge?n?|informationen)\b[^.]{0,50}?"
            r"\b(?:beantwort\w+|enthalt\w*|erwahn\w+|nenn\w+|sag\w+|geb\w+|gibt|liefer\w+)\b[^.]{0,60}?"
            r"\b(?:nicht|keine?n?|nichts)\b",
            r"\b(?:frage|sie|das|dies)\b[^.]{0,30}\b(?:kann|lasst sich|wird)\b[^.]{0,60}\bnicht\b[^.]{0,30}beantwort",
            r"\bkeine?n? (?:information|angab|antwort|hinweis)\w*\b[^.]{0,40}"
            r"\b(?:quelle|dokument|text|kontext|dazu|darub)",
            r"\b(?:in|aus) de[nmr] (?:\w+ )?(?:quelle|dokument|text|kontext)\w*\b[^.]{0,40}\bnicht "
            r"(?:beantwort|erwahnt|genannt|angegeben|enthalten|hervor)",
            r"\bich (?:weiss|kann) (?:es |das |die frage |diese frage )?(?:\w+ ){0,4}nicht(?: beantworten)?$",
            r"\b(?:dazu|daruber|hierzu)\b[^.]{0,60}\bnichts$",
            r"\b(?:quellen?|dokumente?n?|unterlagen|texte?n?|passagen?)\b[^.]{0,30}\bkeine antwort\b",
            # French
            r"\b(?:sources?|documents?|textes?|contexte|passages?|extraits?|informations)\b[^.]{0,40}\bne? ?'?"
            r"(?:repond\w*|contien\w+|mentionn\w+|precis\w+|indiqu\w+|fourni\w+|permet\w+|dis\w+|donn\w+)\b[^.]{0,20}"
            r"\b(?:pas|aucune?|rien)\b",
            r"\baucune (?:information|reponse|mention)\b[^.]{0,60}\b(?:sources?|documents?|textes?|contexte)\b",
            r"\bne (?:figuren?t?|apparait|apparaissent) pas dans (?:les|ces|vos) "
            r"(?:sources|documents|textes|passages)\b",
            r"\baucune? des (?:sources|documents|textes|passages|extraits) ne\b",
            r"\bje ne (?:sais|peux|trouve|connais) pas\b",
            # Spanish
            r"\b(?:fuentes?|documentos?|textos?|contexto|pasajes?|informacion)\b[^.]{0,30}\bno "
            r"(?:respond\w+|contien\w+|mencion\w+|dice\w*|proporcion\w+|especific\w+|indic\w+|permit\w+|da\w*|inclu\w+)\b",
            r"\bno (?:hay|se encuentra|existe|se menciona)\b[^.]{0,60}\b(?:fuentes?|documentos?|textos?|contexto)\b",
            r"\bno (?:lo se|puedo responder|encuentro)\b[^.]{0,30}$|^no se$",
            r"\bno (?:aparecen?|figuran?|constan?) en (?:los|las|estos|estas) (?:fuentes|documentos|textos|pasajes)\b",
            r"\bningun[ao] de (?:los|las) (?:fuentes|documentos|textos|pasajes)\b",
            # Korean
            r"(?:출처|문서|자료|본문|문맥|제공된 (?:정보|내용))[^.]{0,40}"
            r"(?:답(?:변|이|을|하)?|정보|내용|언급)[^.]{0,20}(?:없|않|못)",
            r"(?:질문)[^.]{0,20}(?:답(?:변)?(?:을)? ?(?:할 수 없|하지 않|드릴 수 없))|^(?:모르겠|알 수 없)",
            r"(?:출처|문서|자료|본문)[^.]{0,40}(?:나와|설명되어|언급되어|나타나|포함되어) 있지 않",
            r"(?:출처|문서|자료|본문)[^.]{0,20}(?:알|확인할|찾을) 수 (?:없|가 없)|(?:언급|내용|정보)이 없습니다$",
            # Chinese
            r"(?:来源|來源|文献|文獻|文档|文件|资料|資料|文本|上下文|原文|所给信息)[^。]{0,16}(?:没有|沒有|未|并未|並未|无法|無法|不能|不)"
            r"[^。]{0,6}(?:回答|提供|提及|提到|说明|說明|包含|涉及|给出|給出)",
            r"(?:无法|無法|不能)(?:从|從|根据|根據)?[^。]{0,16}(?:回答|得知|确定|確定)|^(?:我)?不知道",
            r"(?:来源|來源|文献|文獻|文档|文件|资料|資料|内容|內容)[^。]{0,10}(?:找不到|不包含|沒有|没有)[^。]{0,10}(?:答案|信息|資訊)",
            # Japanese
            r"(?:出典|文書|資料|文献|文脈|情報源|本文|テキスト)[^。]{0,24}(?:答え|回答|記載|言及|情報|述べられ|書かれ|含まれ)"
            r"[^。]{0,16}(?:ありません|ない|いません|できません|なかった)",
            r"(?:出典|文書|資料|文章|文献|本文)[^。]{0,30}(?:見つかりません|述べられていません|についての記述がありません)",
            r"(?:については|に関しては)何も書かれていません",
            r"(?:質問)[^。]{0,12}(?:答え|回答)[^。]{0,12}(?:できません|られません|えません|ない)|^(?:わかりません|分かりません)",
        )
    )
)


def declines(text: str) -> bool:
    """Whether `text`, a whole answer of a model, says in German, French, Spanish, Korean, Chinese or Japanese that
    the sources do not answer."""
    plain = _plain(text)
    if any(refusal in plain and len(plain) < 2 * len(refusal) for refusal in _refusals()):
        return True
    return len(plain) < 160 and _PATTERNS.search(plain) is not None


def _refusals() -> list[str]:
    return [_plain(texts["refusal"]) for texts in catalogue().values()]


def _plain(text: str) -> str:
    return " ".join(without_accents(fold(text)).split()).rstrip(".!。！ ")
