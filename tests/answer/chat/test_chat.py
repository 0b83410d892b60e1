"""Whole transcripts of a chat: what is typed, what is shown."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from ragft.answer.asked import AskedDocuments, AskedModel
from ragft.answer.assistant import Assistant
from ragft.answer.chat.chat import Chat
from ragft.answer.chat.conversation import latest_conversation, new_conversation
from ragft.answer.chat.screen import Work
from ragft.answer.session import retried
from ragft.answer.shown.marks import marked
from ragft.answer.shown.render import wrap
from ragft.engine.base import ChatChunk, ModelInfo
from ragft.engine.model_names import same_model
from ragft.errors import GenerationError, ModelNotFound, UsageError
from ragft.index.base import DocumentRecord
from ragft.setting_sections import AnswerSettings
from ragft.workspace import Workspace
from tests.answer.fakes import NF4, QLORA, Player, Shelf, dying, hit

GOOD = "QLoRA needs a single GPU with 48 GB of memory [1]."
QUESTION = "How much GPU memory does QLoRA need for a 65B model?"


class Paper:
    """A screen that keeps everything."""

    def __init__(self, width: int | None = None) -> None:
        self.width = width
        self.verbose = self.draft = False
        self.lines: list[str] = []
        self.works: list[Work] = []
        self.copied = ""

    def line(self, text: str, style: str = "", link: str = "") -> None:
        self.lines += text.split("\n")

    def answer(self, text: str, links: Mapping[str, str]) -> None:
        self.line(wrap(text, self.width))

    def work(self, work: Work | None) -> None:
        self.works += [work] if work else []

    def copy(self, text: str) -> str:
        self.copied = text
        return "copied"


class Desk:
    """A backend over fixed hits."""

    def __init__(self, engine: Player) -> None:
        self.engine = engine
        self.made: list[tuple[str | None, Sequence[str] | None]] = []
        self.settings = AnswerSettings()
        self.hits = [hit(QLORA), hit(NF4, number=1, title="On NF4")]

    def assistant(self, model: str | None, documents: Sequence[str] | None, *, again: int = 0) -> Assistant:
        self.made.append((model, documents))
        settings = retried(self.settings, again) if again else self.settings
        return Assistant(AskedModel(self.engine, model or "tiny"), AskedDocuments(Shelf(*self.hits)), settings)

    def documents(self) -> Sequence[DocumentRecord]:
        return [
            DocumentRecord("doc-0", "/papers/qlora.pdf", "On QLoRA", (), 2023, 4, 3, "indexed"),
            DocumentRecord("doc-1", "/papers/nf4.pdf", "On NF4", (), 2023, 4, 3, "indexed"),
            DocumentRecord("doc-2", "/papers/broken.pdf", "", (), None, 0, 0, "failed", "cut short"),
        ]

    def models(self) -> Sequence[str]:
        return ["tiny", "other:latest"]

    def find(self, name: str) -> ModelInfo:
        if name == "minilm":
            raise UsageError("minilm cannot chat", fix="choose a chat model")
        try:
            full = next(known for known in self.models() if same_model(known, name))
        except StopIteration:
            raise ModelNotFound(f"no model {name!r}", fix="ollama pull it") from None
        return ModelInfo(full, "", 0, "ollama", template="" if full == "tiny" else "<|user|>{{ .Prompt }}<|assistant|>")


def chat(tmp_path: Path, *replies: str | Exception, width: int | None = None) -> tuple[Chat, Paper, Desk]:
    screen, desk = Paper(width), Desk(Player(*replies))
    return Chat(desk, screen, new_conversation(Workspace(tmp_path))), screen, desk


def transcript(made: tuple[Chat, Paper, Desk], *lines: str) -> list[str]:
    talk, screen, _ = made
    for line in lines:
        screen.lines.append(f"> {line}")
        if not talk.handle(line):
            break
    return screen.lines


def test_a_question_and_its_sources(tmp_path: Path) -> None:
    assert transcript(chat(tmp_path, GOOD), QUESTION, "/sources", "/open 1", "/open 7") == [
        f"> {QUESTION}",
        "QLoRA needs a single GPU with 48 GB of memory [1].",
        "[1] On QLoRA, p. 2",
        "    “QLoRA brings the same job down to a single GPU with 48 GB of memory [1].”",
        "> /sources",
        "[1] On QLoRA, p. 2",
        "    “QLoRA brings the same job down to a single GPU with 48 GB of memory [1].”",
        "Retrieved:",
        "[1] On QLoRA, p. 2",
        f"    {QLORA[:100]}…",
        "[2] On NF4, p. 2",
        f"    {NF4[:100]}…",
        "> /open 1",
        "On QLoRA, p. 2",
        "/papers/qlora.pdf",
        QLORA,
        "> /open 7",
        "no source 7 (sources: 1, 2)",
    ]


def test_commands(tmp_path: Path) -> None:
    made = chat(tmp_path, GOOD)
    assert transcript(
        made,
        *("/model", "/model nobody", "/model minilm", "/model other", "/model"),
        *("/docs nf4", "/docs bread", QUESTION, "/docs all", "/nope"),
    ) == [
        "> /model",
        "* tiny",
        "  other:latest",
        "> /model nobody",
        "error: no model 'nobody' → ollama pull it",
        "> /model minilm",
        "error: minilm cannot chat → choose a chat model",
        "> /model other",
        "now asking other:latest",
        "> /model",
        "  tiny",
        "* other:latest",
        "> /docs nf4",
        "* On NF4",
        "asking 1 of 2 documents; /docs all takes all again",
        "> /docs bread",
        "no document matches bread; all stay as they were",
        f"> {QUESTION}",
        "QLoRA needs a single GPU with 48 GB of memory [1].",
        "[1] On QLoRA, p. 2",
        "    “QLoRA brings the same job down to a single GPU with 48 GB of memory [1].”",
        "> /docs all",
        "asking all 2 documents",
        "> /nope",
        "no command /nope; /help lists them",
    ]
    assert made[2].made[-1] == ("other:latest", ["doc-1"])


def test_a_model_without_a_chat_template_is_warned_of(tmp_path: Path) -> None:
    lines = transcript(chat(tmp_path), "/model tiny")
    assert lines[1].startswith("warning: tiny has no chat template")
    assert lines[-1] == "now asking tiny"


def test_nothing_is_wider_than_sixty_columns(tmp_path: Path) -> None:
    lines = transcript(chat(tmp_path, GOOD, width=60), QUESTION, "/sources", "/open 2", "/help")
    assert max(len(line) for line in lines if not line.startswith("> ")) <= 60


def test_an_engine_that_dies_is_one_line_and_the_conversation_goes_on(tmp_path: Path) -> None:
    lines = transcript(
        chat(tmp_path, GOOD, dying("QLoRA", GenerationError("the engine stopped", fix="ask again")), GOOD),
        QUESTION,
        QUESTION,
        QUESTION,
    )
    assert lines.count("error: the engine stopped → ask again") == 1
    assert lines.count("QLoRA needs a single GPU with 48 GB of memory [1].") == 2
    assert len(latest_conversation(Workspace(tmp_path)).turns) == 2


def test_twenty_deaths_leave_the_conversation_intact(tmp_path: Path) -> None:
    made = chat(tmp_path, GOOD, *[dying("QLoRA", GenerationError("the engine stopped"))] * 20, GOOD)
    transcript(made, *[QUESTION] * 22)
    assert [turn.answer for turn in latest_conversation(Workspace(tmp_path)).turns] == [GOOD, GOOD]


def stop_at(screen: Paper, doing: str) -> None:
    """Ctrl-C as soon as `doing` is shown."""

    def interrupt(work: Work | None) -> None:
        if work and doing in work.doing:
            raise KeyboardInterrupt

    screen.work = interrupt  # type: ignore[method-assign]


def test_ctrl_c_keeps_what_was_readable_as_unchecked(tmp_path: Path) -> None:
    made = chat(tmp_path, GOOD, GOOD, GOOD)
    talk, screen, desk = made
    talk.handle(QUESTION)
    shown = len(screen.lines)
    stop_at(screen, "writing, 5 words")
    assert talk.handle("and how many GPUs does it need?")
    assert screen.lines[shown:] == [
        "QLoRA needs a single GPU",
        "(stopped: this text was not checked against the sources)",
    ]
    assert desk.engine.closed == 2
    assert "QLoRA needs a single GPU\n(stopped" in latest_conversation(Workspace(tmp_path)).markdown()
    del screen.work  # type: ignore[attr-defined]
    talk.handle("and its weights, are they frozen in four bits?")
    assert "a single GPU\n(stopped" not in str(desk.engine.requests[-1].messages), "a model is not shown it"


def test_ctrl_c_before_the_first_word_keeps_nothing(tmp_path: Path) -> None:
    talk, screen, _ = chat(tmp_path, GOOD)
    stop_at(screen, "reading")
    talk.handle(QUESTION)
    assert screen.lines == ["(stopped before the first word)"]
    assert talk.conversation.exchanges == []


def test_the_conversation_is_history_of_the_next_question(tmp_path: Path) -> None:
    made = chat(tmp_path, GOOD, GOOD)
    transcript(made, QUESTION, "and its weights, are they frozen in four bits?")
    assert [m.content for m in made[2].engine.requests[1].messages][1] == QUESTION


def test_clear_forgets(tmp_path: Path) -> None:
    made = chat(tmp_path, GOOD, GOOD)
    transcript(made, QUESTION, "/clear", QUESTION)
    assert len(made[2].engine.requests[1].messages) == 2


def test_save_writes_markdown_and_never_over_a_file(tmp_path: Path) -> None:
    target = tmp_path / "notes.md"
    lines = transcript(chat(tmp_path, GOOD), QUESTION, f"/save {target}", f"/save {target}")
    assert target.read_text().startswith(f"## {QUESTION}\n\n{GOOD}")
    assert lines[-1] == f"{target} exists; /save! FILE writes over it"


def test_escape_sequences_never_reach_the_screen(tmp_path: Path) -> None:
    made = chat(tmp_path, f"\x1b[2J{GOOD}\x1b]0;owned\x07")
    lines = transcript(made, QUESTION, "/model \x1b[31mred", "/\x1b[31mred", "/docs \x1b[31m")
    shown = [*lines, *(f"{work.doing} {work.text}" for work in made[1].works)]
    assert not any("\x1b" in line or "\x07" in line for line in shown if not line.startswith("> "))


def test_help_lists_every_command(tmp_path: Path) -> None:
    made = chat(tmp_path)
    text = "\n".join(transcript(made, "/help"))
    assert all(name in text for name in made[0].commands.names)


def test_thinking_is_shown_while_it_grows_and_never_kept(tmp_path: Path) -> None:
    thinking = [ChatChunk(thinking="48 or "), ChatChunk(thinking="780?"), ChatChunk(content=GOOD), ChatChunk(done=True)]
    talk, screen, desk = chat(tmp_path, thinking)
    desk.settings = AnswerSettings(think=True)
    assert talk.ask(QUESTION)
    assert ("thinking", "48 or 780?") in [(work.doing, work.text) for work in screen.works]
    assert "780?" not in "\n".join(screen.lines)
    assert desk.engine.requests[0].options.num_predict > AnswerSettings().num_predict


@pytest.mark.parametrize("name", ["~nobody-of-that-name/x", "a\0b", "x" * 400, "/proc/none/x"])
def test_a_name_that_cannot_be_saved_to_is_an_error_and_the_chat_goes_on(tmp_path: Path, name: str) -> None:
    made = chat(tmp_path, GOOD)
    shown = transcript(made, QUESTION, f"/save {name}", "/sources")
    assert any("no file can be called" in line or "error: cannot write" in line for line in shown)
    assert "Retrieved:" in shown
    assert not Path("~nobody-of-that-name").exists()


def test_an_empty_conversation_is_not_saved(tmp_path: Path) -> None:
    made = chat(tmp_path)
    assert transcript(made, f"/save {tmp_path / 'x.md'}")[-1] == "nothing has been said yet"
    assert not (tmp_path / "x.md").exists()


def test_a_refusal_is_looked_back_at_but_not_shown_to_the_model(tmp_path: Path) -> None:
    """The title of the nearest document stands in it, and may be hostile; and a small model repeats refusals."""
    made = chat(tmp_path, "The documents do not answer this question.", GOOD)
    made[2].settings = AnswerSettings(gate=0.0)
    transcript(made, "Who baked the QLoRA cake?", QUESTION)
    asked = made[2].engine.requests[-1].messages
    assert [turn.question for turn in made[0].conversation.turns] == ["Who baked the QLoRA cake?", QUESTION]
    assert [message.role for message in asked] == ["system", "user"]


def test_sources_are_numbered_in_order_of_use_everywhere(tmp_path: Path) -> None:
    reply = "NormalFloat stores each weight in four bits [2]. QLoRA needs a single GPU with 48 GB of memory [1]."
    made = chat(tmp_path, reply)
    lines = transcript(
        made, "How does QLoRA store weights, and how much memory does it need?", "/open 1", "/quote 2", "/copy"
    )
    assert (
        lines[1]
        == "NormalFloat stores each weight in four bits [1]. QLoRA needs a single GPU with 48 GB of memory [2]."
    )
    assert lines[2] == "[1] On NF4, p. 2"
    assert lines[4] == "[2] On QLoRA, p. 2"
    assert lines[lines.index("> /open 1") + 1] == "On NF4, p. 2"
    assert lines[lines.index("> /quote 2") + 1] == "[2] On QLoRA, p. 2"
    assert "[1] On NF4, p. 2" in made[1].copied
    assert [citation.key for citation in made[0].conversation.exchanges[0].citations] == ["1", "2"]


def test_a_quote_stands_between_its_neighbours(tmp_path: Path) -> None:
    made = chat(tmp_path, "A regular fine-tune of a 65B model takes more than 780 GB [1].")
    lines = transcript(
        made, "How much memory does a regular fine-tune of a 65B model take?", "/quote 1", "/quote", "/quote 9"
    )
    told = [
        "[1] On QLoRA, p. 2",
        "QLoRA brings the same job down to a single GPU with 48 GB of memory [1].",
        "“A regular fine-tune of a 65B model takes more than 780 GB.”",
        "The weights are frozen in four bits, and gradients flow into small adapters.",
    ]
    at = lines.index("> /quote 1")
    assert lines[at + 1 : at + 5] == told
    assert lines[at + 6 : at + 10] == told, "without a number: the first"
    assert lines[-1] == "no source 9 (sources: 1)"


def test_a_quote_is_wrapped_as_one_paragraph(tmp_path: Path) -> None:
    lines = transcript(chat(tmp_path, GOOD, width=40), QUESTION, "/quote 1")
    shown = lines[lines.index("> /quote 1") + 1 :]
    assert max(map(len, shown)) <= 40
    assert not any(line.startswith(" ") for line in shown)


def test_quotes_of_one_place_stand_below_it_together(tmp_path: Path) -> None:
    reply = f"{GOOD} A regular fine-tune of a 65B model takes more than 780 GB [1]."
    lines = transcript(chat(tmp_path, reply), QUESTION)
    assert lines.count("[1] On QLoRA, p. 2") == 1
    assert len([line for line in lines if line.startswith("    “")]) == 2


def test_retry_asks_with_another_seed_and_replaces_the_answer(tmp_path: Path) -> None:
    other = "QLoRA brings it down to a single GPU with 48 GB of memory [1]."
    made = chat(tmp_path, GOOD, GOOD, other)
    assert transcript(made, "/retry")[-1] == "nothing has been asked yet"
    transcript(made, "What is frozen in QLoRA?", QUESTION + "\udcff", "/retry")
    asked = made[2].engine.requests
    assert asked[1].messages == asked[2].messages
    assert asked[1].options.seed != asked[2].options.seed
    assert asked[2].options.temperature > 0
    assert [one.answer for one in latest_conversation(Workspace(tmp_path)).exchanges][1:] == [other]


def test_what_is_being_done_is_shown_with_the_titles_found(tmp_path: Path) -> None:
    talk, screen, _ = chat(tmp_path, GOOD)
    talk.handle(QUESTION)
    assert [work.doing for work in screen.works][:2] == ["searching", "reading"]
    assert screen.works[1].titles == ("On QLoRA", "On NF4")
    assert screen.works[-1].doing == "writing, 11 words"
    assert screen.works[-1].titles == ("On QLoRA", "On NF4")
    assert len({work.started for work in screen.works}) == 1
    assert not any(work.text for work in screen.works), "what is not checked is not shown"


def test_a_draft_is_shown_where_it_is_asked_for(tmp_path: Path) -> None:
    talk, screen, _ = chat(tmp_path, GOOD)
    screen.draft = True
    talk.handle(QUESTION)
    assert GOOD.startswith(screen.works[-1].text)
    assert "48 GB" in screen.works[-1].text


TWO = f"{GOOD} A regular fine-tune of a 65B model takes more than 780 GB [1]. Bread rises in a warm kitchen."


def test_a_sentence_appears_once_it_is_checked_and_stays(tmp_path: Path) -> None:
    talk, screen, _ = chat(tmp_path, TWO, width=200)
    talk.handle(QUESTION)
    shown = [work.checked for work in screen.works]
    assert list(dict.fromkeys(shown)) == ["", GOOD, TWO.split(" Bread", maxsplit=1)[0]]
    assert screen.lines[0].startswith(shown[-1])
    first = shown.index(GOOD)
    assert screen.works[first].doing.startswith("writing") and "Bread" not in str(screen.works[first])


def test_an_unsupported_sentence_appears_marked_with_the_supported_one_behind_it(tmp_path: Path) -> None:
    bread = "Bread rises in a warm kitchen."
    talk, screen, _ = chat(tmp_path, f"{bread} {GOOD} It is so.", width=200)
    talk.handle(QUESTION)
    shown = dict.fromkeys(work.checked for work in screen.works)
    assert list(shown) == ["", f"{marked(bread, 'not_found', 'en')} {GOOD}"]


def test_an_unsupported_sentence_does_not_appear_alone(tmp_path: Path) -> None:
    talk, screen, _ = chat(tmp_path, f"{GOOD[:-4]}. Bread rises in a warm kitchen. Or so.", width=200)
    talk.handle(QUESTION)
    assert not any("Bread" in work.checked for work in screen.works)


@pytest.mark.parametrize(("width", "draft"), [(None, False), (200, True)])
def test_no_sentence_appears_before_the_end_in_a_pipe_or_beside_a_draft(
    tmp_path: Path, width: int | None, draft: bool
) -> None:
    talk, screen, _ = chat(tmp_path, TWO, width=width)
    screen.draft = draft
    talk.handle(QUESTION)
    assert not any(work.checked for work in screen.works)


def test_a_sentence_that_appeared_stays_where_the_engine_dies(tmp_path: Path) -> None:
    end = GenerationError("the engine stopped")
    assert transcript(chat(tmp_path, dying(TWO, end), width=200), QUESTION) == [
        f"> {QUESTION}",
        TWO.split(" Bread", maxsplit=1)[0],
        "error: the engine stopped",
    ]


def test_a_sentence_that_appeared_stays_where_the_screen_fails(tmp_path: Path) -> None:
    shown = transcript(chat(tmp_path, dying(TWO, OSError("no such device")), width=200), QUESTION)
    assert shown[1:] == [TWO.split(" Bread", maxsplit=1)[0], "error: no such device"]


def test_ctrl_c_keeps_the_checked_sentences_and_marks_only_the_rest(tmp_path: Path) -> None:
    made = chat(tmp_path, TWO, width=200)
    stop_at(made[1], f"writing, {len(TWO.split()) - 2} words")
    expected = [
        TWO.split(" Bread", maxsplit=1)[0],
        "(stopped: the text below was not checked against the sources)",
        "Bread rises in a",
    ]
    assert transcript(made, QUESTION)[1:] == expected
    assert [one.answer for one in made[0].conversation.exchanges] == ["\n".join(expected)]


@pytest.mark.parametrize("reply", [TWO, f"Bread rises in a warm kitchen. {GOOD}", "I do not know.", f"{GOOD} " * 9])
def test_the_transcript_is_that_of_a_pipe(tmp_path: Path, reply: str) -> None:
    shown = transcript(chat(tmp_path / "terminal", reply, width=2000), QUESTION)
    assert shown == transcript(chat(tmp_path / "pipe", reply), QUESTION)


@pytest.mark.parametrize("word", ["/bye", "/quit", "/exit", "exit", "quit", "QUIT", ":q", " exit "])
def test_words_that_leave(tmp_path: Path, word: str) -> None:
    assert not chat(tmp_path)[0].handle(word)


def test_a_question_with_such_a_word_does_not_leave(tmp_path: Path) -> None:
    assert chat(tmp_path, GOOD)[0].handle("quit QLoRA?")


def test_three_quotation_marks_begin_and_end_a_question(tmp_path: Path) -> None:
    made = chat(tmp_path, GOOD, GOOD)
    talk = made[0]
    transcript(made, '"""How much GPU memory', "", "/model", 'does QLoRA need for a 65B model?"""', f'"""{QUESTION}"""')
    assert [one.question for one in talk.conversation.exchanges] == [
        "How much GPU memory\n\n/model\ndoes QLoRA need for a 65B model?",
        QUESTION,
    ]
    assert not talk.in_question


def test_a_question_that_was_not_ended_is_asked_at_the_end_or_dropped(tmp_path: Path) -> None:
    made = chat(tmp_path, GOOD)
    talk = made[0]
    transcript(made, '"""never asked')
    talk.drop_question()
    talk.run(['"""', QUESTION])
    assert [one.question for one in talk.conversation.exchanges] == [QUESTION]


