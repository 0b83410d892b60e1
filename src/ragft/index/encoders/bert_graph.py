"""The ONNX graph of a BERT-like encoder, written from its safetensors file. Needs onnx and numpy, no torch.

BERT, RoBERTa and XLM-RoBERTa are one stack (Devlin et al. 2019, post-norm) and differ in the numbers of their
positions, so most sentence encoders in use are of this form: MiniLM, BGE, E5, GTE and the multilingual ones of these.
Most cross-encoders are the same stack with a head that gives one number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragft.index.encoders.local_models import SentenceModel
from ragft.typed_json import parsed

if TYPE_CHECKING:
    from numpy.typing import NDArray

OPSET = 20
"""The first with Gelu as an operator."""
_IR = 9
"""The file format that belongs to the opset; onnx would write its newest, which ONNX Runtime may not read yet."""
_SINGLE_FILE = 1_900_000_000
"""Bytes of weights above which they go into a file beside the graph: protobuf ends at 2 GiB."""
_FROM_PADDING = {"bert": False, "roberta": True, "xlm-roberta": True}
"""Model types, and whether their positions are counted from the padding token's number on, as fairseq does."""
_INPUTS = ("input_ids", "attention_mask")
"""As OnnxEncoder names them."""
_ACTIVATIONS: dict[str, tuple[str, dict[str, str]]] = {
    "gelu": ("Gelu", {}),
    "gelu_new": ("Gelu", {"approximate": "tanh"}),
    "gelu_pytorch_tanh": ("Gelu", {"approximate": "tanh"}),
    "relu": ("Relu", {}),
}


class UnsupportedEncoder(Exception):
    """The model is not of the form that is written here."""


@dataclass(frozen=True)
class _Shape:
    """What config.json says of the stack."""

    model_type: str
    hidden_act: str
    num_hidden_layers: int
    num_attention_heads: int
    hidden_size: int
    layer_norm_eps: float
    position_embedding_type: str = "absolute"
    is_decoder: bool = False
    pad_token_id: int | None = None
    type_vocab_size: int = 2
    id2label: dict[str, object] | None = None

    @classmethod
    def read(cls, folder: Path) -> _Shape:
        """The shape that the folder's config.json describes.

        Raises:
            UnsupportedEncoder: another form, or a setting is missing.
        """
        try:
            shape = parsed(cls, (folder / "config.json").read_bytes())
        except (OSError, ValueError) as error:
            raise UnsupportedEncoder(f"{folder}: config.json: {error}") from error
        if shape.model_type not in _FROM_PADDING or shape.hidden_act not in _ACTIVATIONS:
            raise UnsupportedEncoder(f"{shape.model_type} with {shape.hidden_act}")
        if shape.position_embedding_type != "absolute" or shape.is_decoder:
            raise UnsupportedEncoder("positions are not absolute")
        return shape

    @property
    def from_padding(self) -> bool:
        """Whether positions are counted from the number of the padding token on."""
        return _FROM_PADDING[self.model_type]

    @property
    def labels(self) -> int:
        """How many scores a head gives."""
        return len(self.id2label or ()) or 2


def write_bert_graph(model: SentenceModel, path: Path) -> int:
    """Write the graph (token ids and mask, int64 [batch, length] → unit vectors) to `path`; returns the dimension.

    Raises:
        UnsupportedEncoder: the model has another form, or its weights are of a type that numpy does not have.
    """
    shape = _Shape.read(model.folder)
    graph = _Graph(_weights(model.weights))
    segments = graph.add("Gather", graph.weight("embeddings.token_type_embeddings.weight"), graph.integers(0))
    _pooled(graph, model.pooling, _hidden(graph, shape, segments))
    _save(graph, graph.model(_INPUTS, "vectors", shape.hidden_size), path)
    return shape.hidden_size


