"""Lines that say nothing although they have words: captions, heads of tables, labels of axes, authors, affiliations.

is_label_row("Ashish Vaswani∗ Google Brain avaswani@google.com Noam Shazeer∗ Google Brain")  ->  True
is_label_row("0 20 40 60 80 100 Training steps Loss")                                        ->  True
is_label_row("We compare BERT, RoBERTa and ELECTRA.")                                        ->  False

No list of what labels say is needed: they have no verb, so only such function words as join names, and many short
items, capitals, addresses or evenly spaced numbers in its place.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from ragft.corpus.stopwords import is_stop_word, language_of
from ragft.corpus.tables import headers, is_row
from ragft.corpus.words import count_words, words

_ADDRESS = re.compile(r"(?:\{[^{}@]{1,200}\}|[\w.+-]{1,64})\s?@\s?[\w-]{1,64}(?:\.[\w-]{1,64})+")
"""An e-mail address, or those of several people at once: {ada,grace}@example.org."""
_END = re.compile(r"[.!?…。！？।॥؟۔።][\"'”’»)\]]*$")
_TOKEN = re.compile(r"[^\W\d_](?:[\w'’-]*[^\W\d_])?")
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])")
_BETWEEN = re.compile(r"\s*[,;|/·•∗*†‡§¶，、；]\s*|\s*\d+\s*|\s{2,}")
_LABEL = (
    r"(?:(?:supplementary|extended data|online) )?(?:tab(?:le|elle|leau|la|\.)|cuadro|fig(?:ure|ura|\.)"
    r"|abb(?:ildung|\.)|表|图|圖|図|그림|표)\s*[A-Z]?[.-]?\d+(?:[.–-]\d+)*(?:[a-z](?![a-z]))?"
)
_BEGINS = re.compile(_LABEL, re.IGNORECASE)
_CAPTION = re.compile(rf"(?>(?i:{_LABEL}))(?:\s*(?:[:.|。：．–—-]|$|(?=[A-ZÀ-Þ]))|\s+(?=[^\W\d_a-zà-ÿ]))")
"""A label that nothing is said of: punctuation, a capital, or a space and a letter without case follows, not a verb."""
_JOINING = (
    "a an and at by for from in of on or the to via with und der die das des dem den für von am et de la le les du à "
    "en y el los las del e di da do"
)
"""Function words that stand within names: Department of Computer Science."""
_JOINS = frozenset(_JOINING.split())
_FEW_WORDS = 3
"""Words, function words left out, that a line must have for their capitals to tell."""
_CAPITALS = 0.85
"""Least share of capitalised ones among them in a line of names."""
_FUNCTION = 0.1
"""Most function words of a line that is no sentence, as a share of its words."""
_MANY_ITEMS = 4
_SHORT = 2.4
"""Most words of an item on average, where many items tell."""
_LABELS = 6
"""Words without a full stop and hardly a function word that make a row of labels."""
_LATIN = "\u0250"
"""The first character that no Latin word begins with."""
_EVEN = 4
"""Evenly spaced numbers that make an axis."""
_TICKS = re.compile(rf"\W*(?:-?\d+(?:\.\d+)?\s+){{{_EVEN},}}")
"""The numbers of an axis before anything else."""


def begins_with_label(line: str) -> bool:
    """Whether `line` begins as a caption does, or speaks of a table or figure first."""
    return _BEGINS.match(line) is not None


def is_caption_line(line: str) -> bool:
    """Whether `line` is the caption of a table or figure, and not a sentence that only begins with its number."""
    return _CAPTION.match(line.lstrip()) is not None


def is_in_labels(text: str, start: int) -> bool:
    """Whether the line of `text` at offset `start` is a caption, the head of a table or another row of labels."""
    begin = text.rfind("\n", 0, start) + 1
    lines = text.split("\n")
    number = text.count("\n", 0, begin)
    return is_caption_line(lines[number]) or number in _heads(text)


@lru_cache(maxsize=2048)
def is_label_row(text: str) -> bool:
    """Whether `text` has no sentence: names, labels, addresses or the numbers of an axis side by side."""
    addresses = len(_ADDRESS.findall(text))
    if addresses:
        rest = _ADDRESS.sub(" ", text)
        return len(_TOKEN.findall(rest)) < addresses or _names_only(rest, least=1)
    return _is_axis(text) or (not is_row(text) and _names_only(text, least=_FEW_WORDS))


def _names_only(text: str, least: int) -> bool:
    """Whether the words of `text` are names or labels; fewer than `least` capitals do not tell."""
    tokens, functions = _tokens(text)
    if not tokens or not _JOINS.issuperset(functions):
        return False
    items = [item for item in _BETWEEN.split(text) if item.strip()]
    ends = _END.search(text.strip()) is not None
    if ends and 2 * sum(token[-1].lower() == token[-1].upper() for token in tokens) >= len(tokens):
        return False  # no capitals and few function words to tell by, but labels seldom have a full stop
    others = [token for token in tokens if token.lower() not in functions]
    if len(others) >= least and sum(token[0].isupper() for token in others) >= _CAPITALS * len(others):
        return bool(functions) or len(items) > 1 or not ends  # "Larger Models Learn Faster." has a verb
    if len(functions) > _FUNCTION * len(tokens):
        return False
    if len(items) >= _MANY_ITEMS and count_words(text) <= _SHORT * len(items):
        return True
    return len(tokens) >= _LABELS and tokens[0] < _LATIN and not ends


def _tokens(text: str) -> tuple[list[str], list[str]]:
    """The words of `text`, and which of them are function words, in small letters."""
    tokens = [token for token in _TOKEN.findall(text) if len(token) > 1 or not token.isascii()]
    language = language_of(words(text))
    plain = [token for place, token in enumerate(tokens) if not place or not token[0].isupper()]  # "Need" is a town
    return tokens, [token.lower() for token in plain if _is_function_word(token, language)]


def _is_function_word(token: str, language: str) -> bool:
    plain = words(token)
    return bool(plain) and all(is_stop_word(word, language) for word in plain)


def _is_axis(text: str) -> bool:
    """Whether evenly spaced numbers begin `text` or make up most of it, and no sentence stands around them."""
    numbers = [float(number) for number in _NUMBER.findall(text)]
    steps = [round(after - before, 6) for before, after in pairwise(numbers)]
    best = run = 1
    for before, after in pairwise(steps):
        run = run + 1 if before == after != 0 else 1
        best = max(best, run)
    if best + 1 < _EVEN or _END.search(text.strip()):
        return False
    if _TICKS.match(text):
        return True
    if 2 * (best + 1) <= count_words(text):
        return False
    return _JOINS.issuperset(_tokens(text)[1])


@lru_cache(maxsize=512)
def _heads(text: str) -> frozenset[int]:
    """The numbers of the lines of `text` that are heads of the columns of a table."""
    return frozenset(number for heads in headers(text.split("\n")) for number in heads)
