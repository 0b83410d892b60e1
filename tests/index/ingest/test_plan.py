"""What becomes of each file of an ingest, whatever happened to the file it repeats."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ragft.errors import NotFoundError
from ragft.index.catalogue.records import FileRecord
from ragft.index.index import Index
from ragft.index.ingest.plan import absolute, make_plan, vanished

Open = Callable[..., Index]

TIDES = "# Tides\n\nThe moon pulls the oceans, and so the water rises twice a day.\n"
BREAD = "# Sourdough\n\nFlour and water ferment for a week before the first loaf.\n"
LONG = " ".join(f"Sentence {i} tells of adapter number {i * 7} and its rank." for i in range(80))


def texts(index: Index) -> str:
    return " ".join(chunk.text for chunk in index.chunks())


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def statuses(index: Index) -> dict[str, str]:
    return {Path(record.path).name: record.status for record in index.documents()}


def test_a_repeat_is_read_once_its_original_changed(opened: Open, tmp_path: Path) -> None:
    first, second = write(tmp_path / "p" / "a.md", TIDES), write(tmp_path / "p" / "b.md", TIDES)
    index = opened()
    assert index.ingest([tmp_path / "p"]).added == 1
    write(first, BREAD)
    report = index.ingest([tmp_path / "p"])
    assert (report.updated, report.added, report.duplicates, report.documents) == (1, 1, (), 2)
    assert "moon" in texts(index)
    assert "Flour" in texts(index)
    assert index.check().ok
    again = index.ingest([first, second])
    assert (again.unchanged, again.added, again.updated) == (2, 0, 0)


def test_a_copy_made_before_its_original_was_changed_is_read(opened: Open, tmp_path: Path) -> None:
    write(tmp_path / "b.md", TIDES)
    index = opened()
    index.ingest([tmp_path / "b.md"])
    write(tmp_path / "a.md", TIDES)
    write(tmp_path / "b.md", BREAD)
    index.ingest([tmp_path / "a.md", tmp_path / "b.md"])
    assert "moon" in texts(index)
    assert set(statuses(index).values()) == {"indexed"}


def test_a_repeat_elsewhere_is_read_when_its_original_changed(opened: Open, tmp_path: Path) -> None:
    """Its folder is not among those given, and its text would be nowhere until that is given again."""
    write(tmp_path / "x" / "a.md", TIDES)
    write(tmp_path / "y" / "b.md", TIDES)
    index = opened()
    index.ingest([tmp_path / "x", tmp_path / "y"])
    write(tmp_path / "x" / "a.md", BREAD)
    index.ingest([tmp_path / "x"])
    assert "moon" in texts(index)


def test_a_near_duplicate_is_read_once_its_original_was_removed(opened: Open, tmp_path: Path) -> None:
    first = write(tmp_path / "p" / "a.md", f"# Adapters\n\n{LONG}\n")
    write(tmp_path / "p" / "b.md", f"# Adapters\n\n{LONG} A last remark was added.\n")
    index = opened()
    assert index.ingest([tmp_path / "p"]).documents == 1
    index.remove(next(r.id for r in index.documents() if r.status == "indexed"))
    first.unlink()
    report = index.ingest([tmp_path / "p"])
    assert (report.documents, report.added, report.unchanged) == (1, 1, 0)
    assert "last remark" in texts(index)


def test_a_near_duplicate_is_read_once_its_original_changed(opened: Open, tmp_path: Path) -> None:
    first = write(tmp_path / "b.md", f"# Adapters\n\n{LONG}\n")
    index = opened()
    index.ingest([tmp_path])
    write(tmp_path / "a.md", f"# Adapters\n\n{LONG} A last remark was added.\n")
    index.ingest([tmp_path])
    assert statuses(index)["a.md"] == "duplicate"
    write(first, BREAD)
    assert index.ingest([tmp_path]).documents == 2
    assert "last remark" in texts(index)


def test_a_repeat_elsewhere_takes_over_from_a_pruned_original(opened: Open, tmp_path: Path) -> None:
    first = write(tmp_path / "x" / "a.md", TIDES)
    write(tmp_path / "x" / "other.md", BREAD)
    write(tmp_path / "y" / "b.md", TIDES)
    index = opened()
    index.ingest([tmp_path / "x", tmp_path / "y"])
    before = {chunk.id for chunk in index.chunks()}
    first.unlink()
    report = index.ingest([tmp_path / "x"], prune=True)
    assert (report.removed, report.documents) == (0, 2)
    assert index.ingest([tmp_path / "y"]).unchanged == 1
    assert {chunk.id for chunk in index.chunks()} == before
    assert statuses(index) == {"b.md": "indexed", "other.md": "indexed"}


def test_a_file_that_moved_and_is_read_anew_is_not_pruned(opened: Open, tmp_path: Path) -> None:
    folder = tmp_path / "p"
    write(folder / "a.md", TIDES)
    index = opened()
    index.ingest([folder])
    (folder / "a.md").rename(folder / "moved.md")
    index.close()
    index = opened(chunk_overlap=0)  # as a new version of the chunker: all is to be read again
    report = index.ingest([folder], prune=True)
    assert (report.documents, report.updated, report.removed) == (1, 1, 0)
    assert statuses(index) == {"moved.md": "indexed"}
    assert index.check().ok


def test_a_file_of_the_manifest_that_moved_is_not_pruned(opened: Open, tmp_path: Path) -> None:
    folder = tmp_path / "p"
    write(folder / "a.md", TIDES)
    rows = write(tmp_path / "rows.csv", "path,title\np/a.md,Ebb\n")
    index = opened()
    index.ingest([folder], manifest=rows)
    (folder / "a.md").rename(folder / "moved.md")
    report = index.ingest([folder], manifest=rows, prune=True)
    assert (report.documents, report.removed) == (1, 0)
    assert statuses(index) == {"moved.md": "indexed"}


def test_a_broken_original_keeps_its_failure_when_a_copy_takes_over(opened: Open, tmp_path: Path) -> None:
    write(tmp_path / "a.md", TIDES)
    write(tmp_path / "b.md", TIDES)
    index = opened()
    index.ingest([tmp_path])
    write(tmp_path / "a.md", "")
    index.ingest([tmp_path])
    assert statuses(index) == {"a.md": "failed", "b.md": "indexed"}
    write(tmp_path / "a.md", BREAD)
    assert index.ingest([tmp_path]).documents == 2
    assert index.check().ok


def test_a_repeat_of_what_a_killed_run_never_stored_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "b.md", TIDES)
    stat = path.stat()
    record = FileRecord(str(path), stat.st_size, stat.st_mtime_ns, "hb", duplicate_of="ha")
    for stored, unchanged in (({"ha"}, [record]), ({"other"}, [])):
        made = make_plan([path], {record.path: record}, lambda _: "", stored=stored)
        assert (made.unchanged, len(made.read)) == (unchanged, 1 - len(unchanged))


def test_a_latex_document_is_read_again_when_a_part_of_it_changed(opened: Open, tmp_path: Path) -> None:
    for folder, words in (("a", "The moon pulls."), ("b", "Flour ferments.")):
        write(tmp_path / folder / "main.tex", "\\begin{document}\\input{part}\\end{document}")
        write(tmp_path / folder / "part.tex", words)
    index = opened()
    report = index.ingest([tmp_path])
    assert (report.added, report.duplicates) == (2, ()), "the same main file with other parts is another document"
    write(tmp_path / "b" / "part.tex", "Barley ferments.")
    report = index.ingest([tmp_path])
    assert (report.updated, report.unchanged, report.documents) == (1, 1, 2)
    assert "Barley" in texts(index)
    assert "Flour" not in texts(index)


def test_twins_of_a_failed_file_are_read_themselves(opened: Open, tmp_path: Path) -> None:
    for name in ("aa.docx", "y.md", "z.md"):
        write(tmp_path / name, TIDES)
    index = opened()
    report = index.ingest([tmp_path])
    assert (report.documents, report.added, len(report.failed), len(report.duplicates)) == (1, 1, 1, 1)
    assert statuses(index) == {"aa.docx": "failed", "y.md": "indexed", "z.md": "duplicate"}
    assert index.ingest([tmp_path]).documents == 1
    assert statuses(index) == {"aa.docx": "duplicate", "y.md": "indexed", "z.md": "duplicate"}


def test_a_file_is_the_same_by_whatever_path_it_is_given(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "p2" / "a.md", TIDES)
    (tmp_path / "sub").mkdir()
    index = opened()
    index.ingest([tmp_path / "p2"])
    monkeypatch.chdir(tmp_path / "sub")
    report = index.ingest([Path("../p2")])
    assert (report.unchanged, report.duplicates) == (1, ())
    (tmp_path / "p2" / "a.md").unlink()
    assert index.ingest([Path("../p2")], prune=True).removed == 1


def test_dots_after_a_link_lead_where_the_system_goes(tmp_path: Path) -> None:
    write(tmp_path / "real" / "deep" / "a.md", TIDES)
    (tmp_path / "link").symlink_to(tmp_path / "real" / "deep")
    assert absolute(tmp_path / "link" / ".." / "deep" / "a.md") == tmp_path.resolve() / "real" / "deep" / "a.md"
    assert absolute(tmp_path / "real" / ".." / "link" / "a.md") == tmp_path / "link" / "a.md"


def test_what_cannot_be_looked_at_is_not_gone(tmp_path: Path) -> None:
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    hidden, lost = str(tmp_path / "circle" / "a.md"), str(tmp_path / "lost.md")
    known = {path: FileRecord(path, 1, 1, "h", document_id="h") for path in (hidden, lost)}
    assert [record.path for record in vanished(known, [tmp_path])] == [lost]


@pytest.mark.skipif(os.geteuid() != 0, reason="another user's rights are taken on")
def test_prune_keeps_what_is_in_a_folder_without_rights(opened: Open, tmp_path: Path) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as name:  # tmp_path itself lies in a folder of root alone
        folder = Path(name)
        folder.chmod(0o755)
        write(folder / "closed" / "a.md", TIDES)
        (folder / "closed").chmod(0o700)
        code = f"from ragft.index.ingest.plan import is_gone; print(is_gone({str(folder / 'closed' / 'a.md')!r}))"
        code = f"import os; from ragft.index.ingest import plan; os.setuid(65534); {code}"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_deleted_folder_can_be_pruned_and_is_named(opened: Open, tmp_path: Path) -> None:
    write(tmp_path / "p1" / "a.md", TIDES)
    write(tmp_path / "p2" / "b.md", BREAD)
    index = opened()
    index.ingest([tmp_path / "p1", tmp_path / "p2"])
    (tmp_path / "p1" / "a.md").unlink()
    (tmp_path / "p1").rmdir()
    with pytest.raises(NotFoundError, match="does not exist"):
        index.ingest([tmp_path / "p1"])
    with pytest.raises(NotFoundError, match="does not exist"):
        index.ingest([tmp_path / "p1", tmp_path / "mistyped"], prune=True)
    report = index.ingest([tmp_path / "p1"], prune=True)
    assert (report.removed, report.documents) == (1, 1)
    assert report.warnings == (f"{tmp_path / 'p1'}: 1 file has vanished from there",)
    assert statuses(index) == {"b.md": "indexed"}