def write_cross_graph(folder: Path, path: Path) -> None:
    """Write the graph of the cross-encoder in `folder` to `path`: token ids, mask and segments → scores [batch, 1].

    Raises:
        UnsupportedEncoder: the model has another form or another number of scores, or its weights are of a type that
            numpy does not have.
    """
    shape = _Shape.read(folder)
    if shape.labels != 1:
        raise UnsupportedEncoder(f"{folder}: {shape.labels} scores a pair")
    graph = _Graph(_weights(folder / "model.safetensors"))
    last = min(shape.type_vocab_size, 2) - 1  # 0 where there is one segment only
    of_one = graph.add("Mul", "token_type_ids", graph.integers(last))
    segments = graph.add("Gather", graph.weight("embeddings.token_type_embeddings.weight"), of_one)
    first = graph.add("Gather", _hidden(graph, shape, segments), graph.integers(0), axis=1)
    first = graph.add("Squeeze", first, graph.integers(1))
    inner, outer = ("classifier.dense", "classifier.out_proj") if shape.from_padding else ("pooler.dense", "classifier")
    graph.add("Identity", graph.linear(outer, graph.add("Tanh", graph.linear(inner, first))), output="scores")
    _save(graph, graph.model((*_INPUTS, "token_type_ids"), "scores", 1), path)


def _hidden(graph: _Graph, shape: _Shape, segments: str) -> str:
    """The states after the last layer, [batch, length, width]."""
    hidden = _embeddings(graph, shape, segments)
    bias = _attention_bias(graph)
    for layer in range(shape.num_hidden_layers):
        hidden = _layer(graph, shape, f"encoder.layer.{layer}.", hidden, bias)
    return hidden


def _save(graph: _Graph, whole: Any, path: Path) -> None:
    import onnx

    onnx.save_model(whole, path, save_as_external_data=graph.weight_bytes > _SINGLE_FILE, location=f"{path.name}.data")


def _weights(path: Path) -> dict[str, NDArray[Any]]:
    """The tensors by their names without what a model with a head puts in front ("bert.", "roberta.")."""
    from safetensors.numpy import load_file

    try:
        found = load_file(path)
    except TypeError as error:  # bfloat16 and the like, which numpy does not have
        raise UnsupportedEncoder(f"{path}: {error}") from error
    place = next((name.index("embeddings.") for name in found if "embeddings.word_embeddings" in name), None)
    if place is None:
        raise UnsupportedEncoder("no word embeddings")
    return {name[place:] if name[:place] in {"bert.", "roberta."} else name: found[name] for name in found}


class _Graph:
    """Nodes and constants of a graph as they are added; `add` and `weight` return the name of what they made."""

    def __init__(self, weights: dict[str, NDArray[Any]]) -> None:
        self.weight_bytes = 0
        self._weights = weights
        self._nodes: list[Any] = []
        self._constants: dict[str, Any] = {}

    def add(self, operator: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        from onnx import helper

        name = output or f"{operator}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, list(inputs), [name], name=name, **attributes))
        return name

    def integers(self, *values: int) -> str:
        """A constant int64 [len(values)]."""
        import numpy as np

        return self._constant("i_" + "_".join(map(str, values)), np.array(values, np.int64))

    def number(self, value: float) -> str:
        """A constant float32 scalar."""
        import numpy as np

        return self._constant(f"f_{value!r}", np.array(value, np.float32))

    def weight(self, name: str) -> str:
        """The tensor `name` of the file, float32."""
        import numpy as np

        return self._constant(name, self._tensor(name).astype(np.float32))

    def _tensor(self, name: str) -> NDArray[Any]:
        if name not in self._weights:
            raise UnsupportedEncoder(f"no tensor {name}")
        return self._weights[name]

    def _constant(self, name: str, array: NDArray[Any]) -> str:
        from onnx import numpy_helper

        if name not in self._constants:
            self._constants[name] = numpy_helper.from_array(array, name)
            self.weight_bytes += array.nbytes
        return name

    def linear(self, name: str, states: str) -> str:
        """x·Wᵀ + b of the layer `name`."""
        import numpy as np

        weight = np.ascontiguousarray(self._tensor(f"{name}.weight").T.astype(np.float32))
        product = self.add("MatMul", states, self._constant(f"{name}.transposed", weight))
        return self.add("Add", product, self.weight(f"{name}.bias"))

    def norm(self, prefix: str, epsilon: float, states: str) -> str:
        scale, shift = self.weight(f"{prefix}.weight"), self.weight(f"{prefix}.bias")
        return self.add("LayerNormalization", states, scale, shift, axis=-1, epsilon=epsilon)

    def model(self, inputs: Sequence[str], output: str, width: int) -> Any:
        """The whole as an ONNX model: `inputs` are int64 [batch, length], `output` is float32 [batch, width]."""
        from onnx import TensorProto, helper

        axes = ["batch", "length"]
        graph = helper.make_graph(
            self._nodes,
            "encoder",
            [helper.make_tensor_value_info(name, TensorProto.INT64, axes) for name in inputs],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["batch", width])],
            list(self._constants.values()),
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=_IR)


