"""Models registered with the embedded engine: a folder each under the workspace's `models`.

    models/papers%3Aq8_0/model.json              what is known of it (`RegisteredModel`)
    models/papers%3Aq8_0/model-3f2a….gguf        the weights (a hard link where the disk allows, else a copy)
    models/papers%3Aq8_0/adapter-77b0….gguf      a LoRA, where there is one
    models/default                               the name that is used where none is given (engine/choosing)

Files carry their digest in their name and `model.json` is written last, by a rename: until then the old model is
there, from then on the new one, and a process killed in between leaves no more than a file that nothing names.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from ragft.console import Progress
from ragft.downloads.pull import SOURCES, pulled
from ragft.engine.base import ModelInfo, ModelSpec
from ragft.engine.embedded.canonical_names import canonical
from ragft.engine.gguf_head import Head, read_head
from ragft.engine.model_names import same_model
from ragft.engine.types import fix_for
from ragft.errors import EngineError, InputError, ModelNotFound, RagftError, UsageError, WorkspaceError
from ragft.log import log
from ragft.machine import file_name
from ragft.typed_json import parsed
from ragft.workspace import (
    Workspace,
    atomic_writer,
    digest_bytes,
    digest_file,
    disk_error,
    make_directory,
    write_json,
)

ENGINE = "embedded"
_BLOCK = 1 << 22
_SHORT = 16
"""Hexadecimal digits of a digest in a file's name."""
_PATIENCE = 600.0
"""Seconds to wait for another process that registers a model; copying a large one takes minutes."""


@dataclass(frozen=True)
class RegisteredModel:
    """A model as `model.json` keeps it. `weights` and `adapter` are files of its folder.

    Instead of `weights`, `base` names the registered or pulled model that an adapter sits on; its digest is kept, so
    that the adapter is never put over other weights than it was made for.
    """

    name: str
    digest: str
    size: int
    weights: str = ""
    adapter: str = ""
    base: str = ""
    base_digest: str = ""
    template: str = ""
    system: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    details: Mapping[str, str] = field(default_factory=dict)
    created: str = ""


