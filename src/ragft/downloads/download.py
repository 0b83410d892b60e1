"""Fetches one file to a path: goes on where an earlier try stopped, and keeps nothing that is not what was pinned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ragft.console import Progress
from ragft.downloads.package_index import local_path
from ragft.errors import DownloadError
from ragft.workspace import digest_file, disk_error, make_directory

if TYPE_CHECKING:
    import httpx

BLOCK = 1 << 18
_STALLS = 5
"""A dropped connection is taken up again as long as each try brings bytes, and this many times without any."""


def download(
    url: str, target: Path, *, size: int, sha256: str, client: httpx.Client, progress: Progress | None = None
) -> Path:
    """Bring `url` to `target`; what an earlier call left in `target` + ".part" is not fetched again.

    Args:
        size: bytes the whole file has.
        sha256: its hex digest; a file that has another is removed.

    Raises:
        DownloadError: the network failed (what came is kept), or the bytes are not those expected (nothing is kept).
        DiskFull, WorkspaceError: it could not be written.
    """
    part = target.with_name(target.name + ".part")
    make_directory(target.parent)
    label = f"download {target.name}"
    stalls = 0
    while (have := _size(part)) < size:
        try:
            _append(url, part, size, client, lambda done: progress(label, done, size) if progress else None)
        except _Dropped as error:
            stalls = stalls + 1 if _size(part) == have else 0
            if stalls >= _STALLS or not error.worth_retrying:
                raise DownloadError(
                    f"the download of {target.name} stopped at {_size(part):,} of {size:,} bytes ({error})",
                    fix="run the same command again, it goes on there",
                ) from error
    found = digest_file(part).removeprefix("sha256:")
    if found != sha256:
        part.unlink()
        raise DownloadError(
            f"{target.name} from {url} is not the file expected: sha256 {found}, not {sha256}; it was removed",
            fix="run the same command again; if this repeats, the package index or a proxy alters the file",
        )
    part.replace(target)
    return target


class _Dropped(Exception):
    """The connection failed before the whole file came."""

    def __init__(self, reason: str, *, worth_retrying: bool = True) -> None:
        super().__init__(reason)
        self.worth_retrying = worth_retrying


def _append(url: str, part: Path, size: int, client: httpx.Client, report: Callable[[int], None]) -> None:
    """Add what `part` lacks; starts over where the server cannot send a range."""
    blocks, start = _open(url, _size(part), client)
    try:
        with part.open("r+b" if start else "wb") as handle:
            handle.seek(start)
            handle.truncate()
            done = start
            for block in blocks:
                handle.write(block[: size - done + 1])
                done += len(block)
                report(min(done, size))
                if done > size:  # longer than what was pinned: the digest will say so
                    return
    except OSError as error:
        raise disk_error(error, part) from error
    if done < size:
        raise _Dropped("the connection closed early")


def _open(url: str, offset: int, client: httpx.Client) -> tuple[Iterator[bytes], int]:
    """The file's bytes and the offset they start at: `offset`, or 0 where the server sends the whole."""
    if (path := local_path(url)) is not None:
        return _read(path, offset), offset
    import httpx

    headers = (
        {"Range": f"bytes={offset}-", "Accept-Encoding": "identity"} if offset else {"Accept-Encoding": "identity"}
    )
    try:
        response = client.send(client.build_request("GET", url, headers=headers), stream=True)
    except httpx.HTTPError as error:
        raise _Dropped(str(error) or type(error).__name__) from error
    if response.status_code not in (200, 206):
        response.close()
        raise _Dropped(f"HTTP {response.status_code}", worth_retrying=response.status_code >= 500)
    ranged = response.status_code == 206 and response.headers.get("content-range", "").startswith(f"bytes {offset}-")
    if response.status_code == 206 and not ranged:
        response.close()
        raise _Dropped("the server answered with another range", worth_retrying=False)
    return _stream(response), offset if ranged else 0


def _stream(response: httpx.Response) -> Iterator[bytes]:
    import httpx

    try:
        yield from response.iter_raw()  # as it comes: blocks of a fixed size would lose the last when the line drops
    except httpx.HTTPError as error:
        raise _Dropped(str(error) or type(error).__name__) from error
    finally:
        response.close()


def _read(path: Path, offset: int) -> Iterator[bytes]:
    with path.open("rb") as handle:
        handle.seek(offset)
        while block := handle.read(BLOCK):
            yield block


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
