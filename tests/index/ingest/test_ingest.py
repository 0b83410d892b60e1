from __future__ import annotations

import cProfile
import os
import pstats
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from ragft.errors import InputError, NotFoundError, WorkspaceLocked
from ragft.index.index import Index, open_index
from ragft.workspace import Workspace
from tests.index.conftest import NOTES, write_notes

Open = Callable[..., Index]


def ids(index: Index) -> list[str]:
    return sorted(chunk.id for chunk in index.chunks())


def test_files_become_documents_with_chunks_and_vectors(opened: Open, notes: Path) -> None:
    index = opened()
    report = index.ingest([notes])
    assert (report.documents, report.added, report.failed) == (3, 3, ())
    assert report.chunks == len(index.chunks()) >= 3
    assert {record.title for record in index.documents()} == {"Tides", "Low-rank adapters", "Sourdough"}
    assert index.check().ok


def test_a_second_ingest_loads_neither_model_nor_chroma(opened: Open, notes: Path, workspace: Workspace) -> None:
    opened().ingest([notes])
    code = (
        "import sys; from pathlib import Path; from ragft.config import IndexSettings;"
        "from ragft.index.index import open_index; from ragft.workspace import Workspace;"
        f"index = open_index(Workspace(Path({str(workspace.root)!r})), IndexSettings());"
        f"report = index.ingest([Path({str(notes)!r})]);"
        "print(report.unchanged, report.added, report.seconds < 2,"
        " [m for m in ('torch', 'chromadb', 'onnxruntime', 'tokenizers', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "3 0 True []"


def test_a_touched_file_is_not_read_again(opened: Open, notes: Path) -> None:
    index = opened()
    index.ingest([notes])
    os.utime(notes / "tides.md", (1, 1))
    report = index.ingest([notes])
    assert (report.unchanged, report.updated) == (3, 0)


def test_a_changed_file_replaces_its_document(opened: Open, notes: Path) -> None:
    index = opened()
    index.ingest([notes])
    (notes / "tides.md").write_text("# Tides\n\nNeap tides come at half moon.\n")
    report = index.ingest([notes])
    assert (report.updated, report.added, report.unchanged, report.documents) == (1, 0, 2, 3)
    assert not any("Fundy" in chunk.text for chunk in index.chunks())
    assert index.check().ok


def test_a_moved_file_keeps_its_chunks(opened: Open, notes: Path) -> None:
    index = opened()
    index.ingest([notes])
    before = ids(index)
    (notes / "deeper").mkdir()
    (notes / "tides.md").rename(notes / "deeper" / "water.md")
    report = index.ingest([notes])
    assert (report.unchanged, report.added, report.documents) == (3, 0, 3)
    assert ids(index) == before
    assert str(notes / "deeper" / "water.md") in {record.path for record in index.documents()}


def test_the_same_bytes_are_stored_once_and_reported(opened: Open, notes: Path) -> None:
    (notes / "copy.md").write_bytes((notes / "tides.md").read_bytes())
    index = opened()
    report = index.ingest([notes])
    assert report.documents == 3
    assert [Path(d.path).name for d in report.duplicates] == ["tides.md"]  # copy.md comes first
    assert "copy.md" in report.duplicates[0].error
    again = index.ingest([notes])
    assert (again.unchanged, len(again.duplicates)) == (4, 1)


def test_the_same_paper_in_other_bytes_is_stored_once(opened: Open, tmp_path: Path) -> None:
    body = " ".join(f"Sentence {i} tells of adapter number {i * 7} and its rank." for i in range(80))
    (tmp_path / "a.md").write_text(f"# Adapters\n\n{body}\n")
    (tmp_path / "b.md").write_text(f"# Adapters\n\n{body} A last remark was added.\n")
    report = opened().ingest([tmp_path / "a.md", tmp_path / "b.md"])
    assert (report.documents, report.added) == (1, 1)
    assert report.duplicates[0].path.endswith("b.md")


def test_a_bad_file_costs_only_itself_and_is_tried_again(opened: Open, notes: Path) -> None:
    (notes / "broken.pdf").write_bytes(b"%PDF-1.7 and then nothing")
    (notes / "empty.md").write_bytes(b"")
    index = opened()
    report = index.ingest([notes])
    assert report.documents == 3
    assert {Path(f.path).name for f in report.failed} == {"broken.pdf", "empty.md"}
    assert {r.status for r in index.documents()} == {"indexed", "failed"}
    assert len(index.ingest([notes]).failed) == 2
    (notes / "empty.md").write_text("# Repaired\n\nNow there is text.\n")
    report = index.ingest([notes])
    assert (report.added, len(report.failed)) == (1, 1)


def test_a_file_that_breaks_later_keeps_what_it_held(opened: Open, notes: Path) -> None:
    index = opened()
    index.ingest([notes])
    (notes / "tides.md").write_bytes(b"")
    report = index.ingest([notes])
    assert [Path(f.path).name for f in report.failed] == ["tides.md"]
    assert report.documents == 3
    (notes / "tides.md").write_text(NOTES["tides.md"])
    assert index.ingest([notes]).failed == ()
    assert index.check().ok


def test_prune_removes_what_vanished_from_the_folder(opened: Open, notes: Path) -> None:
    index = opened()
    index.ingest([notes])
    (notes / "bread.md").unlink()
    assert index.ingest([notes]).removed == 0
    assert len(index.documents()) == 3
    report = index.ingest([notes], prune=True)
    assert (report.removed, report.documents) == (1, 2)
    assert index.check().ok


def test_prune_keeps_a_document_that_another_file_still_is(opened: Open, notes: Path) -> None:
    (notes / "zcopy.md").write_bytes((notes / "bread.md").read_bytes())
    index = opened()
    index.ingest([notes])
    before = ids(index)
    (notes / "bread.md").unlink()
    report = index.ingest([notes], prune=True)
    assert (report.removed, report.documents) == (0, 3)
    assert ids(index) == before


def test_prune_leaves_other_folders_alone(opened: Open, notes: Path, tmp_path: Path) -> None:
    other = write_notes(tmp_path / "other")
    (other / "tides.md").write_text("# Ebb\n\nQuite another text about the ebb.\n")
    index = opened()
    index.ingest([notes, other / "tides.md"])
    (other / "tides.md").unlink()
    assert index.ingest([notes], prune=True).removed == 0


def test_a_manifest_overrides_and_a_change_in_it_is_noticed(opened: Open, notes: Path) -> None:
    manifest = notes.parent / "papers.csv"
    manifest.write_text(f"path,title,year\n{notes / 'tides.md'},On the Tides,1901\n")
    index = opened()
    index.ingest([notes])
    report = index.ingest([notes], manifest=manifest)
    assert (report.updated, report.unchanged) == (1, 2)
    record = next(r for r in index.documents() if r.path.endswith("tides.md"))
    assert (record.title, record.year) == ("On the Tides", 1901)
    assert index.search("bay of Fundy", 1)[0].title == "On the Tides"
    assert index.check().ok


def test_a_manifest_in_an_encoding_that_was_guessed_is_warned_of(opened: Open, notes: Path) -> None:
    manifest = notes.parent / "papers.csv"
    title = "Über die Größe der Übersetzungen"
    manifest.write_bytes(f"path,title\n{notes / 'tides.md'},{title}\n".encode("cp1252"))
    index = opened()
    (warning,) = index.ingest([notes], manifest=manifest).warnings
    assert warning.startswith(f"{manifest}: its encoding is not known: read as ")
    assert title in {record.title for record in index.documents()}


def test_ids_are_the_same_on_every_machine(opened: Open, notes: Path, tmp_path: Path) -> None:
    index = opened()
    index.ingest([notes])
    elsewhere = open_index(Workspace(tmp_path / "elsewhere"), index._settings)
    elsewhere.ingest([write_notes(tmp_path / "other place")])
    assert ids(elsewhere) == ids(index)
    assert elsewhere.digest() == index.digest()
    elsewhere.close()


def test_a_removed_document_is_gone_everywhere(opened: Open, notes: Path) -> None:
    index = opened()
    index.ingest([notes])
    record = next(r for r in index.documents() if r.title == "Tides")
    assert index.remove(record.id[:6]).title == "Tides"
    assert "Tides" not in {hit.title for hit in index.search("moon and tides", 5)}
    assert index.check().ok
    with pytest.raises(NotFoundError, match="ragft documents"):
        index.remove(record.id)


def test_a_second_writer_waits_and_then_gives_up(opened: Open, notes: Path, workspace: Workspace) -> None:
    index = opened(lock_timeout=0.2)
    with workspace.lock("index"), pytest.raises(WorkspaceLocked, match="another ragft process"):
        index.ingest([notes])
    assert index.ingest([notes]).added == 3


def test_a_manifest_that_does_not_exist_is_an_error(opened: Open, notes: Path) -> None:
    with pytest.raises(InputError, match="manifest"):
        opened().ingest([notes], manifest=notes / "none.csv")


def test_a_missing_path_is_an_error_before_anything_is_made(opened: Open, workspace: Workspace) -> None:
    with pytest.raises(NotFoundError, match="does not exist"):
        opened().ingest([Path("/nowhere/at/all")])
    assert not workspace.root.exists()


@pytest.mark.parametrize("changed", [{"mode": "lexical"}, {"weight": 0.9}])
def test_the_digest_tells_settings_apart_that_order_hits(opened: Open, notes: Path, changed: dict[str, object]) -> None:
    index = opened()
    index.ingest([notes])
    before = index.digest()
    assert opened(**changed).digest() != before


@pytest.mark.parametrize(("field", "value"), [("title", "Moon and sea"), ("authors", "William Thomson")])
def test_the_digest_tells_what_the_manifest_says(
    opened: Open, notes: Path, tmp_path: Path, field: str, value: str
) -> None:
    index = opened()
    index.ingest([notes])
    before = index.digest()
    manifest = tmp_path / "manifest.csv"
    manifest.write_text(f"path,{field}\n{notes / 'tides.md'},{value}\n")
    index.ingest([notes], manifest=manifest)
    assert index.digest() != before


def test_a_name_that_is_no_utf8_costs_nothing(opened: Open, notes: Path) -> None:
    name = os.fsdecode(b"bad\xff\xfename.txt")
    (notes / name).write_text("the cometary dust settles slowly on every plain of that moon.\n" * 3)
    (notes / os.fsdecode(b"worse\xff.pdf")).write_bytes(b"%PDF-1.7 and then nothing")
    index = opened()
    report = index.ingest([notes])
    assert (report.added, len(report.failed)) == (4, 1)
    record = next(r for r in index.documents() if Path(r.path).name == name)
    assert record.title.encode("utf-8")
    assert index.ingest([notes]).unchanged == 4
    (notes / name).rename(notes / "good.txt")
    assert index.ingest([notes]).unchanged == 4
    assert index.search(os.fsdecode(b"cometary \xff\xfe dust"), 1)[0].document_id == record.id


def test_rows_of_a_manifest_without_a_file_are_named(opened: Open, notes: Path) -> None:
    (notes / "rows.csv").write_text("path,title\ntides.md,Ebb\ntids.md,Flow\n")
    report = opened().ingest([notes], manifest=notes / "rows.csv")
    assert report.warnings == (f"{notes / 'rows.csv'}: 1 of 2 rows match no file: tids.md",)


BOILERPLATE = (
    "The board keeps the dams of the valley in good order and reports once a year to the council. The gates were "
    "inspected in spring and in autumn by two engineers who also looked at the pumps and the power supply. No leak was "
    "found at the northern wall, and the southern wall was painted after the frost. Staff were trained in first aid. "
) * 3


def test_reports_of_several_years_are_all_kept(opened: Open, tmp_path: Path) -> None:
    for year, bolts in ((2019, 223), (2020, 231), (2021, 198)):
        text = f"# Annual report {year}\n\n{BOILERPLATE}In {year} the sluice got {bolts} new bolts. {BOILERPLATE}"
        (tmp_path / f"{year}.md").write_text(text)
    report = opened().ingest([tmp_path])
    assert (report.documents, report.duplicates) == (3, ())


def test_long_reports_with_other_figures_are_all_kept(opened: Open, tmp_path: Path) -> None:
    body = " ".join(f"Gate {i} was opened and closed by the keeper of lock number {i}." for i in range(300))
    for name, first in (("a", 1000), ("b", 5000)):
        figures = " ".join(f"Repairs of part {i} cost {first + i} pounds." for i in range(30))
        (tmp_path / f"{name}.md").write_text(f"# Report\n\n{body} {figures}")
    assert opened().ingest([tmp_path]).documents == 2


def test_a_note_whose_one_sentence_of_its_own_is_the_answer_is_kept(opened: Open, tmp_path: Path) -> None:
    for name, sentence in (("a", "The key lies under the third stone."), ("b", "The mill was sold to a weaver.")):
        (tmp_path / f"{name}.md").write_text(f"# Note\n\n{BOILERPLATE}{sentence}")
    assert opened().ingest([tmp_path]).documents == 2


def test_a_paper_in_another_edition_is_left_out_and_named(opened: Open, tmp_path: Path) -> None:
    body = " ".join(f"Sentence {i} tells of adapter number {i * 7} and of its rank in the layer." for i in range(300))
    (tmp_path / "a.md").write_text(f"# Adapters\n\n{body}")
    (tmp_path / "b.md").write_text(f"# Adapters\n\n{body.replace('layer', 'block', 20)} Printed in May.")
    (duplicate,) = opened().ingest([tmp_path]).duplicates
    assert duplicate.path.endswith("b.md")
    assert "nearly repeats" in duplicate.error
    assert "a.md" in duplicate.error
    assert "index.near_duplicates=keep" in duplicate.error


def test_the_text_of_reports_of_one_form_is_compared_once_each(opened: Open, tmp_path: Path) -> None:
    body = " ".join(f"Sentence {i} tells of the station and of its gauge in the valley." for i in range(250))
    for year in range(2001, 2013):
        (tmp_path / f"{year}.md").write_text(f"# Report {year}\n\n{body}")
    profile = cProfile.Profile()
    with profile:
        report = opened().ingest([tmp_path])
    assert report.documents == 12
    assert pstats.Stats(profile).get_stats_profile().func_profiles["numbers_in"].ncalls == "22"  # 11 new, 11 held


def test_near_duplicates_are_kept_on_demand_even_those_left_out_before(opened: Open, tmp_path: Path) -> None:
    body = " ".join(f"Sentence {i} tells of adapter number {i * 7} and of its rank." for i in range(300))
    for name in "ab":
        (tmp_path / f"{name}.md").write_text(f"# Adapters\n\n{body} Copy {'one' if name == 'a' else 'two'}.")
    (tmp_path / "c.md").write_bytes((tmp_path / "a.md").read_bytes())
    assert opened().ingest([tmp_path]).documents == 1
    kept = opened(near_duplicates="keep").ingest([tmp_path])
    assert (kept.documents, kept.added) == (2, 1)
    assert [Path(found.path).name for found in kept.duplicates] == ["c.md"]  # the same bytes are stored once
    again = opened(near_duplicates="keep").ingest([tmp_path])
    assert (again.documents, again.unchanged, again.added) == (2, 3, 0)


def test_a_document_is_removed_by_the_name_of_its_file_in_any_unicode_form(opened: Open, tmp_path: Path) -> None:
    (tmp_path / unicodedata.normalize("NFD", "Müller.md")).write_text("# Mills\n\nThe mill stands still.\n")
    (tmp_path / "other.md").write_text("# Tides\n\nThe tide comes in.\n")
    index = opened()
    index.ingest([tmp_path])
    assert index.remove(unicodedata.normalize("NFC", "müller.md")).title == "Mills"
    assert [record.title for record in index.documents()] == ["Tides"]
