"""A PEFT LoRA adapter, checked against the base it is to be applied to.

For each adapted weight W (out × in) an adapter holds A (r × in) and B (out × r); the tuned weight is W + s·B·A with
s = α/r, or α/√r for rsLoRA. DoRA keeps a magnitude per output row besides. The embedding (vocabulary × hidden) has its
factors transposed: A (r × vocabulary), B (hidden × r), and E + s·(B·A)ᵀ. Formulas: arXiv 2106.09685, 2312.03732,
2402.09353; where the papers leave room, `peft.tuners.lora` decides, for it did the training.

Besides, an adapter may hold whole tensors: modules_to_save, biases, and copies of the base's own (`base_layer`), which
PEFT writes for an adapted embedding or head. These take the place of the base's, *below* A and B. Every tensor of the
file is one of these or an error: none is skipped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from llama_cpp_tools.errors import AdapterError, WeightsError
from llama_cpp_tools.peft_config import FILE as CONFIG_FILE
from llama_cpp_tools.peft_config import INSTEAD, PeftConfig
from llama_cpp_tools.rows import FloatRows
from llama_cpp_tools.safetensors_io import SafetensorsFile, StoredTensor

_PREFIX = "base_model.model."
_FILE = "adapter_model.safetensors"
# lora_A.weight, or lora_A.NAME.weight where the adapter's name was kept; magnitudes and embedding factors are bare
# parameters and have no ".weight", DoRA's in some versions do.
_FACTOR = re.compile(
    r"(?P<module>.+?)\.(?:"
    r"(?P<pair>lora_A|lora_B)(?:\.(?P<n1>(?!weight$)[^.]+))?\.weight|"
    r"(?P<bare>lora_embedding_A|lora_embedding_B|lora_magnitude_vector)(?:\.(?P<n2>(?!weight$)[^.]+))?(?:\.weight)?)"
)
_WHOLE = re.compile(
    r"(?P<module>.+?)(?P<copy>\.base_layer|\.modules_to_save(?:\.(?P<name>[^.]+(?=\.)))?)?\.(?P<kind>weight|bias)"
)
_VOCABULARY = ("embed_tokens.weight", "lm_head.weight")

Plain = Callable[[str], str | None]
"""A base tensor's name in plain spelling, None where it is not part of the model that is written."""


@dataclass(frozen=True)
class LowRank:
    """The adapter of one weight: `a` and `b` stored, `scale` = s, `magnitude` for DoRA.

    `embedding`: the factors are stored as PEFT stores an embedding's, each the transpose of the other's place.
    """

    name: str
    a: StoredTensor
    b: StoredTensor
    scale: float
    magnitude: StoredTensor | None = None
    embedding: bool = False

    @property
    def rank(self) -> int:
        """The rank r: rows of A."""
        return self.a.shape[0]

    @property
    def shape(self) -> tuple[int, int]:
        """The shape of the weight it belongs to."""
        out, width = self.b.shape[0], self.a.shape[1]
        return (width, out) if self.embedding else (out, width)

    def factors(self) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """The factors (r × in) and (out × r) of the weight, in float32, refused when not finite."""
        a, b = _whole(self.a), _whole(self.b)
        return (np.ascontiguousarray(b.T), np.ascontiguousarray(a.T)) if self.embedding else (a, b)

    def magnitudes(self) -> npt.NDArray[np.float32] | None:
        """DoRA's magnitudes (out,) in float32, refused when not finite; None for a plain LoRA."""
        return None if self.magnitude is None else _whole(self.magnitude).reshape(-1)