def test_a_chat_reads_no_line_after_the_one_that_ends_it(tmp_path: Path) -> None:
    made = chat(tmp_path, GOOD)
    lines = iter([QUESTION, "/bye", "left"])
    made[0].run(lines)
    assert list(lines) == ["left"]
    assert [one.question for one in made[0].conversation.exchanges] == [QUESTION]


def test_lines_that_can_be_completed(tmp_path: Path) -> None:
    known = chat(tmp_path)[0].known_lines
    assert {"/help", "/model tiny", "/model other:latest"} <= set(known)


@pytest.mark.parametrize("how", ["/save! {}", "/save --force {}", "/save {} --force"])
def test_save_overwrites_a_file_on_request(tmp_path: Path, how: str) -> None:
    target = tmp_path / "my notes.md"
    target.write_text("old")
    lines = transcript(chat(tmp_path, GOOD), QUESTION, how.format(target))
    assert lines[-1] == f"saved to {target}"
    assert target.read_text().startswith(f"## {QUESTION}")


def test_export_takes_its_form_from_the_ending(tmp_path: Path) -> None:
    made = chat(tmp_path, GOOD)
    lines = transcript(
        made, QUESTION, f"/export {tmp_path / 'a.json'}", f"/export {tmp_path / 'a.MD'}", "/export a.docx"
    )
    turn = json.loads((tmp_path / "a.json").read_text())["turns"][0]
    assert (turn["question"], turn["answer"], turn["citations"][0]["key"]) == (QUESTION, GOOD, "1")
    assert (tmp_path / "a.MD").read_text().startswith(f"## {QUESTION}")
    assert lines[-1].startswith("say in what form by the ending")