def _embeddings(graph: _Graph, shape: _Shape, segments: str) -> str:
    """The sum of word and position embeddings and of those of `segments`, normed: [batch, length, width]."""
    total = graph.add("Gather", graph.weight("embeddings.word_embeddings.weight"), "input_ids")
    positions = graph.add("Gather", graph.weight("embeddings.position_embeddings.weight"), _positions(graph, shape))
    total = graph.add("Add", graph.add("Add", total, segments), positions)
    return graph.norm("embeddings.LayerNorm", shape.layer_norm_eps, total)


def _positions(graph: _Graph, shape: _Shape) -> str:
    """The number of each token's position, from 0, or behind the padding token's number where padding has its own."""
    counted = graph.add("CumSum", "attention_mask", graph.integers(1))
    if not shape.from_padding:
        return graph.add("Max", graph.add("Sub", counted, graph.integers(1)), graph.integers(0))
    return graph.add("Add", graph.add("Mul", counted, "attention_mask"), graph.integers(shape.pad_token_id or 0))


def _attention_bias(graph: _Graph) -> str:
    """0 for a token and the lowest float for padding, [batch, 1, 1, length]."""
    import numpy as np
    from onnx import TensorProto

    mask = graph.add("Cast", "attention_mask", to=TensorProto.FLOAT)
    absent = graph.add("Sub", graph.number(1.0), graph.add("Unsqueeze", mask, graph.integers(1, 2)))
    return graph.add("Mul", absent, graph.number(float(np.finfo(np.float32).min)))


def _layer(graph: _Graph, shape: _Shape, prefix: str, hidden: str, bias: str) -> str:
    """One layer: attention and feed-forward, each added to its input and normed."""
    context = _attention(graph, shape, prefix, hidden, bias)
    out = graph.linear(f"{prefix}attention.output.dense", context)
    hidden = graph.norm(f"{prefix}attention.output.LayerNorm", shape.layer_norm_eps, graph.add("Add", out, hidden))
    operator, attributes = _ACTIVATIONS[shape.hidden_act]
    inner = graph.add(operator, graph.linear(f"{prefix}intermediate.dense", hidden), **attributes)
    out = graph.linear(f"{prefix}output.dense", inner)
    return graph.norm(f"{prefix}output.LayerNorm", shape.layer_norm_eps, graph.add("Add", out, hidden))


def _attention(graph: _Graph, shape: _Shape, prefix: str, hidden: str, bias: str) -> str:
    """softmax(Q·Kᵀ/√d + bias)·V of all heads, side by side: [batch, length, width]."""
    size = shape.hidden_size // shape.num_attention_heads
    parts = (graph.linear(f"{prefix}attention.self.{name}", hidden) for name in ("query", "key", "value"))
    apart = [graph.add("Reshape", part, graph.integers(0, 0, shape.num_attention_heads, size)) for part in parts]
    query, key, value = (graph.add("Transpose", part, perm=[0, 2, 1, 3]) for part in apart)
    scores = graph.add("MatMul", query, graph.add("Transpose", key, perm=[0, 1, 3, 2]))
    scores = graph.add("Add", graph.add("Mul", scores, graph.number(size**-0.5)), bias)
    context = graph.add("MatMul", graph.add("Softmax", scores, axis=-1), value)
    return graph.add(
        "Reshape", graph.add("Transpose", context, perm=[0, 2, 1, 3]), graph.integers(0, 0, shape.hidden_size)
    )


def _pooled(graph: _Graph, pooling: str, hidden: str) -> None:
    """The first token's state, or the mean over the tokens, as a vector of length 1."""
    if pooling == "cls":
        one = graph.add("Gather", hidden, graph.integers(0), axis=1)
        pooled = graph.add("Squeeze", one, graph.integers(1))
    else:
        from onnx import TensorProto

        mask = graph.add("Unsqueeze", graph.add("Cast", "attention_mask", to=TensorProto.FLOAT), graph.integers(2))
        total = graph.add("ReduceSum", graph.add("Mul", hidden, mask), graph.integers(1), keepdims=0)
        pooled = graph.add("Div", total, graph.add("ReduceSum", mask, graph.integers(1), keepdims=0))
    length = graph.add("ReduceL2", pooled, graph.integers(1), keepdims=1)
    graph.add("Div", pooled, graph.add("Max", length, graph.number(1e-12)), output="vectors")
