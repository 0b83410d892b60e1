"""English words of one meaning: "beats" says what "outperforms" says, and "the paper shows that" says nothing.

meanings("It beats the baseline.")  ->  ("beat", "baselin")
meanings("It outperforms the baseline.")  ->  ("beat", "baselin")

The words are those with which any paper is retold, not those of a subject. Words of opposite meaning have a list of
their own (`opposites`), and no two words of one group here are opposites there.
"""

from __future__ import annotations

from functools import lru_cache

from ragft.answer.checking.terms import content_terms
from ragft.corpus.stems import stem
from ragft.corpus.stopwords import is_stop_word, language_of
from ragft.corpus.words import words

GROUPS = """
beat beats beating outperform outperforms surpass surpasses exceed exceeds outdo outdoes
achieve attain reach obtain get gets
adjust adapt
allow enable permit let lets
amount quantity
answer answers reply replies respond response
approach method technique procedure strategy
approximately roughly nearly almost
begin begins beginning start starts starting
build builds built construct create creates make makes made
generate produce write writes written wrote
calculate compute
cause causes lead leads led induce trigger
change modify alter
choose chooses chosen chose select pick
combine merge join integrate fuse
complete whole entire full
consist comprise
correct right
cost costs costly expensive
crucial important essential critical vital key
decide determine
delete remove eliminate discard
require need necessitate demand
describe explain
detect identify recognize
different distinct
difficult hard challenging
divide split splits partition decompose
use uses used using employ utilize apply adopt leverage exploit
enough sufficient adequate
error mistake
wrong incorrect erroneous false
evaluate evaluation assess assessment test examine
example instance
fast faster quick quickly rapid rapidly
find finds found discover observe notice
fixed constant frozen unchanged
predict forecast anticipate
fraction share proportion part portion
additional extra further
goal aim objective purpose
kind type sort category
help assist aid
hide mask
large larger largest big bigger biggest great greater greatest
keep keeps kept retain maintain preserve stay stays remain
lack lacks absence absent
restrict constrain
limitation drawback weakness disadvantage shortcoming
advantage benefit strength
connect link relate relation relationship
lower reduce decrease diminish drop fall decline lessen
raise raises increase rise rises grow grows
improve enhance boost
many numerous several multiple various
near close
same identical similar alike
often frequent frequently
usual usually typical typically
only solely merely exclusively alone
place position location
show shows demonstrate reveal indicate
propose introduce present
real actual
renew update refresh
repeat iterate
replace substitute
give gives given provide offer supply return
search retrieve retrieval
separate individual
simple simpler easy easier
small smaller smallest little tiny
solve address tackle resolve overcome
stop halt
teach teaches taught train
uncertain unsure
person people human
bad worse worst poor
current recent recently newest latest
exact precise exactly precisely
network net nets
parallel simultaneous simultaneously
main mainly primary primarily principal
idea concept notion
depend rely
contain include
compare comparison
treat handle process
ask asks request
""".strip().splitlines()
"""Words of one meaning, a group a line."""
_LIGHT = (
    "paper work study survey article author put puts take takes taken come comes go goes bring brings brought become "
    "becomes one ones lot way thing case fact far quite rather somewhat easily whereas therefore thus hence"
)
"""Words that say next to nothing: a sentence loses nothing if its source has others in their place."""
_LEAST = 3
"""Words of a sentence without its light ones, for these not to count."""


@lru_cache(maxsize=1)
def _group_of() -> dict[str, str]:
    return {stem(word): stem(line.split()[0]) for line in GROUPS for word in line.split()}


@lru_cache(maxsize=1)
def _light() -> frozenset[str]:
    """Light words, and those of a group with a stop word: "requires" weighs as much as "needs"."""
    plain = [line for line in GROUPS if any(is_stop_word(w, "en") for w in line.split())]
    return frozenset(map(stem, " ".join([_LIGHT, *plain]).split())) | frozenset(stem(line.split()[0]) for line in plain)


@lru_cache(maxsize=8192)
def meanings(text: str) -> tuple[str, ...]:
    """The content terms of `text`, each as the first word of its group, if English; light ones only if few are left."""
    heavy = telling_meanings(text)
    return heavy if len(heavy) >= _LEAST else all_meanings(text)


def telling_meanings(text: str) -> tuple[str, ...]:
    """`all_meanings` of `text` without light words."""
    return tuple(term for term in all_meanings(text) if term not in _light())


def meaning_of(term: str) -> str:
    """The first word of the group of `term`, a stem; the stem itself where it has none."""
    return _group_of().get(term, term)


@lru_cache(maxsize=8192)
def all_meanings(text: str) -> tuple[str, ...]:
    """The content terms of `text`, each as the first word of its group, if English."""
    terms = content_terms(text)
    if language_of(words(text)) not in ("en", ""):
        return tuple(terms)
    return tuple(dict.fromkeys(map(meaning_of, terms)))
