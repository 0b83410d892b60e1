"""Which templates of Ollama are none."""

from __future__ import annotations

import time

import pytest

from ragft.engine.plain_template import is_plain
from tests.engine.ollama_templates import INDEX

FILL_IN = "{{- if .Suffix }}<PRE> {{ .Prompt }} <SUF>{{ .Suffix }} <MID>\n{{- else }}{{ .Prompt }}\n{{- end }}"


@pytest.mark.parametrize(
    "template",
    [
        "",
        " \n",
        "{{.Prompt}}\n",
        "{{- .Prompt -}}",
        "{{ .System }} {{ .Prompt }}",
        "{{ .System }}\n\n{{ .Prompt }}\n{{ .Response }}",
        "{{ if .System }}{{ .System }}\n{{ end }}{{ .Prompt }}",
        "{{- range $i, $m := .Messages }}{{ $last := eq $i 1 }}{{ $m.Content }}{{ end }}",
        '{{ range .Messages }}{{ if eq .Role "system" }}{{ .Content }}{{ else }}{{ .Content }}{{ end }}{{ end }}',
        "{{/* as it is */}}{{ $.System }}{{ .Prompt }}",
        FILL_IN,
    ],
)
def test_texts_without_roles_are_no_template(template: str) -> None:
    assert is_plain(template)


@pytest.mark.parametrize(
    "template",
    [
        "[INST] {{ .System }} {{ .Prompt }} [/INST]",
        "{{ .System }}\nUSER: {{ .Prompt }}",
        '{{ "<|user|>" }}{{ .Prompt }}',
        "{{ range .Messages }}{{ .Role }} {{ .Content }} {{ end }}",
        '{{ printf "User: %s" .Prompt }}',
        "{{ json .Messages }}",
        "{% for m in messages %}{{ m.content }}{% endfor %}",
        "{{ messages[0].content }}",
        FILL_IN.replace("{{- else }}", "{{- else }}### Instruction:\n"),
        "{{ .Prompt",
        *(entry.template for entry in INDEX),
    ],
)
def test_whatever_tells_who_speaks_is_one(template: str) -> None:
    assert not is_plain(template)


def test_a_hostile_template_costs_no_time() -> None:
    start = time.perf_counter()
    for part in ("{{", "{{ if .Suffix }}", "{{- ", "{{ $", "{{ .Prompt"):
        is_plain(part * (100_000 // len(part)))
    assert time.perf_counter() - start < 5
