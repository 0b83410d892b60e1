"""The verbs whose sentences can be turned into questions: a closed list, and their forms.

A word treated as a verb that is not one gives a broken question; a verb that is missing here only costs a sentence.
"""

from __future__ import annotations

from ragft.corpus.stopwords import ENGLISH

# Verbs by their base form that papers use of methods and things. A closed list: a word treated as a verb that is not
# gives a broken question, and a missed verb only costs a sentence.
VERBS = """
accept achieve act adapt add address affect aggregate align allow amount apply ask assign assume attach attend
augment avoid await balance begin benefit block boost break bring build cache calculate capture carry cast cause
change choose cite claim clip collapse collect combine compare compress comprise compute concatenate conceal
condition confirm confuse connect consist contain contradict contribute control convert copy cost count counter
cover create curb cut damage dampen decode decompose decrease define delay deliver demand demonstrate deny
depend describe deserve detect determine differ dilute direct discard dissipate distribute divide dominate
double drift drive drop eliminate embed emerge employ enable encode encounter encourage enforce enhance ensure
escape estimate evaluate examine exceed exclude expand exploit express extend extract face fail favor favour
feed fill filter find fine-tune fit flag flow focus follow force form formulate freeze fulfil fuse gain gather
generate give grant group grow guarantee guide halve handle help hide hold hurt identify ignore implement imply
impose improve include incorporate increase incur index inherit initialise initialize inject insert inspect
integrate interleave interpret introduce invite involve issue join judge justify keep label lack lay lead learn
leave leverage lift limit link list load locate lose lower maintain map mark mask match maximise maximize
measure meet mention merge minimise minimize mirror mislead miss mix model modify modulate monitor move multiply
name need normalise normalize observe obtain occupy offer omit operate optimise optimize orchestrate organise
organize outperform overcome overlap own pair parse pass patch pay penalise penalize perform permit pick place
plant point poison pose possess power precede predict prefer prepend present preserve prevent process produce
project propose protect provide prune pull punish push quantise quantize query question quote raise rank reach
read recall receive recommend reconstruct record recover reduce refine refuse reinforce reject relate release
rely remember remind remove reorder repeat replace report represent require rerank resemble reside resist
resolve respond restrict retain retrieve return reuse reveal reward rewrite rise sample satisfy saturate save
scale search seek select send separate serve set share sharpen shed shift shorten show shrink simplify skip slow
solve sort speed spend split spread stabilise stabilize stack start state steal steer stop store strengthen
stretch struggle substitute subtract suffer suggest suit sum summarise summarize supply support surpass surround
sustain swap tackle take target teach tell test tolerate touch track train transfer transform translate treat
trigger trim trust tune turn underestimate undergo understand undo update upload use vary verify view violate
warn waste weaken weigh weight widen win withstand work write yield
""".split()
PARTICLES = frozenset("together down up out apart away off back".split())
PREPOSITIONS = {
    "rely": "on", "depend": "on", "consist": "of", "lead": "to", "focus": "on", "benefit": "from", "suffer": "from",
    "rest": "on", "start": "from", "begin": "with", "attend": "to",
    "condition": "on", "connect": "to", "map": "to", "reside": "in", "adapt": "to",
}  # fmt: skip
SAYING = frozenset("show find suggest demonstrate propose report reveal predict".split())
_CAN_BEGIN_OBJECT = """
about almost only over a an the its their his her two all both each every many several more most
""".split()
NO_OBJECT = ENGLISH - frozenset(_CAN_BEGIN_OBJECT)
IRREGULAR_PAST = {
    "became": "become", "began": "begin", "brought": "bring", "built": "build", "chose": "choose", "cut": "cut",
    "found": "find", "gave": "give", "held": "hold", "kept": "keep", "led": "lead", "left": "leave", "lost": "lose",
    "rose": "rise", "set": "set", "showed": "show", "taught": "teach", "took": "take",
}  # fmt: skip
# "model", "test", "index", "form", … are as often nouns: as plural verbs ("models", "tests") they are not trusted.
NOUNS = frozenset(
    "benefit cache change cost cover copy control condition process test form index label limit link load map mark "
    "mask match measure mix model need offer pass project query rank record report return reward run sample scale "
    "score search set share shift speed split start stop store supply support swap target train transfer turn update "
    "use weight work yield focus filter balance cause guide lead drop embed judge hold project "
    "result account answer call claim count cut demand drift drive force gain group issue look list "
    "name own pair patch "
    "place point power present question rise stack stand state stem sum track trust view waste win "
    "block flow ask flag".split()
)


def _third(base: str) -> str:
    if base.endswith(("s", "x", "z", "ch", "sh", "o")):
        return base + "es"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ies"
    return base + "s"


def _past(base: str) -> str:
    if base.endswith("e"):
        return base + "d"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ied"
    return base + "ed"


# Of the words that are nouns as well only those whose -s form is hardly ever a plural noun in such a place.
TRUSTED = frozenset("use need offer cover cost hold train guide lead drop turn start copy pass take".split())
SINGULAR = {_third(base): base for base in VERBS if base not in NOUNS or base in TRUSTED}
PAST = {_past(base): base for base in VERBS}
MODALS = frozenset("can could may might must should will would".split())
PLURAL = {base: base for base in VERBS if base not in NOUNS}
LINKING = frozenset("is are was were".split())
ARTICLES = frozenset("a an the its their".split())
FORMS = frozenset({*SINGULAR, *PAST, *IRREGULAR_PAST, *VERBS})


def auxiliary(verb: str) -> tuple[str, str]:
    """The helping verb of a question, and the base form of the sentence's own verb (empty for a form of be)."""
    low = verb.lower()
    if low in LINKING:
        return low, ""
    if low in SINGULAR:
        return "does", SINGULAR[low]
    if low in PLURAL:
        return "do", PLURAL[low]
    return "did", IRREGULAR_PAST.get(low) or PAST.get(low, "")


def as_asked_of(verb: str) -> str:
    """The form of `verb`, in small letters, after "What": a plural becomes singular ("What breaks the assumption?")."""
    return _third(verb) if verb in PLURAL else verb


def is_verb(word: str, before: str) -> bool:
    """Whether `word`, standing after `before` (both in small letters), is the verb of a sentence."""
    if word in LINKING or word in MODALS or word in SINGULAR or word in IRREGULAR_PAST:
        return word not in {"set", "left", "cut"}
    if word in PAST:
        return before not in ENGLISH and before not in NOUNS  # "longer documents demand improved filters"
    return word in PLURAL and before.endswith("s")


def has_verb(clause: str) -> bool:
    """Whether a finite verb is near the beginning of `clause`."""
    words = clause.lower().partition(",")[0].split()[:12]
    return any(word in LINKING or word in MODALS or word in SINGULAR for word in words)
