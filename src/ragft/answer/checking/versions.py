"""Numbers of versions and of sections, which are names: 2.1 and 2.10 are the same value, but two versions.

marked("It needs PyTorch 2.10.")                                 ->  "It needs PyTorch 2.10\\ue000."
marked("A loss of 2.10, a BLEU of 2.10")                         ->  as it is
other_versions("PyTorch v2.1 runs", "We run PyTorch v2.2")       ->  {"2.1"}
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache

from ragft.answer.checking.dates import EARLY
from ragft.answer.checking.magnitudes import WORDS_OF_MAGNITUDE
from ragft.corpus.fold import fold
from ragft.corpus.stopwords import ENGLISH, language_of
from ragft.corpus.words import words

MARK = "\ue000"
"""Stands behind a number whose digits are a name, so that a zero at their end counts."""
_LABELS = frozenset(
    """version versions release releases ver rev revision section sections sec table tables tab figure figures fig
    chapter equation eq appendix algorithm theorem lemma definition proposition corollary""".split()
)
_SOFTWARE = frozenset(
    """python pytorch torch torchvision tensorflow keras jax flax numpy scipy pandas sklearn scikit-learn matplotlib
    transformers accelerate peft trl datasets tokenizers vllm ollama cuda cudnn nccl gcc clang llvm cmake bazel ubuntu
    debian centos fedora windows macos ios android linux kernel java jdk kotlin scala node php ruby perl rust julia
    matlab spark hadoop kafka docker kubernetes redis sqlite postgresql mysql elasticsearch chromadb faiss langchain
    opencv onnx onnxruntime triton deepspeed megatron spacy nltk gensim xgboost lightgbm
    llama mistral mixtral qwen gemma phi gpt claude gemini falcon deepseek whisper""".split()
)
"""Names that are written small, too, or begin a sentence."""
_MEASURES = frozenset(
    """f1 bleu sacrebleu chrf rouge meteor comet auc auroc auprc map mrr ndcg mse rmse mae mape psnr ssim fid wer cer
    iou miou dice acc mcc ppl nll bmi eer snr fps anova cohen kappa pearson spearman kendall likert mean median score
    scores age total accuracy precision recall loss rate ratio average error value values odds risk hazard level dose
    top adam gpa iqr irr smd""".split()
)
"""What a number behind them is the value of."""
_NUMBER = r"\d{1,3}\.\d{1,3}"
_NAMED = re.compile(
    r"(?<![\w.-])(?P<name>[^\W\d_][\w+#-]{0,40}\.?)"
    r"(?P<between>\s?\(|,?\s(?:versions?|releases?|ver\.?|v\.)\s|\s|\s?[=~<>!]=\s?|\s?(?:版本|バージョン|버전)\s?)"
    rf"(?P<numbers>{_NUMBER}(?:(?:,\s?(?:and\s|or\s)?|\s(?:and|or|to)\s|\s?[-–/]\s?){_NUMBER})*)"
    rf"(?!\s?(?:{WORDS_OF_MAGNITUDE})(?!\w)|[\w%°$€£±^]|\.\d|\s?[±×%(/|]|\s?\+-|(?:{EARLY}))"
)
_EACH = re.compile(_NUMBER)
_INSIDE = re.compile(r"[^\W\d_][,;)]?\s+[(\"“‘]?\Z")
_WITH_V = re.compile(r"(?<![\w-])([^\W\d_][\w+#]{1,40})[\s_-]?v(\d{1,4}(?:\.\d{1,4})*)(?![\w]|\.\d)")
_KNOWN = re.compile(
    r"(?<![\w-])([^\W\d_][\w+#]{1,40}?)(?:[\s_-]?v(?:ersion\s)?|\sversion\s|[\s_-](?=\d{1,4}\.\d))(\d{1,4}(?:\.\d{1,4})*)(?![\w]|\.\d)"
)


def marked(text: str) -> str:
    """`text` with a mark behind the numbers of two parts that are part of a name."""
    if not _EACH.search(text):
        return text
    english = language_of(words(text)) in {"en", ""}

    def mark(match: re.Match[str]) -> str:
        if not _is_name(match, english=english):
            return match.group()
        return f"{match['name']}{match['between']}{_EACH.sub(lambda one: one.group() + MARK, match['numbers'])}"

    return _NAMED.sub(mark, text)


def other_versions(claim: str, source: str) -> set[str]:
    """The versions in `claim` of things that `source` names only with other versions."""
    said = _versions_said(claim)
    if not said:
        return set()
    known: defaultdict[str, set[str]] = defaultdict(set)
    for name, version in _KNOWN.findall(fold(source)):
        known[name].add(version)
    return {version for name, version in said if known[name] and version not in known[name]}


@lru_cache(maxsize=8192)
def _versions_said(claim: str) -> tuple[tuple[str, str], ...]:
    return tuple(_WITH_V.findall(fold(claim)))


def _is_name(match: re.Match[str], *, english: bool) -> bool:
    """Whether the word before a number names something that has versions or parts, and is not a measure."""
    name = match["name"].rstrip(".")
    plain = name.lower()
    if plain in _LABELS or plain in _SOFTWARE:
        return True
    if match["between"].strip(" ,") not in {"", "("}:  # "version", "=="
        return True
    measure = plain in _MEASURES or re.split(r"[-\d]", plain)[0] in _MEASURES
    if measure or len(name) < 3 or match["numbers"].startswith("0") or match["name"].endswith("."):
        return False
    if any(map(str.isupper, name[1:])):
        return True
    inside = _INSIDE.search(match.string, max(0, match.start() - 60), match.start()) is not None
    return english and inside and name[0].isupper() and plain not in ENGLISH
