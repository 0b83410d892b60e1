"""Every expected text here is what Go's text/template (1.26) makes of the same template and data."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.go_template import GoTemplateError, Record, render

DATA: dict[str, Any] = {
    "X": "x",
    "Empty": "",
    "True": True,
    "False": False,
    "Three": 3,
    "Wide": "é€𝄞",
    "List": ["a", "b", "c"],
    "Map": {"k": "v", "a": 1},
    "Maps": [{"k": "v0"}, {"k": "v1"}],
}


def check(cases: list[tuple[str, str]]) -> None:
    assert [(source, render(source, DATA)) for source, _ in cases] == cases


def test_trim_markers_and_comments() -> None:
    check(
        [
            ("  {{- .X -}}  z", "xz"),
            ("a\n\n{{- .X }} b", "ax b"),
            ("a {{- /* a note }} */ -}} b", "ab"),
            ("a {{/* a note */}} b", "a  b"),
            ("{{-3}}", "-3"),
            ("{{if .True -}} a {{- else -}} b {{- end}} c", "a c"),
            ("{{\n.X\n}}", "x"),
            ("{{ .X }}}", "x}"),
        ]
    )


def test_constants_are_read_as_go_reads_them() -> None:
    check(
        [
            (r'{{ "a\n\t\"b\\" }}', 'a\n\t"b\\'),
            (r"{{ `raw \n` }}", r"raw \n"),
            (r'{{ "\u00e9\x41\101" }}', "éAA"),
            (r'{{ "\xc3\xa9" }}', "é"),
            ("{{ 'a' }}", "97"),
            ('{{ "{{ }}" }}', "{{ }}"),
            ("{{ 3 }} {{ -3 }} {{ 1.5 }} {{ 2.0 }} {{ true }}", "3 -3 1.5 2 true"),
        ]
    )


def test_branches() -> None:
    check(
        [
            ("{{ if .Empty }}1{{ else if .X }}2{{ else }}3{{ end }}", "2"),
            ("{{ if .Missing }}1{{ else }}2{{ end }}", "2"),
            ("{{ with .X }}{{ . }}{{ end }}", "x"),
            ("{{ with .Empty }}x{{ else with .X }}{{ . }}{{ end }}", "x"),
            ("{{ if and (not (eq .X `y`)) (or .Empty .True) }}yes{{ end }}", "yes"),
        ]
    )


def test_and_or_give_the_deciding_value_and_look_no_further() -> None:
    check(
        [
            ("{{ and .X .Empty .True }}|", "|"),
            ("{{ or .Empty 0 .X }}", "x"),
            ("{{ and .Empty (index .List 99) }}|", "|"),
            ("{{ or .X (index .List 99) }}", "x"),
            ("{{ .X | and .True }}", "x"),
        ]
    )


def test_comparisons() -> None:
    check(
        [
            ('{{ eq .X "y" "x" }}', "true"),
            ('{{ eq .Missing "x" }} {{ eq .Missing nil }}', "false true"),
            ('{{ ne .Missing "" }}', "true"),
            ("{{ lt .Three 4 }} {{ le .Three 3 }} {{ gt .Three 3 }} {{ ge .Three 3 }}", "true true false true"),
            ("{{ eq (len .List) 3 }}", "true"),
        ]
    )


def test_len_index_and_slice_count_bytes_of_a_text() -> None:
    check(
        [
            ("{{ len .Wide }} {{ len .List }} {{ len .Map }}", "9 3 2"),
            ("{{ index .List 1 }} {{ index .Wide 0 }} {{ index .Map `k` }}", "b 195 v"),
            ("{{ slice .X 0 1 }} {{ slice .Wide 2 }} {{ slice .List 1 2 }}", "x €𝄞 [b]"),
            ("{{ (index .Maps 1).k }}", "v1"),
        ]
    )


def test_variables_keep_to_their_scope() -> None:
    check(
        [
            ("{{ $x := 1 }}{{ if .True }}{{ $x := 2 }}{{ $x }}{{ end }}{{ $x }}", "21"),
            ("{{ $x := 1 }}{{ if .True }}{{ $x = 2 }}{{ end }}{{ $x }}", "2"),
            ("{{ if $x := .X }}{{ $x }}{{ end }}", "x"),
            ("{{ with $m := .Map }}{{ $m.k }}{{ $.X }}{{ end }}", "vx"),
        ]
    )


def test_ranges() -> None:
    check(
        [
            ("{{ range .List }}[{{ . }}]{{ end }}", "[a][b][c]"),
            ("{{ range $i, $v := .List }}{{ $i }}={{ $v }},{{ end }}", "0=a,1=b,2=c,"),
            ("{{ range $v := .List }}{{ $v }}{{ $.X }}{{ end }}", "axbxcx"),
            ("{{ range $k, $v := .Map }}{{ $k }}{{ $v }}{{ end }}", "a1kv"),
            ("{{ range .Missing }}x{{ else }}none{{ end }}", "none"),
            ("{{ range 3 }}{{ . }}{{ end }}", "012"),
            ("{{ range .List }}{{ if eq . `b` }}{{ continue }}{{ end }}{{ . }}{{ end }}", "ac"),
            ("{{ range .List }}{{ if eq . `b` }}{{ break }}{{ end }}{{ . }}{{ end }}", "a"),
            ("{{ range $i, $_ := .List }}{{ if eq (len (slice $.List $i)) 1 }}last{{ end }}{{ end }}", "last"),
        ]
    )


def test_values_are_printed_as_go_prints_them() -> None:
    check(
        [
            ("{{ .Missing }}", "<no value>"),
            ("{{ .List }} {{ .Map }}", "[a b c] map[a:1 k:v]"),
            ('{{ print 1 2 "a" 3 }} {{ print "a" "b" }}', "1 2a3 ab"),
            ('{{ .X | printf "%s-%s" "a" }}{{ printf "%d %v %q %%" 3 .True .X }}', 'a-x3 true "x" %'),
            ('{{ json "<&>" }} {{ json .Map }}', '"\\u003c\\u0026\\u003e" {"a":1,"k":"v"}'),
        ]
    )


@pytest.mark.parametrize(
    "source",
    [
        "{{ nosuch .X }}",
        "{{ $y }}",
        "{{ if .True }}{{ $x := 1 }}{{ end }}{{ $x }}",
        "{{ if .X }}x",
        "{{ if }}x{{ end }}",
        "{{ end }}",
        "{{ else }}",
        "{{ if .X }}a{{ else }}b{{ else }}c{{ end }}",
        "{{ break }}",
        "{{ }}",
        "{{ .X",
        '{{ "a }}',
        r'{{ "\q" }}',
        "{{ (.X }}",
        "{{ .X || .Empty }}",
        "{{ .X .Empty }}",
        "{{ .X | .Empty }}",
        "{{ (index .Maps 0) .k }}",
        "{{ $a, $b := .List }}",
        "{{ nil }}",
        "{{ not }}",
        "{{ not .X .X }}",
        "{{ and }}",
    ],
)
def test_what_is_no_template_is_refused(source: str) -> None:
    with pytest.raises(GoTemplateError):
        render(source, DATA)


@pytest.mark.parametrize(
    "source",
    [
        "{{ index .List 9 }}",
        "{{ index .Missing 0 }}",
        "{{ slice .List 2 1 }}",
        "{{ slice .X 0 9 }}",
        "{{ len .Three }}",
        '{{ eq .Three "3" }}',
        "{{ eq .List .List }}",
        "{{ lt .True true }}",
        "{{ range .X }}{{ end }}",
        "{{ .X.Y }}",
    ],
)
def test_what_go_stops_at_is_an_error(source: str) -> None:
    with pytest.raises(GoTemplateError):
        render(source, DATA)


def test_a_struct_has_only_its_fields() -> None:
    data = {"Turn": Record(Role="user")}
    assert render("{{ .Turn.Role }}", data) == "user"
    with pytest.raises(GoTemplateError, match="Nope"):
        render("{{ .Turn.Nope }}", data)
