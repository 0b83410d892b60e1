"""The arms: every way to classify, the simplest first, each built when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ragft.engine.base import Engine
from ragft.errors import UsageError
from ragft.tasks.classify.base import Classifier, LabelledDocument
from ragft.tasks.classify.baselines import Examples, FrozenEncoder, NearestExamples, WordFrequencies
from ragft.tasks.classify.prompted import PromptedModel

if TYPE_CHECKING:
    from ragft.index.encoders.base import Encoder
    from ragft.setting_sections import ClassifySettings, IndexSettings

TF_IDF, ENCODER, NEAREST = "tf-idf", "encoder", "nearest"
ZERO_SHOT, FEW_SHOT, TUNED, TUNED_OTHER = "zero-shot", "few-shot", "tuned", "tuned-other-prompt"
WITHOUT_MODEL = (TF_IDF, ENCODER, NEAREST)
ARMS = (*WITHOUT_MODEL, ZERO_SHOT, FEW_SHOT, TUNED, TUNED_OTHER)
"""In the order of their cost: of equal arms the earlier is recommended. `tuned-other-prompt` is the tuned model asked
without the list of categories where it was trained with it, and with it where it was trained without."""


@dataclass(frozen=True)
class Kit:
    """All that the classifiers are made of. Engine and encoder are opened by those that need them.

    `base` and `tuned` are names of models of the engine, empty where there is none. `encoder` tells one encoder from
    another.
    """

    documents: tuple[LabelledDocument, ...]
    labels: tuple[str, ...]
    settings: ClassifySettings
    open_encoder: Callable[[], Encoder]
    encoder: str
    engine: Callable[[], Engine]
    base: str = ""
    tuned: str = ""

    @classmethod
    def over(
        cls,
        documents: Iterable[LabelledDocument],
        labels: tuple[str, ...],
        settings: ClassifySettings,
        index: IndexSettings,
        engine: Callable[[], Engine],
        *,
        base: str = "",
        tuned: str = "",
    ) -> Kit:
        """A kit with the encoder of the `index`."""

        def open_encoder() -> Encoder:
            from ragft.index.encoders.open_encoder import open_encoder as opened

            return opened(index)

        described = f"{index.encoder} {index.backend}"
        return cls(tuple(documents), labels, settings, open_encoder, described, engine, base, tuned)

    @cached_property
    def examples(self) -> Examples:
        """The training documents, encoded once for all who need it."""
        return Examples(self.documents, self.open_encoder)

    def model_of(self, arm: str) -> str:
        """The model that an arm asks, empty where it asks none."""
        return "" if arm in WITHOUT_MODEL else self.tuned if arm in {TUNED, TUNED_OTHER} else self.base

    def classifier(self, arm: str) -> Classifier:
        """The classifier of an arm; nothing is fitted yet.

        Raises:
            UsageError: there is no such arm.
        """
        if arm not in _MAKE:
            raise UsageError(f"no arm {arm!r}", fix=f"the arms are {', '.join(ARMS)}")
        return _MAKE[arm](self)

    def prompted(self, model: str, *, listed: bool = True, shots: int = 0) -> PromptedModel:
        """A model of the engine as a classifier."""
        return PromptedModel(
            self.engine,
            model,
            self.labels,
            listed,
            shots,
            self.examples if shots else None,
            self.settings.characters,
            self.settings.long,
        )


_MAKE: Mapping[str, Callable[[Kit], Classifier]] = {
    TF_IDF: lambda kit: WordFrequencies(kit.documents, kit.labels),
    ENCODER: lambda kit: FrozenEncoder(kit.examples, kit.labels, kit.encoder),
    NEAREST: lambda kit: NearestExamples(kit.examples, kit.labels, kit.encoder),
    ZERO_SHOT: lambda kit: kit.prompted(kit.base),
    FEW_SHOT: lambda kit: kit.prompted(kit.base, shots=kit.settings.shots),
    TUNED: lambda kit: kit.prompted(kit.tuned, listed=kit.settings.categories),
    TUNED_OTHER: lambda kit: kit.prompted(kit.tuned, listed=not kit.settings.categories),
}
