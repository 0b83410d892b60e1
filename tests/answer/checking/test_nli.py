"""Support by an NLI model: a tiny one made here, with random weights or with a verdict of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ragft.answer.asked import AskedDocuments, AskedModel
from ragft.answer.assistant import Assistant
from ragft.answer.checking.nli import open_nli
from ragft.answer.checking.support import Supporter
from ragft.errors import InputError, NotFoundError
from ragft.setting_sections import AnswerSettings
from tests.answer.fakes import QLORA, Player, Shelf, hit

LABELS = ("contradiction", "neutral", "entailment")
WORDS = "qlora needs a single gpu with 48 gb of memory bread rises slowly".split()


def make(folder: Path, labels: tuple[str, ...] = LABELS, verdict: str = "") -> str:
    """A BERT of two layers; with `verdict` its classifier says that label whatever it reads."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]))
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(0)
    model = BertForSequenceClassification(
        BertConfig(
            vocab_size=5 + len(WORDS),
            hidden_size=16,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=16,
            max_position_embeddings=64,
            id2label=dict(enumerate(labels)),
            label2id={label: n for n, label in enumerate(labels)},
        )
    )
    if verdict:
        torch.nn.init.zeros_(model.classifier.weight)
        torch.nn.init.zeros_(model.classifier.bias)
        model.classifier.bias.data[labels.index(verdict)] = 9.0
    model.save_pretrained(folder)
    return str(folder)


def test_the_probability_is_that_of_the_label_entailment(tmp_path: Path) -> None:
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    folder = make(tmp_path / "nli")
    found = open_nli(folder)("qlora needs memory", ["a single gpu with 48 gb", "bread rises slowly " * 40])
    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    inputs = AutoTokenizer.from_pretrained(folder)("a single gpu with 48 gb", "qlora needs memory", return_tensors="pt")
    expected = torch.softmax(model(**inputs).logits, dim=-1)[0, LABELS.index("entailment")].item()
    assert found[0] == pytest.approx(expected, abs=1e-5)
    assert len(found) == 2, "a premise longer than the model reads is cut"


def test_a_cross_encoder_reads_the_claim_first_and_its_score_becomes_a_probability(tmp_path: Path) -> None:
    assert open_nli(make(tmp_path / "one", ("LABEL_0",), verdict="LABEL_0"))("qlora", ["bread"])[0] > 0.99
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    folder = make(tmp_path / "random", ("LABEL_0",))
    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    inputs = AutoTokenizer.from_pretrained(folder)("qlora needs memory", "a single gpu", return_tensors="pt")
    expected = torch.sigmoid(model(**inputs).logits)[0, 0].item()
    assert open_nli(folder)("qlora needs memory", ["a single gpu"]) == [pytest.approx(expected, abs=1e-5)]


def test_the_model_decides_support_but_never_over_a_wrong_number(tmp_path: Path) -> None:
    yes = Supporter(entail=open_nli(make(tmp_path / "yes", verdict="entailment")))
    assert yes.score("Memory is no obstacle any more.", QLORA) > 0.9
    assert yes.score("It takes 96 GB.", QLORA) <= 0.25
    no = Supporter(entail=open_nli(make(tmp_path / "no", verdict="neutral")))
    assert no.score("QLoRA brings the same job down to a single GPU with 48 GB of memory.", QLORA) < 0.1
    assert no.together("The weights are frozen.", [QLORA, QLORA]) < 0.1


@pytest.mark.parametrize(("verdict", "refused"), [("entailment", False), ("contradiction", True)])
def test_the_setting_reaches_the_answer(tmp_path: Path, verdict: str, refused: bool) -> None:
    settings = AnswerSettings(nli_model=make(tmp_path / "nli", verdict=verdict))
    reply = "QLoRA needs a single GPU with 48 GB of memory [1]."
    assistant = Assistant(AskedModel(Player(reply), "tiny"), AskedDocuments(Shelf(hit(QLORA))), settings, quote=False)
    assert assistant.ask("How much GPU memory does QLoRA need for a 65B model?").refused is refused


def spoil(folder: Path, **changes: Any) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **changes}))


def test_a_folder_that_is_no_nli_model_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"no model in .*nowhere.*answer\.nli_model"):
        open_nli(str(tmp_path / "nowhere"))
    sentiment = make(tmp_path / "sentiment", ("negative", "positive", "neutral"))
    with pytest.raises(InputError, match=r"no label for entailment.*negative, positive"):
        open_nli(sentiment)
    spoil(Path(make(tmp_path / "cut")), model_type="no-such-type", architectures=[])
    with pytest.raises(InputError, match="no model for sequence classification"):
        open_nli(str(tmp_path / "cut"))
    (Path(make(tmp_path / "torn")) / "model.safetensors").write_bytes(b"\x00" * 40)
    with pytest.raises(InputError, match="no model for sequence classification"):
        open_nli(str(tmp_path / "torn"))


def test_a_model_without_a_classifier_is_not_given_a_random_one(tmp_path: Path) -> None:
    from transformers import BertModel

    folder = Path(make(tmp_path / "bare"))
    BertModel.from_pretrained(folder, add_pooling_layer=True).save_pretrained(folder)
    spoil(folder, id2label=dict(enumerate(LABELS)), label2id={label: n for n, label in enumerate(LABELS)})
    with pytest.raises(InputError, match="no trained classifier"):
        open_nli(str(folder))


def test_a_classifier_of_single_texts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"toxicity scores single texts.*answer\.nli_model"):
        open_nli(make(tmp_path / "toxicity", ("toxicity",)))


def test_one_score_without_a_sign_is_taken_for_a_cross_encoder_and_this_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = make(tmp_path / "mine", ("LABEL_0",))
    open_nli(folder)("qlora", ["bread"])
    assert "answer.nli_model: nothing in" in caplog.text
    assert "taken for a cross-encoder's" in caplog.text
    caplog.clear()
    open_nli.cache_clear()
    spoil(Path(folder), sbert_ce_default_activation_function="torch.nn.modules.linear.Identity")
    open_nli(folder)("qlora", ["bread"])
    assert not caplog.text
