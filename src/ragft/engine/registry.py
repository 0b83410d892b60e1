"""Models registered with the embedded engine: a folder each under the workspace's `models`.

    models/papers%3Aq8_0/model.gguf     the weights (a hard link where the disk allows, else a copy)
    models/papers%3Aq8_0/adapter.gguf   a LoRA, where there is one
    models/papers%3Aq8_0/model.json     what is known of it (`Registered`)
    models/default                      the name that is used where none is given

A folder is built beside its place and renamed into it, so that a model is whole or absent.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from ragft.engine.base import ModelInfo, ModelSpec, Progress
from ragft.engine.gguf_file import Head, read_head
from ragft.engine.pull import SOURCES, pulled
from ragft.errors import EngineError, InputError, ModelNotFound, UsageError, WorkspaceError
from ragft.workspace import (
    Workspace,
    digest_bytes,
    digest_file,
    disk_error,
    make_directory,
    write_json,
    write_text,
)

ENGINE = "embedded"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:-]{0,127}")
_DEFAULT = "default"


@dataclass(frozen=True)
class Registered:
    """A model as `model.json` keeps it. `base` names the registered or pulled model whose weights an adapter sits on;
    its digest is kept, so that an adapter is never put over other weights than it was made for."""

    name: str
    digest: str
    size: int
    base: str = ""
    base_digest: str = ""
    template: str = ""
    system: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    details: Mapping[str, str] = field(default_factory=dict)
    created: str = ""


@dataclass(frozen=True)
class Files:
    """What has to be loaded for a model."""

    weights: Path
    adapter: Path | None
    template: str | None
    system: str | None
    digest: str


class Registry:
    """The models of one workspace, and those in the user's cache below them."""

    def __init__(self, workspace: Workspace) -> None:
        self._root = workspace.models
        self._workspace = workspace

    def files(self, name: str) -> Files:
        """What to load for `name`.

        Raises:
            ModelNotFound: there is none of that name.
            EngineError: the base below an adapter is gone or has changed.
        """
        name = canonical(name)
        registered = self._read(name)
        if registered is None:
            return Files(self._pulled(name), None, None, None, _pulled_digest(name))
        folder = self._folder(name)
        weights = folder / "model.gguf"
        if registered.base:
            base = self.files(registered.base)
            if base.digest != registered.base_digest:
                raise EngineError(
                    f"{name} was made for other weights than {registered.base} has now",
                    fix=f"register {name} again, or ragft models remove {name}",
                )
            weights = base.weights
        adapter = folder / "adapter.gguf"
        if not weights.is_file():
            raise EngineError(f"the weights of {name} are gone ({weights})", fix=f"ragft models remove {name}")
        return Files(
            weights,
            adapter if adapter.is_file() else None,
            registered.template or None,
            registered.system or None,
            registered.digest,
        )

    def names(self) -> list[str]:
        """Registered names, then pulled ones that no registered one hides; each group sorted."""
        registered = sorted(unquote(path.parent.name) for path in self._root.glob("*/model.json") if _visible(path))
        cached = [name for name, source in SOURCES.items() if not source.is_folder and pulled(name) is not None]
        return registered + sorted(set(cached) - set(registered))

    def show(self, name: str) -> ModelInfo:
        """All that is known of `name`. Raises as `files`."""
        name = canonical(name)
        files = self.files(name)
        registered = self._read(name)
        head = read_head(files.weights)
        size = files.weights.stat().st_size + (files.adapter.stat().st_size if files.adapter else 0)
        template = files.template or head.template
        return ModelInfo(
            name=name,
            digest=files.digest,
            size=size,
            engine=ENGINE,
            quantization=head.quantization,
            family=head.architecture,
            context_length=head.context_length,
            template=template,
            parameters=registered.parameters if registered else {},
            capabilities=("completion", *(("thinking",) if _thinks(template) else ())),
            details=_details(registered, head, name),
        )

    def create(self, spec: ModelSpec, progress: Progress | None = None) -> ModelInfo:
        """Register `spec`. See `Engine.create`.

        Raises:
            UsageError: a name that is none, or a request this engine cannot meet.
            InputError: a file that is no whole GGUF.
            ModelNotFound: the base does not exist.
        """
        name = canonical(spec.name)
        _check(spec)
        make_directory(self._root)
        building = Path(tempfile.mkdtemp(prefix=".building-", dir=self._root))
        try:
            registered = self._build(spec, name, building, progress)
            write_json(building / "model.json", asdict(registered))
            building.chmod(0o755)
            with self._workspace.lock("models", timeout=30):
                self._swap(building, self._folder(name))
        except OSError as error:
            raise disk_error(error, self._folder(name)) from error
        finally:
            shutil.rmtree(building, ignore_errors=True)
        return self.show(name)

    def delete(self, name: str) -> None:
        """Remove a registered model.

        Raises:
            ModelNotFound: there is none of that name.
            EngineError: an adapter sits on it, or it was pulled and belongs to all workspaces.
        """
        name = canonical(name)
        if self._read(name) is None:
            path = self._pulled(name)
            raise EngineError(f"{name} is shared by all workspaces", fix=f"delete the folder {path.parent} by hand")
        above = [other for other in self.names() if (found := self._read(other)) is not None and found.base == name]
        if above:
            raise EngineError(f"{', '.join(above)} sits on {name}", fix=f"ragft models remove {above[0]} first")
        with self._workspace.lock("models", timeout=30):
            self._swap(None, self._folder(name))
            if self.default() == name:
                (self._root / _DEFAULT).unlink(missing_ok=True)

    def default(self) -> str | None:
        """The name to use where none is given; None where none was set."""
        try:
            return (self._root / _DEFAULT).read_text("utf-8").strip() or None
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise WorkspaceError(f"cannot read {self._root / _DEFAULT}", fix="delete that file") from error

    def set_default(self, name: str) -> None:
        """Make `name` the default of this workspace; whether an engine has it is the caller's business."""
        write_text(self._root / _DEFAULT, canonical(name) + "\n")

    def _build(self, spec: ModelSpec, name: str, folder: Path, progress: Progress | None) -> Registered:
        base = base_digest = ""
        if spec.gguf is not None:
            if read_head(spec.gguf).is_adapter:
                raise InputError(f"{spec.gguf} is an adapter, not a model", fix="register it with its base")
            digest, size = _take(spec.gguf, folder / "model.gguf", progress)
        else:
            below = self.files(str(spec.base))
            if below.adapter is not None:
                raise UsageError(f"{spec.base} has an adapter already; one is supported", fix="name its base instead")
            digest, size = below.digest, below.weights.stat().st_size
            if spec.adapter is None:
                _link_or_copy(below.weights, folder / "model.gguf", progress)
            else:
                base, base_digest = canonical(str(spec.base)), below.digest
        if spec.adapter is not None:
            if not read_head(spec.adapter).is_adapter:
                raise InputError(f"{spec.adapter} is no LoRA adapter", fix="ragft export --adapter-only makes one")
            above, more = _take(spec.adapter, folder / "adapter.gguf", progress)
            digest, size = digest_bytes(f"{digest}+{above}".encode()), size + more
        return Registered(
            name=name,
            digest=digest,
            size=size,
            base=base,
            base_digest=base_digest,
            template=spec.template or "",
            system=spec.system or "",
            parameters=dict(spec.parameters),
            details=dict(spec.details),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
        )

    def _swap(self, new: Path | None, final: Path) -> None:
        """Put `new` in the place of `final`; what was there goes only afterwards."""
        old = Path(tempfile.mkdtemp(prefix=".removed-", dir=self._root))
        try:
            if final.exists():
                final.replace(old)
            if new is not None:
                new.replace(final)
        finally:
            shutil.rmtree(old, ignore_errors=True)

    def _folder(self, name: str) -> Path:
        return self._root / quote(name, safe="")

    def _pulled(self, name: str) -> Path:
        path = pulled(name) if name in SOURCES and not SOURCES[name].is_folder else None
        if path is None:
            known = ", ".join(self.names()) or "none yet"
            pull = f"ragft models pull {name}" if name in SOURCES else "ragft models add NAME PATH.gguf"
            raise ModelNotFound(f"the embedded engine has no model {name!r} (it has: {known})", fix=pull)
        return path

    def _read(self, name: str) -> Registered | None:
        path = self._folder(name) / "model.json"
        try:
            return Registered(**json.loads(path.read_text("utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as error:
            raise WorkspaceError(f"{path} is damaged: {error}", fix=f"ragft models add {name} again") from error


def canonical(name: str) -> str:
    """The one spelling of a model's name: `x:latest` is `x`, as Ollama has it.

    Raises:
        UsageError: it cannot be the name of a model.
    """
    if not _NAME.fullmatch(name) or ".." in name or name == _DEFAULT:
        raise UsageError(
            f"{name!r} cannot be the name of a model",
            fix="letters, digits and . _ - / : only, not starting with a sign",
        )
    return name.removesuffix(":latest")


def set_default(workspace: Workspace, name: str) -> None:
    """Make `name` the model that is used in `workspace` where none is given."""
    Registry(workspace).set_default(name)


def get_default(workspace: Workspace) -> str | None:
    """The model used in `workspace` where none is given; None where none was set."""
    return Registry(workspace).default()


def _check(spec: ModelSpec) -> None:
    if (spec.gguf is None) == (spec.base is None):
        raise UsageError(f"register {spec.name}: give either a GGUF file or a base model")
    if spec.quantize:
        raise UsageError(
            f"the embedded engine cannot quantise {spec.name} to {spec.quantize}",
            fix=f"ragft export --type {spec.quantize} and register the result",
        )


def _take(source: Path, target: Path, progress: Progress | None) -> tuple[str, int]:
    """Link or copy a file in; its digest and size."""
    _link_or_copy(source, target, progress)
    if progress:
        progress(f"digest {source.name}", 0, 0)
    return digest_file(target), target.stat().st_size


def _link_or_copy(source: Path, target: Path, progress: Progress | None) -> None:
    real = source.resolve()
    with contextlib.suppress(OSError):  # another file system, or one without hard links
        os.link(real, target)
        return
    total = real.stat().st_size
    done = 0
    with real.open("rb") as reader, target.open("wb") as writer:
        while block := reader.read(1 << 22):
            writer.write(block)
            done += len(block)
            if progress:
                progress(f"copy {source.name}", done, total)


def _pulled_digest(name: str) -> str:
    return "sha256:" + SOURCES[name].main_sha256


def _visible(model_json: Path) -> bool:
    return not model_json.parent.name.startswith(".")


def _thinks(template: str) -> bool:
    """Whether a chat template can open and close a thought, as Ollama decides it."""
    return "<think>" in template and "</think>" in template


def _details(registered: Registered | None, head: Head, name: str) -> dict[str, str]:
    details = {"parameters": f"{head.parameters:,}", "tensors": str(head.tensors)}
    if registered is None:
        return details | {
            "source": f"{SOURCES[name].project} {SOURCES[name].version}",
            "licence": SOURCES[name].licence,
        }
    details |= dict(registered.details) | {"created": registered.created}
    return details | ({"base": registered.base} if registered.base else {})
