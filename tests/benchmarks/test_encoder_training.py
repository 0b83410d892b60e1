"""What the two training scripts share, and the loss of one of them."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest


@pytest.mark.slow
def test_an_unsupported_claim_may_be_contradicted_or_not_there() -> None:
    import torch

    script = import_module("train_verifier")
    sample = SimpleNamespace(target=import_module("support_pairs").UNSUPPORTED)
    losses = [float(script.loss_of(torch.tensor([logits]), [sample])) for logits in ([0.0, 9, 0], [0.0, 0, 9])]
    assert losses[0] == pytest.approx(losses[1])
    assert max(losses) < 0.01 < float(script.loss_of(torch.tensor([[9.0, 0, 0]]), [sample]))
    assert script.is_right(torch.tensor([[0.0, 9, 0]]), sample)
    assert not script.is_right(torch.tensor([[9.0, 0, 0]]), sample)


@pytest.mark.slow
def test_no_samples_have_no_batches() -> None:
    assert list(import_module("encoder_training").batches_of([], 2, 0)) == []


@pytest.mark.slow
def test_what_was_not_trained_is_not_exported(tmp_path: Path) -> None:
    untrained = SimpleNamespace(step=0, state=tmp_path / "none.pt")
    with pytest.raises(SystemExit, match="nothing is trained"):
        import_module("encoder_training").export(untrained, tmp_path / "none", str, [])
    assert not (tmp_path / "none").exists()