@dataclass(frozen=True)
class Files:
    """What has to be loaded for a model. `weights_id` tells weights from others, wherever their file lies."""

    weights: Path
    weights_id: str
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
        name = self.known(name)
        registered = self._read(name)
        if registered is None:
            weights, digest = self._pulled(name), _pulled_digest(name)
            return Files(weights, _short(digest), None, None, None, digest)
        folder = self.folder(name)
        if registered.base:
            base = self.files(registered.base)
            if base.digest != registered.base_digest:
                raise EngineError(
                    f"{name} was made for other weights than {registered.base} has now",
                    fix=f"register {name} again, or ragft models remove {name}",
                )
            weights, weights_id = base.weights, base.weights_id
        else:
            weights, weights_id = folder / registered.weights, _id_of(registered.weights)
        adapter = folder / registered.adapter if registered.adapter else None
        for path in (weights, adapter):
            if path is not None and not path.is_file():
                raise EngineError(f"a file of {name} is gone ({path})", fix=f"ragft models remove {name}")
        return Files(
            weights,
            weights_id,
            adapter,
            registered.template or None,
            registered.system or None,
            registered.digest,
        )

    def folder(self, name: str) -> Path:
        """Where the files of `name` lie, if it is registered here."""
        return self._root / file_name(name)

    def names(self) -> list[str]:
        """Registered names, then pulled ones that no registered one hides; each group sorted."""
        registered = sorted(unquote(path.parent.name) for path in self._root.glob("*/model.json"))
        cached = [name for name, source in SOURCES.items() if not source.is_folder and pulled(name) is not None]
        return registered + sorted(set(cached) - set(registered))

    def models(self) -> list[ModelInfo]:
        """What `show` says of every model; one that cannot be read is left out with a warning."""
        found = []
        for name in self.names():
            try:
                found.append(self.show(name))
            except RagftError as error:
                log.warning(str(error))
        return found

    def show(self, name: str) -> ModelInfo:
        """All that is known of `name`. Raises as `files`."""
        name = self.known(name)
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
            capabilities=_capabilities(head, template),
            details=_details(registered, head, name),
            system=files.system or "",
            adapter=files.adapter.stem if files.adapter else "",
            weights=files.weights_id,
            parameter_size=head.parameters,
        )

    def create(self, spec: ModelSpec, progress: Progress | None = None) -> ModelInfo:
        """Register `spec`. See `Engine.create`.

        Raises:
            UsageError: a name that cannot be one, or a request this engine cannot meet.
            InputError: a file that is not a whole GGUF.
            ModelNotFound: the base does not exist.
        """
        name = self.known(spec.name)
        _check(spec)
        with self._workspace.lock("models", timeout=_PATIENCE):
            folder = make_directory(self.folder(name))
            try:
                registered = self._take_files(spec, name, folder, progress)
                write_json(folder / "model.json", asdict(registered))
                for path in folder.glob("*.gguf"):
                    if path.name not in {registered.weights, registered.adapter}:
                        with contextlib.suppress(PermissionError):  # Windows, and an engine has it loaded
                            path.unlink()
            except OSError as error:
                raise disk_error(error, folder) from error
            finally:
                with contextlib.suppress(OSError):  # empty after a first registration that failed
                    folder.rmdir()
            return self.show(name)

    def copy(self, name: str, new: str) -> ModelInfo:
        """Register a model under a second name; its files are linked, or copied where no link can be.

        Raises: as `create`; ModelNotFound: there is no model `name`.
        """
        name = self.known(name)
        files, registered = self.files(name), self._read(name)
        if registered is None:
            return self.create(ModelSpec(new, gguf=files.weights))
        return self.create(
            ModelSpec(
                new,
                base=registered.base or name,
                adapter=files.adapter,
                template=files.template,
                system=files.system,
                parameters=registered.parameters,
                details=registered.details,
            )
        )

    def delete(self, name: str) -> None:
        """Remove a registered model.

        Raises:
            ModelNotFound: there is none of that name.
            EngineError: an adapter sits on it, or it was pulled and belongs to all workspaces.
        """
        name = self.known(name)
        with self._workspace.lock("models", timeout=_PATIENCE):
            record = self.folder(name) / "model.json"
            if not record.exists():
                path = self._pulled(name)
                raise EngineError(f"{name} is shared by all workspaces", fix=f"delete the folder {path.parent} by hand")
            above = [other for other in self.names() if self._base_of(other) == name]
            if above:
                raise EngineError(f"{', '.join(above)} sits on {name}", fix=f"ragft models remove {above[0]} first")
            try:
                record.unlink()
            except OSError as error:
                raise disk_error(error, record) from error
            shutil.rmtree(self.folder(name), ignore_errors=True)

    def known(self, name: str) -> str:
        """The name under which a model is kept here; the canonical one of a model that is not.

        Raises:
            UsageError: it cannot be the name of a model.
        """
        name, names = canonical(name), self.names()
        return name if name in names else next((other for other in names if same_model(other, name)), name)

    def _take_files(self, spec: ModelSpec, name: str, folder: Path, progress: Progress | None) -> RegisteredModel:
        """Bring the files of `spec` into `folder`; the record that names them."""
        base = base_digest = weights = adapter = ""
        if spec.gguf is not None:
            if read_head(spec.gguf).is_adapter:
                raise InputError(f"{spec.gguf} is an adapter, not a model", fix="register it with its base")
            digest, size = _digest(spec.gguf, progress), spec.gguf.stat().st_size
            weights = _take(spec.gguf, folder, "model", digest, progress)
        else:
            below = self.files(str(spec.base))
            if below.adapter is not None:
                raise UsageError(f"{spec.base} has an adapter already; one is supported", fix="name its base instead")
            digest, size = below.digest, below.weights.stat().st_size
            if spec.adapter is None:
                weights = _take(below.weights, folder, "model", digest, progress)
            else:
                base, base_digest = canonical(str(spec.base)), below.digest
        if spec.adapter is not None:
            if not read_head(spec.adapter).is_adapter:
                raise InputError(
                    f"{spec.adapter} is not a LoRA adapter",
                    fix="ragft register --adapter-only makes one of a run, and registers it",
                )
            above = _digest(spec.adapter, progress)
            adapter = _take(spec.adapter, folder, "adapter", above, progress)
            digest, size = digest_bytes(f"{digest}+{above}".encode()), size + spec.adapter.stat().st_size
        return RegisteredModel(
            name=name,
            digest=digest,
            size=size,
            weights=weights,
            adapter=adapter,
            base=base,
            base_digest=base_digest,
            template=spec.template or "",
            system=spec.system or "",
            parameters=dict(spec.parameters),
            details=dict(spec.details),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
        )

    def _base_of(self, name: str) -> str:
        """The model that `name` sits on; empty where there is none or its record is damaged."""
        try:
            registered = self._read(name)
        except WorkspaceError:
            return ""
        return registered.base if registered else ""

    def _pulled(self, name: str) -> Path:
        path = pulled(name) if name in SOURCES and not SOURCES[name].is_folder else None
        if path is None:
            known = ", ".join(self.names()) or "none yet"
            pull = f"ragft models pull {name}" if name in SOURCES else "ragft models add NAME PATH.gguf"
            raise ModelNotFound(f"the embedded engine has no model {name!r} (it has: {known})", fix=pull)
        return path

    def _read(self, name: str) -> RegisteredModel | None:
        path = self.folder(name) / "model.json"
        try:
            return parsed(RegisteredModel, path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise WorkspaceError(f"{path} is damaged: {error}", fix=f"register {name} again") from error


def _check(spec: ModelSpec) -> None:
    if (spec.gguf is None) == (spec.base is None):
        raise UsageError(f"register {spec.name}: give either a GGUF file or a base model")
    if spec.quantize:
        raise UsageError(
            f"the embedded engine cannot quantise {spec.name} to {spec.quantize}",
            fix=fix_for(spec.quantize),
        )


def _digest(path: Path, progress: Progress | None) -> str:
    if progress:
        progress(f"digest {path.name}", 0, 0)
    return digest_file(path)


def _take(source: Path, folder: Path, kind: str, digest: str, progress: Progress | None) -> str:
    """Link or copy a file into `folder`; the name it has there."""
    real = source.resolve()
    target = folder / f"{kind}-{_short(digest)}.gguf"
    if target.is_file():
        return target.name
    with contextlib.suppress(OSError):  # another file system, or one without hard links
        os.link(real, target)
        return target.name
    total, done = real.stat().st_size, 0
    with real.open("rb") as reader, atomic_writer(target, "wb") as writer:
        while block := reader.read(_BLOCK):
            writer.write(block)
            done += len(block)
            if progress:
                progress(f"copy {source.name}", done, total)
    return target.name


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:_SHORT]


def _id_of(weights: str) -> str:
    """The digest that the name of a file of weights tells."""
    return weights.removeprefix("model-").removesuffix(".gguf")


def _pulled_digest(name: str) -> str:
    return "sha256:" + SOURCES[name].main_sha256


def _capabilities(head: Head, template: str) -> tuple[str, ...]:
    """What the model can do, decided as Ollama does: a model that pools its states embeds, any other writes."""
    if f"{head.architecture}.pooling_type" in head.metadata:
        return ("embedding",)
    thinks = "<think>" in template and "</think>" in template
    return ("completion", "thinking") if thinks else ("completion",)


def _details(registered: RegisteredModel | None, head: Head, name: str) -> dict[str, str]:
    details = {"parameters": f"{head.parameters:,}", "tensors": str(head.tensors)}
    if registered is None:
        return details | {
            "source": f"{SOURCES[name].project} {SOURCES[name].version}",
            "licence": SOURCES[name].licence,
        }
    details |= dict(registered.details) | {"created": registered.created}
    return details | ({"base": registered.base} if registered.base else {})