class Adapter:
    """An adapter folder: `low_rank` by the base tensor's plain name, `replaced` tensors likewise.

    `plain` gives the plain name of a base tensor, as `Architecture.keep` does.
    """

    def __init__(self, directory: Path, plain: Plain) -> None:
        self.directory = directory
        self.config = PeftConfig.load(directory)
        self._plain = plain
        path = _weights_of(directory)
        try:
            self._file = SafetensorsFile(path)
        except WeightsError as error:
            raise AdapterError(str(error)) from error
        try:
            self.low_rank: dict[str, LowRank] = {}
            self.replaced: dict[str, StoredTensor] = {}
            self._modules: dict[str, str] = {}
            """What the adapter calls each adapted module, by the plain name of its weight."""
            self._collect()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file with the weights of the adapter."""
        self._file.close()

    def __enter__(self) -> Adapter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- reading -----------------------------------------------------------------------------------------------------

    def _collect(self) -> None:
        parts: dict[str, dict[str, StoredTensor]] = {}
        names: set[str] = set()
        for key, stored in self._file.tensors.items():
            _check_readable(stored)
            name = key.removeprefix(_PREFIX)
            if (factor := _FACTOR.fullmatch(name)) is not None:
                found, part = parts.setdefault(factor["module"], {}), factor["pair"] or factor["bare"]
                names.add(factor["n1"] or factor["n2"] or "")
                self._put(found, part, stored)
            elif ".lora_" not in f".{name}" and (whole := _WHOLE.fullmatch(name)) is not None:
                names |= {whole["name"]} if whole["name"] else set()
                if whole["copy"] == ".base_layer":
                    self._check_targeted(whole["module"], key)
                self._put(self.replaced, self._base_name(f"{whole['module']}.{whole['kind']}", key), stored)
            else:
                raise self._error(f"{key!r} is not part of a LoRA that is known here, and nothing may be left out")
        if len(names) > 1:
            named = ", ".join(repr(name or "(no name)") for name in sorted(names))
            raise self._error(f"holds several adapters ({named}); save one of them by its name")
        if not self._file.tensors:
            raise self._error("holds no LoRA matrices; train the adapter again or copy it whole")
        for module, found in parts.items():
            pair = self._pair(module, found)
            self._check_alone(pair, module)
            self._check_targeted(module, pair.a.name)
            self.low_rank[pair.name] = pair
            self._modules[pair.name] = module

    def _put(self, where: dict[str, StoredTensor], name: str, stored: StoredTensor) -> None:
        if (other := where.get(name)) is not None:
            raise self._error(f"{other.name!r} and {stored.name!r} are the same tensor; save the adapter again")
        where[name] = stored

    def _base_name(self, name: str, key: str) -> str:
        plain = self._plain(name)
        if plain is None:
            raise self._error(f"{key!r} adapts a part of the base that is not converted; leave it out of the training")
        return plain

    def _pair(self, module: str, found: Mapping[str, StoredTensor]) -> LowRank:
        embedding = "lora_embedding_A" in found or "lora_embedding_B" in found
        wanted = ("lora_embedding_A", "lora_embedding_B") if embedding else ("lora_A", "lora_B")
        a, b = (found.get(part) for part in wanted)
        if a is None or b is None or len(found.keys() - set(wanted) - {"lora_magnitude_vector"}):
            raise self._error(
                f"{module!r} has {' and '.join(sorted(found))} and needs {' and '.join(wanted)}; copy the adapter again"
            )
        rank = self.config.rank(module)
        if len(a.shape) != 2 or len(b.shape) != 2 or not a.shape[0] == b.shape[1] == rank:
            raise self._error(
                f"{module!r} has A {list(a.shape)} and B {list(b.shape)}, and {self.config.path.name} says rank "
                f"{rank}; the two files belong to different adapters"
            )
        magnitude = found.get("lora_magnitude_vector")
        if self.config.dora != (magnitude is not None):
            raise self._error(
                f"{module!r} {'lacks' if magnitude is None else 'has'} a DoRA magnitude, unlike "
                f"{self.config.path.name}; the two files belong to different adapters"
            )
        if embedding and magnitude is not None:
            raise self._error(f"{module!r} has DoRA on the embedding, whose magnitudes go by column; {INSTEAD}")
        name = self._base_name(f"{module}.weight", a.name)
        pair = LowRank(name, a, b, self.config.scale(module, a.shape[0]), magnitude, embedding)
        if magnitude is not None and magnitude.shape not in ((pair.shape[0],), (1, pair.shape[0])):
            raise self._error(f"{module!r} has {list(magnitude.shape)} DoRA magnitudes for {pair.shape[0]} rows")
        return pair

    def _check_alone(self, pair: LowRank, module: str) -> None:
        if pair.name in self.low_rank:
            raise self._error(f"{self.low_rank[pair.name].a.name!r} and {pair.a.name!r} adapt the same tensor")
        whole = self.replaced.get(pair.name)
        if whole is not None and ".base_layer." not in whole.name:
            raise self._error(
                f"{module!r} is adapted and replaced as a whole ({whole.name!r}); take it out of target_modules "
                "or of modules_to_save"
            )

    def _check_targeted(self, module: str, key: str) -> None:
        if self.config.states_targets and not self.config.targets(module):
            raise self._error(
                f"{key!r} belongs to no target of {self.config.path.name} (target_modules, exclude_modules, "
                "layers_to_transform), and PEFT would pass over it; the two files belong to different adapters"
            )

    def _error(self, problem: str) -> AdapterError:
        return AdapterError(f"{self._file.path}: {problem}")

    # --- against the base --------------------------------------------------------------------------------------------

    def check_against(self, shapes: Mapping[str, tuple[int, ...]], *, tied: bool, base: Path) -> None:
        """Check that every adapted tensor is in the base, with the same shape; `tied`: the head is the embedding.

        Raises `AdapterError` naming the first that does not fit.
        """
        wanted: dict[str, tuple[int, ...]] = {name: pair.shape for name, pair in self.low_rank.items()}
        wanted |= {name: stored.shape for name, stored in self.replaced.items()}
        another = f"the adapter was trained on another base ({self.config.base_name})"
        for name, shape in wanted.items():
            if tied and name.endswith(_VOCABULARY):
                raise self._error(
                    f"adapts {name!r}, and the base's head and embedding are one matrix (tie_word_embeddings): "
                    "merging would change both. Leave both out of target_modules and modules_to_save, and save without "
                    "save_embedding_layers"
                )
            if name not in shapes:
                raise self._error(f"adapts {name!r}, which {base} does not have; {another}")
            if name in self.low_rank and len(shapes[name]) == 1:
                raise self._error(f"adapts {name!r}, which is a vector (a norm); LoRA adapts matrices alone")
            if shapes[name] != shape:
                resized = name.endswith(_VOCABULARY) and shape[1:] == shapes[name][1:]
                why = "the vocabulary was resized in training; " + INSTEAD if resized else another
                raise self._error(f"{name!r} is {list(shape)} there and {list(shapes[name])} in {base}; {why}")
        self._check_complete(shapes)

    def _check_complete(self, shapes: Mapping[str, tuple[int, ...]]) -> None:
        """Check that nothing of the base is targeted or to be saved and missing here: PEFT saves all of both."""
        if not self.config.states_targets or not self._modules:
            return
        # The adapter may name the modules around all layers otherwise than the plain names do.
        plain, module = next(iter(self._modules.items()))
        outer, inner = _unlike_beginnings(module, plain.removesuffix(".weight"))
        for name, shape in shapes.items():
            called = outer + name.removesuffix(".weight").removeprefix(inner)
            if name not in self.replaced and self.config.saves(called.removesuffix(".bias")):
                raise self._error(
                    f"lacks {called!r}, which {self.config.path.name} lists in modules_to_save; copy the adapter again"
                )
            if name in self.low_rank or len(shape) != 2 or not name.endswith(".weight"):
                continue
            if self.config.targets(called):
                raise self._error(
                    f"lacks the factors of {called!r}, which {self.config.path.name} targets; copy the adapter again"
                )


def _unlike_beginnings(one: str, other: str) -> tuple[str, str]:
    """What two names have before the end that they share."""
    shared = next((n for n in range(min(len(one), len(other))) if one[-1 - n] != other[-1 - n]), None)
    shared = min(len(one), len(other)) if shared is None else shared
    return one[: len(one) - shared], other[: len(other) - shared]


def _weights_of(directory: Path) -> Path:
    """The one file with the adapter's tensors. Raises `AdapterError` where they lie in several, or are pickled."""
    path = directory / _FILE
    files = sorted(file.name for file in directory.glob("adapter_*") if file.name not in (_FILE, CONFIG_FILE))
    pickles = [name for name in files if name.endswith((".bin", ".pt", ".pth"))]
    others = [name for name in files if name.startswith("adapter_model") and name not in pickles]
    if others:
        raise AdapterError(f"{directory}: the adapter lies in several files ({others[0]} …); save it as one, {_FILE}")
    if not path.is_file():
        pickled = f"; {pickles[0]} is a pickle, which can run code and is not read" if pickles else ""
        raise AdapterError(f"{path}: missing{pickled}; save the adapter with save_pretrained, which writes safetensors")
    return path


def other_base_warning(adapter: Adapter, base: Path) -> tuple[str, ...]:
    """A warning where the adapter names another model than the folder it is applied to, which shapes do not tell."""
    named = adapter.config.base_name
    last = Path(named).name
    # A folder of the Hub's cache has the name higher up, as models--owner--name.
    if not last or any(part == last or part.endswith(f"--{last}") for part in base.resolve().parts):
        return ()
    return (
        f"{adapter.config.path}: it was trained on {named!r} and is applied to {base}, whose shapes are the same; "
        "make sure that this is the model",
    )


def _check_readable(stored: StoredTensor) -> None:
    try:
        FloatRows(stored)
    except WeightsError as error:
        raise AdapterError(f"{stored.file.path}: {error}") from error


def _whole(stored: StoredTensor) -> npt.NDArray[np.float32]:
    """A small stored tensor in float32. Raises `AdapterError` when it holds NaN or infinity."""
    values = stored.read(0, stored.shape[0]).astype(np.float32, copy=False)
    if not np.isfinite(values).all():
        raise AdapterError(
            f"{stored.file.path}: tensor {stored.name!r} holds NaN or infinity; the training diverged, "
            "take an earlier checkpoint"
        )
    return values
