"""The query page in a real browser: an editor that knows the data, marks where an error is, four views of an answer, YASGUI."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from allegata.model.namespaces import PREFIXES
from http_client import ask
from support import ROOT
from waiting import loaded, wait_until_complete

BUILT = ROOT / "server" / "allegata" / "web" / "static" / "built"
pytestmark = pytest.mark.skipif(not (BUILT / "query.js").is_file(), reason="the editor is not built: make web")

PROLOGUE = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("alg", "skos", "dct"))
TOPICS = "SELECT ?topic (COUNT(?c) AS ?claims) { ?c alg:topic/skos:prefLabel ?topic } GROUP BY ?topic ORDER BY DESC(?claims) ?topic LIMIT 9"
YEARS = "SELECT ?year (COUNT(?c) AS ?acts) { ?c a alg:Commitment ; dct:date ?d BIND(YEAR(?d) AS ?year) } GROUP BY ?year ORDER BY ?year"
STANCES = (
    "SELECT ?one ?how ?other { ?s alg:from ?one ; alg:to ?other ; alg:stance/skos:prefLabel ?how } ORDER BY ?one ?other LIMIT 12"
)
POINTS = (
    'SELECT * { VALUES (?name ?lat ?long) { ("north" 42.4 129.7) ("south" 39.0 125.7) ("far" 46.2 6.1) ("nowhere" 200 300) } }'
)
WKT = """SELECT * { VALUES (?name ?where) {
  ("a" "POINT(127.0 39.5)"^^<http://www.opengis.net/ont/geosparql#wktLiteral>) ("b" "POINT (128.0 38.5)") } }"""
CLAIM = "DESCRIBE <https://w3id.org/allegata/claim/camps-hold-about-200000>"


def address(query: str, **view: str) -> str:
    return f"/query?{urlencode({'query': PROLOGUE + query})}{'#' + urlencode(view) if view else ''}"


def write(tab: Any, text: str) -> None:
    """Type a query in the place of the one that stands there."""
    tab.locator(".editor").get_by_role("textbox").click()
    tab.keyboard.press("Control+A")
    tab.keyboard.type(text)


def accept(tab: Any, name: str) -> None:
    """Take the first completion once it is offered; the list takes no key in its first 75 milliseconds, nor while it changes."""
    tab.get_by_role("option", name=name).first.wait_for()
    tab.wait_for_timeout(200)
    tab.locator(".cm-tooltip-autocomplete:not(.cm-tooltip-autocomplete-disabled)").wait_for()
    tab.keyboard.press("Enter")


def here(tab: Any) -> str:
    """Return the address as the page has it; the one that the tab has may be told later."""
    return str(tab.evaluate("location.href"))


def written(tab: Any) -> str:
    return str(tab.locator("#query").input_value())


# -- the editor ----------------------------------------------------------------------------------------------------------


def test_completion_offers_the_terms_of_the_data_and_declares_their_prefix(tab: Any) -> None:
    tab.goto("/query")
    write(tab, "SELECT * { ?s a alg:Asse")
    accept(tab, "alg:Assertion")
    tab.keyboard.type(" ; alg:polar")
    accept(tab, "alg:polarity")
    assert written(tab) == f"PREFIX alg: <{PREFIXES['alg']}>\nSELECT * {{ ?s a alg:Assertion ; alg:polarity}}"


def test_completion_offers_concepts_by_their_label_and_prefixes_and_variables(tab: Any) -> None:
    tab.goto("/query")
    write(tab, "SELECT ?stance { ?stance ?p undercu")
    accept(tab, "undercuts")
    assert "<https://w3id.org/allegata/scheme/stance/undercuts>" in written(tab)
    tab.keyboard.type(" . ?st")
    tab.get_by_role("option", name="?stance").wait_for()
    tab.keyboard.press("Control+Home")
    tab.keyboard.type("PREFIX sko")
    accept(tab, "skos:")
    assert written(tab).startswith(f"PREFIX skos: <{PREFIXES['skos']}>")


@pytest.mark.parametrize(
    "query",
    ["SELECT *\n{ ?s ?p\n}", "SELECT * {\n  ?s a alg:Claim }", 'SELECT * { ?s ?p "한국어 😀" ; }\nLIMIT x', "SELECT * {"],
    ids=["missing object", "unknown prefix", "behind wide characters", "at the end"],
)
def test_an_error_is_marked_where_the_endpoint_says(tab: Any, server: str, query: str) -> None:
    told = ask(server, query).json
    tab.goto(f"/query?{urlencode({'query': query})}")
    mark = tab.locator(".cm-lintRange-error")
    mark.first.wait_for()
    place = mark.first.evaluate(
        """mark => {
          const line = mark.closest(".cm-line");
          const range = document.createRange();
          range.setStart(line, 0);
          range.setEndBefore(mark);
          return [[...line.parentNode.querySelectorAll(".cm-line")].indexOf(line) + 1, [...range.toString()].length + 1];
        }"""
    )
    expected = [told["line"], told["column"]]
    assert place in (expected, [expected[0], expected[1] - 1] if not told["near"] else expected)
    assert told["detail"] in tab.locator("#problem").inner_text()


def test_asking_marks_an_error_and_declaring_the_prefix_mends_it(tab: Any) -> None:
    tab.goto("/query")
    write(tab, "SELECT ?claim { ?claim a ")
    tab.keyboard.press("Escape")
    tab.keyboard.insert_text("alg:Claim } LIMIT 3 #")
    tab.keyboard.press("Control+Enter")
    tab.locator(".cm-lintRange-error").hover()
    tab.get_by_role("button", name="Declare the prefix").click()
    assert written(tab).startswith(f"PREFIX alg: <{PREFIXES['alg']}>\nSELECT ?claim")
    tab.get_by_role("button", name="Ask").click()
    tab.locator("table.answer tbody tr").nth(2).wait_for()
    assert tab.locator("#problem").inner_text() == "" and tab.locator(".cm-lintRange-error").count() == 0


def test_an_answer_comes_without_leaving_the_page_and_the_way_back_leads_to_the_one_before(tab: Any) -> None:
    tab.goto(address("SELECT ?old { BIND(1 AS ?old) }"))
    tab.evaluate("window.stayed = true")
    write(tab, "SELECT ?new { BIND(2 AS ?new) ")
    tab.get_by_role("button", name="Ask").click()
    tab.get_by_role("columnheader", name="new").wait_for()
    assert tab.evaluate("window.stayed") and "new" in here(tab)
    assert "?new" in tab.locator(".panel-1").inner_text()
    tab.go_back()
    tab.get_by_role("columnheader", name="old").wait_for()
    assert "?old" in written(tab) and "?old" in tab.get_by_role("textbox", name="Query").inner_text()


# -- the views of an answer ----------------------------------------------------------------------------------------------


def test_a_chart_has_a_bar_for_each_row_and_its_address_brings_it_back(tab: Any, server: str) -> None:
    rows = ask(server, PROLOGUE + TOPICS).json["results"]["bindings"]
    tab.goto(address(TOPICS))
    tab.get_by_role("button", name="Chart").click()
    picture = tab.get_by_role("img", name="claims by topic")
    picture.wait_for()
    assert not tab.locator("table.answer").is_visible()
    titles = picture.locator("g > title").all_text_contents()
    assert titles == [f"{row['topic']['value']}: {row['claims']['value']}" for row in rows]
    widths = [float(bar.get_attribute("width")) for bar in picture.locator("rect").all()]
    for row, width in zip(rows, widths, strict=True):
        assert width / widths[0] == pytest.approx(int(row["claims"]["value"]) / int(rows[0]["claims"]["value"]), abs=0.01)
    tab.get_by_label("Drawn as").select_option("lines")
    tab.locator(".view svg path.line").wait_for()
    link = tab.get_by_role("link", name="Permalink").evaluate("link => link.href")
    assert link == here(tab)
    tab.goto("about:blank")
    tab.goto(link)
    tab.locator(".view svg path.line").wait_for()
    assert tab.get_by_role("button", name="Chart").get_attribute("aria-pressed") == "true"
    tab.get_by_role("button", name="Table").click()
    assert tab.locator("table.answer").is_visible() and "#" not in here(tab)


def test_a_line_runs_over_years_in_their_order(tab: Any, server: str) -> None:
    rows = ask(server, PROLOGUE + YEARS).json["results"]["bindings"]
    tab.goto(address(YEARS.replace("ORDER BY ?year", "ORDER BY DESC(?year)"), view="chart", kind="lines", x="year", y="acts"))
    tab.locator(".view svg path.line").wait_for()
    titles = tab.locator(".view svg circle > title").all_text_contents()
    assert titles == [f"{row['year']['value']}: {row['acts']['value']}" for row in rows] and len(titles) > 10


def test_a_graph_is_drawn_and_the_list_says_the_same(tab: Any, inked: Callable[[Any], int], server: str) -> None:
    rows = ask(server, PROLOGUE + STANCES).json["results"]["bindings"]
    tab.goto(address(STANCES, view="graph", by="how"))
    tab.locator(".canvas[data-drawn]").wait_for()
    things = {row[name]["value"] for row in rows for name in ("one", "other")}
    pairs = {(row["one"]["value"], row["other"]["value"]) for row in rows}
    assert tab.locator(".canvas").get_attribute("data-drawn") == f"{len(things)} {len(pairs)}"
    assert inked(tab) > 1000
    said = tab.locator("ul.edges").inner_text()
    for row in rows:
        for name in ("one", "how", "other"):
            assert row[name]["value"].removeprefix("https://w3id.org/allegata/") in said


def test_a_description_is_drawn_as_a_graph(tab: Any, server: str) -> None:
    lines = ask(server, CLAIM, "application/n-triples").text.splitlines()
    edges = [line for line in lines if not line.rsplit(" .", 1)[0].split(" ", 2)[2].startswith('"')]
    tab.goto(address(CLAIM))
    tab.get_by_role("button", name="Graph").click()
    tab.locator(".canvas[data-drawn]").wait_for()
    assert tab.locator("ul.edges").get_by_text("→").count() >= len(edges) > 10
    assert "About 200,000 people" in tab.locator("ul.edges").inner_text()
    assert tab.locator("ul.edges a[href='/scheme/topic/politicalPrisonCamps']").count() >= 1
    assert tab.get_by_role("button", name="Chart").count() == 0


@pytest.mark.parametrize(("query", "count"), [(POINTS, 3), (WKT, 2)], ids=["two columns", "well-known text"])
def test_points_stand_on_the_outline_where_they_belong(tab: Any, query: str, count: int) -> None:
    tab.goto(address(query, view="map"))
    tab.locator(".view svg path.land").wait_for()
    marks = tab.locator(".view svg circle")
    listed = tab.locator("ul.edges li").all_inner_texts()
    assert len(listed) == count and marks.count() == sum("outside the map" not in item for item in listed) == 2
    first, second = ({name: float(marks.nth(at).get_attribute(name)) for name in ("cx", "cy")} for at in (0, 1))
    assert first["cy"] < second["cy"]
    assert (first["cx"] > second["cx"]) is (query == POINTS)
    assert len(str(tab.locator(".view svg path.land").get_attribute("d"))) > 2000


def test_a_view_that_an_answer_does_not_allow_says_so(tab: Any) -> None:
    tab.goto(address("SELECT ?a { VALUES ?a { 'one' 'two' } }", view="chart"))
    tab.get_by_text("No column of this answer holds numbers.").wait_for()
    tab.get_by_role("button", name="Graph").click()
    tab.get_by_text("Nothing in this answer is connected with anything.").wait_for()
    tab.get_by_role("button", name="Map").click()
    tab.get_by_text("No columns of this answer hold latitude and longitude").wait_for()
    tab.goto(address("ASK {}"))
    assert tab.get_by_role("button", name="Chart").count() == 0


def test_a_view_that_cannot_be_drawn_says_so_and_is_not_awaited(tab: Any) -> None:
    tab.goto(address("SELECT ?a ?n { { BIND('one' AS ?a) } UNION { BIND(3 AS ?n) } }", view="chart"))
    tab.get_by_text("No column of this answer holds numbers.").wait_for()
    tab.route("**/outline.geojson", lambda route: route.abort("aborted"))
    tab.goto(address(POINTS, view="map"))
    tab.get_by_role("alert").get_by_text("No answer:").wait_for()
    assert tab.locator(".view[aria-busy]").count() == 0
    tab.unroute("**/outline.geojson")


def test_views_are_of_the_answer_and_not_of_what_a_browser_puts_back_into_the_field(tab: Any) -> None:
    tab.goto(address("SELECT ?thing ?old { VALUES (?thing ?old) { ('one' 1) } }"))
    write(tab, "SELECT ?thing ?new { VALUES (?thing ?new) { ('one' 2) ")
    tab.goto("/method")
    tab.go_back()
    wait_until_complete(tab)
    tab.get_by_role("button", name="Chart").click()
    tab.get_by_role("img", name="old by thing").wait_for()


# -- for everybody -------------------------------------------------------------------------------------------------------

VIEWS = {
    "chart": address(TOPICS, view="chart"),
    "line": address(YEARS, view="chart", kind="lines"),
    "graph": address(STANCES, view="graph", by="how"),
    "map": address(POINTS, view="map"),
}


@pytest.mark.parametrize("path", VIEWS.values(), ids=VIEWS)
def test_axe_finds_no_serious_issue_in_a_view_and_it_fits_a_narrow_screen(
    tab: Any, issues: Callable[[Any], list[Any]], path: str
) -> None:
    tab.set_viewport_size({"width": 360, "height": 740})
    tab.goto(path)
    tab.locator(".view figure").wait_for()
    wait_until_complete(tab)
    assert issues(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_language_of_the_page_stays_when_a_query_is_asked(tab: Any) -> None:
    tab.goto("/query?lang=ko")
    write(tab, "SELECT ?x { BIND(2 AS ?x) ")
    tab.locator("#submit").click()
    tab.get_by_role("columnheader", name="x").wait_for()
    assert "lang=ko" in here(tab) and tab.locator("html").get_attribute("lang") == "ko"
    assert tab.locator("#answer h2").inner_text().split()[0] != "Answer"


def test_without_scripts_the_form_asks_and_the_table_answers(browser: Any, server: str) -> None:
    context = browser.new_context(base_url=server, java_script_enabled=False)
    opened = context.new_page()
    opened.goto("/query")
    opened.get_by_role("textbox", name="Query").fill(PROLOGUE + TOPICS)
    opened.get_by_role("button", name="Ask").click()
    assert opened.locator("table.answer tbody tr").count() == 9
    assert opened.locator(".views").count() == 0
    context.close()


def test_the_first_load_is_light_but_for_the_editor(tab: Any) -> None:
    tab.goto("/query")
    wait_until_complete(tab)
    files = loaded(tab)
    assert sum(file.size for file in files if file.built) > 0
    assert 0 < sum(file.size for file in files if not file.built) < 300_000
    assert not any("cytoscape" in file.url or "outline" in file.url for file in files)


# -- YASGUI --------------------------------------------------------------------------------------------------------------


def test_yasgui_asks_this_endpoint_with_our_prefixes_and_keeps_nothing(tab: Any, issues: Callable[[Any], list[Any]]) -> None:
    tab.goto("/yasgui")
    wait_until_complete(tab)
    tab.locator(".yasqe .CodeMirror").click()
    tab.keyboard.press("Control+A")
    tab.keyboard.type("SELECT ?s WHERE { ?s a alg:Asser")
    tab.locator(".CodeMirror-code").filter(has_text=f"PREFIX alg: <{PREFIXES['alg']}>").wait_for()
    tab.keyboard.press("Control+Space")
    tab.locator(".CodeMirror-hints").get_by_text("alg:Assertion", exact=True).wait_for()
    tab.keyboard.press("Enter")
    tab.keyboard.type(" } LIMIT 4")
    with tab.expect_request("**/sparql") as asked:
        tab.locator(".yasqe_queryButton").click()
    assert asked.value.method == "POST"
    tab.locator(".yasr table tbody tr").nth(3).wait_for()
    # Its table is laid out by a style that it writes itself, and which the policy names.
    assert tab.locator(".yasr table.dataTable").evaluate("table => getComputedStyle(table).tableLayout") == "fixed"
    grip = tab.locator(".grip-handle .grip-resizable").first
    box = grip.bounding_box()
    tab.mouse.move(box["x"] + 5, box["y"] + 10)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 40, box["y"] + 10)
    tab.mouse.up()
    tab.locator(".tabContextButton").click()
    assert issues(tab) == []
    tab.goto("/query")
    assert tab.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_yasgui_offers_no_other_endpoint_and_takes_none_from_its_address(tab: Any, server: str) -> None:
    foreign = urlencode({"query": "SELECT * { ?x ?y ?z } LIMIT 1", "endpoint": "http://127.0.0.1:9/sparql"})
    tab.goto(f"/yasgui#{foreign}")
    wait_until_complete(tab)
    assert not tab.locator(".autocompleteWrapper").first.is_visible()
    with tab.expect_request(lambda request: request.method == "POST") as asked:
        tab.locator(".yasqe_queryButton").click()
    assert asked.value.url == f"{server}/sparql"
    tab.locator(".yasr table tbody tr").first.wait_for()


@pytest.mark.parametrize("width", [360, 1280])
def test_yasgui_fits_the_screen(tab: Any, width: int) -> None:
    tab.set_viewport_size({"width": width, "height": 800})
    tab.goto("/yasgui")
    wait_until_complete(tab)
    tab.locator(".yasqe_queryButton").click()
    tab.locator(".yasr table tbody tr").first.wait_for()
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


#: Every kind of token that its mode for SPARQL writes: what is wrong comes last.
TOKENS = r'''# a comment with "words" and 12
PREFIX alg: <https://w3id.org/allegata/ns#>
SELECT DISTINCT ?claim $other (COUNT(*) AS ?n) WHERE {
  ?claim a alg:Claim ; alg:statement "words"@en, 'more'^^alg:x, """long""", 12, -3.5, +1e6, true, _:b, [], () .
  FILTER(?n > 3 && regex(?claim, "x\\d"))
} LIMIT 5
%%% broken'''
WORDS = {"atom", "comment", "error", "keyword", "meta", "number", "punc", "string", "string-2", "variable-3"}
#: The contrast of each text in a place, on the ground that it stands on and, in an editor, on that of marks and of selections.
CONTRASTS = """(within) => {
  const linear = (part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([red, green, blue]) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  const parts = (colour) => { const [red, green, blue, alpha = 1] = colour.match(/[\\d.]+/g).map(Number); return [red, green, blue, alpha]; };
  const over = (upper, lower) => [0, 1, 2].map((at) => upper[at] * upper[3] + lower[at] * (1 - upper[3]));
  const up = (element) => (element ? [element, ...up(element.parentElement)] : []);
  const ground = (element) => up(element).reverse().reduce((below, one) => over(parts(getComputedStyle(one).backgroundColor), below), [255, 255, 255]);
  const sample = (name) => { const made = document.createElement("div"); made.className = name; document.querySelector(".yasqe .CodeMirror").append(made);
    const found = ground(made); made.remove(); return found; };
  const grounds = ["CodeMirror-activeline-background", "cm-matchhighlight", "CodeMirror-selected"].map(sample);
  const found = [];
  const texts = document.createTreeWalker(document.querySelector(within), NodeFilter.SHOW_TEXT);
  for (let text; (text = texts.nextNode()); ) {
    const element = text.parentElement;
    const here = up(element);
    if (!/[^\\s\\u200b]/.test(text.data) || !element.checkVisibility({ visibilityProperty: true }) || here.some((one) => one.matches("script, :disabled, .disabled"))) continue;
    const ink = parts(getComputedStyle(element).color);
    ink[3] *= here.reduce((all, one) => all * getComputedStyle(one).opacity, 1);
    for (const below of [ground(element), ...(element.closest(".CodeMirror-line") ? grounds : [])]) {
      const [darker, lighter] = [light(over(ink, below)), light(below)].sort((a, b) => a - b);
      found.push([(lighter + 0.05) / (darker + 0.05), `${element.className} ${text.data} on ${below}`]);
    }
  }
  return found;
}"""


def pale(tab: Any, within: str = "#yasgui") -> list[str]:
    """Return which texts have less contrast than WCAG 2.2 asks for (criterion 1.4.3)."""
    found = tab.evaluate(CONTRASTS, within)
    assert len(found) > 20
    return [f"{ratio:.2f} {text}" for ratio, text in found if ratio < 4.5]


def ask_yasgui(tab: Any, query: str) -> None:
    """Ask YASGUI and wait until it has shown the answer to this query."""
    tab.locator(".yasqe .CodeMirror-code").click()
    tab.keyboard.press("Control+A")
    tab.keyboard.insert_text(query)
    with tab.expect_response(lambda reply: reply.request.method == "POST"):
        tab.locator(".yasqe_queryButton").click()


def test_every_word_of_yasgui_stands_out(tab: Any, issues: Callable[[Any], list[Any]]) -> None:
    tab.goto("/yasgui")
    wait_until_complete(tab)
    ask_yasgui(tab, TOKENS)
    tab.locator(".yasr .errorResult pre").wait_for()
    kinds = tab.locator(".yasqe .CodeMirror-code span[class^=cm-]").evaluate_all(
        "all => all.flatMap((one) => [...one.classList])"
    )
    assert {kind.removeprefix("cm-") for kind in kinds} >= WORDS
    assert pale(tab) == [] and issues(tab) == []
    ask_yasgui(tab, "SELECT (1 AS ?n) ('word'@en AS ?text) ('javascript:x' AS ?said) (IRI('javascript:x') AS ?iri) { }")
    tab.locator(".yasr table tbody tr").first.wait_for()
    assert tab.locator(".yasr a[href^=javascript]").count() == 0
    tab.locator(".yasqe .CodeMirror-code").click()
    tab.keyboard.press("Control+End")
    tab.locator(".CodeMirror-matchingbracket").first.wait_for()
    assert pale(tab) == [] and issues(tab) == []
    tab.get_by_role("button", name="Response").click()
    tab.locator(".yasr .CodeMirror .cm-string").first.wait_for()
    assert pale(tab) == [] and issues(tab) == []
    ask_yasgui(tab, "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 5")
    tab.locator(".yasr .CodeMirror .cm-tag").first.wait_for()
    tab.locator(".addTab").click()
    tab.locator(".tabsList .tab").nth(1).wait_for()
    assert pale(tab) == [] and issues(tab) == []
