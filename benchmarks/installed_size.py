"""How much an installation takes: the size of all packages that a pyproject.toml leads to, as they are installed here.

    python benchmarks/installed_size.py [--pyproject FILE] [EXTRA …]

Prints the number of packages, their megabytes (10⁶ bytes, of the files that each package lists), and the largest.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LARGEST = 5


def installed(project: dict[str, Any], extras: list[str]) -> dict[str, int]:
    """Bytes of the packages that `project` needs with these extras, by name."""
    wanted = [*project["dependencies"], *(one for extra in extras for one in project["optional-dependencies"][extra])]
    left = [Requirement(text) for text in wanted]
    seen: set[tuple[str, str]] = set()
    sizes: dict[str, int] = {}
    while left:
        requirement = left.pop()
        name = canonicalize_name(requirement.name)
        if name == project["name"]:
            left += [
                Requirement(one) for extra in requirement.extras for one in project["optional-dependencies"][extra]
            ]
            continue
        for extra in {"", *requirement.extras}:
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            found = distribution(name)
            sizes.setdefault(name, size(found))
            left += [one for one in map(Requirement, found.requires or ()) if applies(one, extra)]
    return sizes


def applies(requirement: Requirement, extra: str) -> bool:
    """Whether a package that was asked for with `extra` needs this one here."""
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def size(found: Distribution) -> int:
    """The bytes of the files of a package that are there."""
    paths = (Path(str(file.locate())) for file in found.files or ())
    return sum(path.stat().st_size for path in paths if path.is_file())


def main() -> int:
    """Print the figures; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("extras", nargs="*")
    parser.add_argument("--pyproject", type=Path, default=Path(__file__).resolve().parents[1] / "pyproject.toml")
    given = parser.parse_args()
    project = tomllib.loads(given.pyproject.read_text(encoding="utf-8"))["project"]
    try:
        sizes = installed(project, given.extras)
    except PackageNotFoundError as error:
        print(f"not installed here: {error.name}", file=sys.stderr)
        return 1
    largest = sorted(sizes.items(), key=lambda item: -item[1])[:LARGEST]
    print(f"{len(sizes)} packages, {sum(sizes.values()) / 1e6:,.0f} MB")
    print("largest: " + ", ".join(f"{name} {taken / 1e6:,.0f}" for name, taken in largest))
    return 0


if __name__ == "__main__":
    sys.exit(main())