def test_save_and_export_write_the_same(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.json", "b.json", "a.md", "b.md")]
    commands = [f"/{'save' if file.stem == 'a' else 'export'} {file}" for file in files]
    transcript(chat(tmp_path, GOOD), QUESTION, *commands)
    texts = [file.read_text() for file in files]
    assert texts[0] == texts[1] != texts[2] == texts[3]


def test_copy_takes_the_answer_and_its_sources(tmp_path: Path) -> None:
    made = chat(tmp_path, GOOD)
    assert transcript(made, "/copy")[-1] == "nothing has been answered yet"
    assert transcript(made, QUESTION, "/copy")[-1] == "copied"
    assert made[1].copied.split("\n")[:2] == [GOOD, "[1] On QLoRA, p. 2"]


def test_the_banner_names_model_papers_and_workspace(tmp_path: Path) -> None:
    talk, screen, _ = chat(tmp_path)
    talk.banner(tmp_path)
    assert screen.lines[0] == f"tiny (scripted) · 2 papers · {tmp_path}"


def test_one_line_below_an_answer_and_all_with_verbose(tmp_path: Path) -> None:
    reply = "QLoRA needs a single GPU with 48 GB of memory. It was baked by Alice Baker in Paris in 1895 [7]."
    made = chat(tmp_path, reply, reply)
    lines = transcript(made, QUESTION)
    assert [line for line in lines if line.startswith("(")] == [
        "(Without support in the sources: 1, marked in the text. Check it before you use it)"
    ]
    lines = transcript(made, "/verbose", QUESTION)
    assert "below an answer: all remarks" in lines
    after = lines[lines.index("> /verbose") :]
    assert any("matched to a source because the model cited none: 1" in line for line in after)
    assert any("sources that do not exist: 1" in line for line in after)
    assert "[1] On QLoRA, p. 2 (matched by ragft)" in after


@pytest.mark.parametrize(
    "line", ["/copy", "/export x.txt", "/save", "/docs nowhere", "/quote 9", "/nothing", "/verbose"]
)
def test_messages_are_wrapped_at_the_words_of_a_narrow_terminal(tmp_path: Path, line: str) -> None:
    talk, screen, _ = chat(tmp_path, GOOD, width=20)
    talk.handle(QUESTION)
    screen.lines.clear()
    talk.handle(line)
    assert screen.lines and max(map(len, screen.lines)) <= 20
