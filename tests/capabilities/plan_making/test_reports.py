"""Every report says what the run holds, and says it again to the byte."""

import contextlib
import hashlib
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
import time
import zipfile
from decimal import Decimal
from fractions import Fraction

import docx
import jsonschema
import openpyxl
import pyogrio
import pytest
import shapely
from lxml import etree, html
from synthetic_runs import synthetic_run

from lantu.capabilities.plan_making.publishing import write_reports
from lantu.capabilities.plan_making.reports import summaries
from lantu.capabilities.plan_making.reports.geopackage import write_geopackage
from lantu.capabilities.plan_making.reports.page import render_page
from lantu.capabilities.plan_making.reports.page_data import page_data, page_json
from lantu.capabilities.plan_making.reports.sarif import fingerprints, render_sarif
from lantu.capabilities.plan_making.reports.terminal import render_text
from lantu.capabilities.plan_making.reports.word import write_word
from lantu.capabilities.plan_making.reports.wording import WORDS
from lantu.capabilities.plan_making.reports.workbook import write_workbook
from lantu.capabilities.plan_making.run_records import CheckRun
from lantu.vocabulary.findings import Outcome, Severity
from lantu.vocabulary.text import Text

LANGUAGES = ("en", "zh")
REGENERATE = """
import pathlib, sys
from lantu.capabilities.plan_making.publishing import write_reports
from lantu.capabilities.plan_making.run_records import CheckRun
write_reports(CheckRun.read(pathlib.Path(sys.argv[1])), pathlib.Path(sys.argv[2]), sys.argv[3])
"""


@pytest.fixture(scope="module")
def run():
    return synthetic_run()


@pytest.fixture(scope="module")
def empty_run():
    full = synthetic_run(0, 1)
    return CheckRun(run=full.run, outcomes=(), findings=())


@pytest.fixture(scope="module")
def page(run):
    return html.fromstring(render_page(run, "en"))


def embedded(page):
    return json.loads(page.get_element_by_id("data").text)


def digests(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_report_is_the_same_to_the_byte_in_another_process_time_zone_and_hash_seed(run, tmp_path, language):
    written = write_reports(run, tmp_path / "here", language)
    time.sleep(2.1)  # a zip counts time in steps of two seconds
    for number, (zone, seed) in enumerate((("Asia/Shanghai", "1"), ("America/New_York", "4711"))):
        again = tmp_path / f"again{number}"
        environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", REGENERATE, tmp_path / "here" / "run.zip", again, language], check=True, env=environment)
        assert digests(again) == digests(tmp_path / "here")
    assert {path.suffix for path in written} == {".zip", ".html", ".xlsx", ".docx", ".gpkg", ".json", ".sarif", ".txt"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_run_of_nothing_has_every_report(empty_run, tmp_path, language):
    for path in write_reports(empty_run, tmp_path, language):
        assert path.stat().st_size > 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_run_without_findings_has_every_report(tmp_path, language):
    for path in write_reports(synthetic_run(0, 2), tmp_path, language):
        assert path.stat().st_size > 100


def test_both_wordings_ask_for_the_same_values():
    assert [key for key, text in WORDS.items() if len(set(text.placeholders())) != 1] == []


# The page


def test_the_page_refers_to_nothing_outside_itself(run):
    text = render_page(run, "zh")
    addresses = set(re.findall(r"https?://[^\"'\s)]+", text))
    assert addresses == {"http://www.w3.org/2000/svg"}  # a name space, never fetched
    page = html.fromstring(text)
    assert page.xpath("//link | //img | //iframe | //script[@src]") == []
    assert "default-src 'none'" in page.xpath("//meta[@http-equiv]/@content")[0]


def test_no_text_of_a_finding_ends_the_data_of_the_page(run, page):
    assert "</script>" in run.findings[0].message.en
    assert "<" not in page_json(page_data(run))
    assert embedded(page)["findings"]["en"] == [record.message.en for record in run.findings]


def test_the_page_holds_every_finding_in_both_languages(run, page):
    data = embedded(page)
    found = data["findings"]
    assert [data["codes"][number][0] for number in found["code"]] == [record.code for record in run.findings]
    assert [data["severities"][number][0] for number in found["severity"]] == [record.severity.value for record in run.findings]
    assert [data["units"][number][0] for number in found["unit"]] == [record.unit for record in run.findings]
    assert [data["remedies"][number] for number in found["remedy"]] == [[record.remedy.en, record.remedy.zh] for record in run.findings]
    assert found["zh"] == [record.message.zh for record in run.findings]
    assert found["measured"] == [record.measured for record in run.findings]
    assert [text.split("\n") for text in found["features"]] == [list(record.features) or [""] for record in run.findings]


def test_every_report_cites_the_source_in_the_language_of_the_reader(run, page, tmp_path):
    cited = [run.rules[record.code].source for record in run.findings]
    data = embedded(page)
    assert [data["codes"][number][4:6] for number in data["findings"]["code"]] == [[source.en, source.zh] for source in cited]
    listed = {row.xpath("string(td[1])"): row for row in page.xpath("//section[@id='rules']//tbody/tr")}
    for code, rule in run.rules.items():
        assert listed[code].xpath("string(td[4]/span[@lang='en'])") == rule.source.en
        assert listed[code].xpath("string(td[4]/span[@lang='zh'])") == rule.source.zh
    for language, name in (("en", "Findings"), ("zh", "问题清单")):
        sheet = openpyxl.load_workbook(write_workbook(run, tmp_path / f"{language}.xlsx", language))[name]
        rows = list(sheet.iter_rows(min_row=4, values_only=True))
        assert [row[12] for row in rows] == [source.speak(language) for source in cited]
        driver = json.loads(render_sarif(run, language))["runs"][0]["tool"]["driver"]
        assert all(rule["help"]["text"].endswith(run.rules[rule["id"]].source.speak(language)) for rule in driver["rules"])
    table = pyogrio.read_arrow(write_geopackage(run, tmp_path / "findings.gpkg", "zh"), layer="finding_points")[1]
    places = zip(*(table.column(name).to_pylist() for name in ("code", "source_en", "source_zh")), strict=True)
    assert all(run.rules[code].source == Text(english, chinese) for code, english, chinese in places)


def test_shapes_on_the_page_lie_where_the_findings_lie(run, page):
    data = embedded(page)
    origin = data["map"]["origin"]
    for record, place, shape in zip(run.findings, data["findings"]["place"], data["findings"]["shape"], strict=True):
        if record.geometry is None:
            assert place is None
            continue
        exact = shapely.from_wkb(record.geometry)
        spot = shapely.Point(origin[0] + place[0] / 10, origin[1] + place[1] / 10)
        assert exact.distance(spot) <= 0.08
        if shape is not None and exact.geom_type == "Polygon":
            ring = [
                (sum(shape[1][0 : i + 1 : 2]) / 10 + origin[0], sum(shape[1][1 : i + 2 : 2]) / 10 + origin[1])
                for i in range(0, len(shape[1]), 2)
            ]
            width = max(exact.bounds[2] - exact.bounds[0], exact.bounds[3] - exact.bounds[1])
            assert shapely.Polygon(ring).hausdorff_distance(exact) <= width / 250 + 0.1


def test_the_page_never_shows_unchecked_as_passed(page):
    cells = {"clean": page.xpath("//td[@class='clean']"), "unsure": page.xpath("//td[starts-with(@class,'unsure')]")}
    assert len(cells["unsure"]) == 4
    assert all("✓" not in cell.text_content() for cell in cells["unsure"])
    assert all("not_checked" not in etree.tostring(cell).decode() for cell in cells["clean"])
    reasons = page.xpath("//section[@id='unchecked']//span[@lang='en']/text()")
    assert "The package has no layer of earlier land use." in reasons


def test_the_page_opens_in_the_language_asked_for_and_holds_the_other(run):
    for language, heading in (("en", "Does not pass"), ("zh", "不通过")):
        page = html.fromstring(render_page(run, language))
        assert page.get("data-language") == language
        assert heading in page.xpath("//h1")[0].text_content()
        assert {span.get("lang") for span in page.xpath("//h1/span")} == {"en", "zh"}


def test_the_page_quotes_every_clause_with_its_verdict(run, page):
    rows = page.xpath("//section[@id='compliance']//tbody/tr")
    assert [(row.get("class"), row.xpath("td[@class='quotation']")[0].text) for row in rows] == [
        (row.verdict.value, row.quotation) for row in sorted(run.transmission, key=lambda row: row.unit)
    ]


def test_a_page_of_twenty_thousand_findings_is_made_in_seconds_and_stays_under_ten_megabytes():
    large = synthetic_run(20_000, 10)
    began = time.process_time()
    text = render_page(large, "zh")
    assert time.process_time() - began < 10
    assert len(text.encode()) < 10_000_000
    assert len(embedded(html.fromstring(text, parser=html.HTMLParser(huge_tree=True)))["findings"]["code"]) == 20_000


# Sums


def test_the_matrix_adds_up_to_every_finding_and_every_outcome(run):
    cells = [cell for row in summaries.matrix(run).values() for cell in row.values()]
    assert sum(cell.findings for cell in cells) == len(run.findings)
    assert sum(cell.outcomes.total() for cell in cells) == len(run.outcomes) == 32
    assert sum(cell.outcomes[Outcome.NOT_CHECKED] for cell in cells) == 4


def test_a_finding_laid_to_a_unit_that_was_not_asked_is_still_in_the_matrix(run):
    moved = CheckRun(run.run, (), run.findings[:1], run.rules)
    (row,) = summaries.matrix(moved).values()
    assert sum(cell.findings for cell in row.values()) == 1


def test_printed_areas_add_up_to_the_printed_total(run):
    for table in summaries.area_tables(run):
        assert sum(line.hectares for line in table.lines) == table.hectares
        assert sum(line.mu for line in table.lines) == table.mu
        assert abs(Fraction(table.hectares) * 10_000 - table.total_m2) <= Fraction(1, 2)
        assert table.hectares.as_tuple().exponent == table.mu.as_tuple().exponent == -4
        assert sum(line.hectares_adjusted for line in table.lines) <= 1


def test_reasons_are_gathered_and_units_named(run):
    (group,) = summaries.unchecked_groups(run)
    assert (group.codes, group.units) == (("CH01",), tuple(unit.code for unit in run.units))


# The workbook


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("zh", ["总览", "问题清单", "落实情况", "面积统计", "未检查", "版本"]),
        ("en", ["Overview", "Findings", "Compliance", "Areas", "Not checked", "Versions"]),
    ],
)
def test_the_workbook_has_the_sheets_of_the_bureau(run, tmp_path, language, names):
    book = openpyxl.load_workbook(write_workbook(run, tmp_path / "report.xlsx", language))
    assert book.sheetnames == names
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "A4"
        assert sheet.auto_filter.ref.startswith("A3:")


def test_the_workbook_lists_every_finding_with_numbers_as_numbers(run, tmp_path):
    sheet = openpyxl.load_workbook(write_workbook(run, tmp_path / "report.xlsx", "zh"))["问题清单"]
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    assert len(rows) == len(run.findings)
    for row, record in zip(rows, run.findings, strict=True):
        assert (row[2], row[7]) == (record.code, record.message.zh)
        assert row[8] == record.measured if isinstance(record.measured, str) else abs(row[8] / record.measured - 1) < 1e-15
    assert {type(row[8]) for row, record in zip(rows, run.findings, strict=True) if record.code != "AT03"} <= {float, int}


def test_the_workbook_quotes_clauses_and_its_areas_tie(run, tmp_path):
    book = openpyxl.load_workbook(write_workbook(run, tmp_path / "report.xlsx", "zh"))
    answers = list(book["落实情况"].iter_rows(min_row=4, values_only=True))
    assert [row[8] for row in answers[:3]] == ["落实", "缺项", "未检查"]
    assert answers[0][2] == run.transmission[0].quotation
    assert answers[3][8] == "突破"
    sums = {"hectares": Decimal(0), "mu": Decimal(0)}
    for row in book["面积统计"].iter_rows(min_row=4, values_only=True):
        hectares, mu = (Decimal(str(value)).quantize(Decimal("0.0001")) for value in row[4:6])
        if row[1] == "合计":
            assert (hectares, mu) == (sums["hectares"], sums["mu"])
            sums = {"hectares": Decimal(0), "mu": Decimal(0)}
        else:
            sums = {"hectares": sums["hectares"] + hectares, "mu": sums["mu"] + mu}


def test_a_text_that_looks_like_a_formula_stays_a_text(run, tmp_path):
    record = run.findings[0]
    sly = CheckRun(
        run.run,
        run.outcomes,
        (type(record)(record.code, Severity.MINOR, record.unit, "", ("=1+1",), "=2+2", None, "", Text("=3", "=3"), record.remedy),),
        run.rules,
    )
    row = openpyxl.load_workbook(write_workbook(sly, tmp_path / "report.xlsx", "en"))["Findings"][4]
    assert [(cell.value, cell.data_type) for cell in (row[6], row[7], row[8])] == [("=1+1", "s"), ("=3", "s"), ("=2+2", "s")]


# The Word report


def test_the_word_report_has_a_section_per_unit_and_says_what_it_leaves_out(run, tmp_path):
    document = docx.Document(write_word(run, tmp_path / "report.docx", "zh"))
    headings = [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Heading 1"]
    assert headings == ["总览", "面积统计", *(unit.name.zh for unit in run.units), "未检查", "版本"]
    left = [sum(record.unit == unit.code for record in run.findings) - 30 for unit in run.units]
    said = [int(re.search(r"另有(\d+)处", paragraph.text)[1]) for paragraph in document.paragraphs if "另有" in paragraph.text]
    assert said == [count for count in left if count > 0]
    assert document.core_properties.created.isoformat()[:10] == "2026-01-01"


def test_the_word_report_names_a_chinese_font_for_chinese_text(run, tmp_path):
    with zipfile.ZipFile(write_word(run, tmp_path / "report.docx", "zh")) as archive:
        styles = etree.fromstring(archive.read("word/styles.xml"))
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    names = {"w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main"}
    fonts = {
        style: styles.xpath(f"//w:style[w:name/@w:val='{style}']/w:rPr/w:rFonts/@w:eastAsia", namespaces=names)
        for style in ("Normal", "heading 1")
    }
    assert fonts == {"Normal": ["宋体"], "heading 1": ["黑体"]}


# The GeoPackage


def test_the_geopackage_holds_every_finding_at_its_place_and_styles_that_fit(run, tmp_path):
    path = write_geopackage(run, tmp_path / "findings.gpkg", "zh")
    kinds = dict(pyogrio.list_layers(path))
    assert kinds["finding_points"] == "Point"
    assert kinds["finding_areas"] == "MultiPolygon"
    assert kinds["units"] == "Polygon"
    counts = {name: pyogrio.read_info(path, layer=name)["features"] for name in ("finding_points", "findings_without_place", "units")}
    assert counts["finding_points"] + counts["findings_without_place"] == len(run.findings)
    assert counts["units"] == 4
    assert pyogrio.read_info(path, layer="finding_areas")["crs"] == "EPSG:4549"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        styles = connection.execute("SELECT f_table_name, f_geometry_column, useAsDefault, styleQML FROM layer_styles").fetchall()
        columns = dict(connection.execute("SELECT table_name, column_name FROM gpkg_geometry_columns").fetchall())
    assert {name for name, *_ in styles} == {"units", "finding_areas", "finding_points"}
    assert all(columns[name] == column and default == 1 for name, column, default, _ in styles)
    looks = {name: etree.fromstring(document.encode()) for name, _, _, document in styles}
    assert looks["finding_points"].xpath("//category/@value") == ["mandatory", "major", "minor", "notice"]
    assert looks["finding_points"].xpath("//category/@label") == ["致命", "重缺陷", "轻缺陷", "提示"]


def test_a_place_of_mixed_kinds_goes_into_the_table_of_its_highest_dimension(run, tmp_path):
    record = run.findings[0]
    area = shapely.box(550_000, 3_460_000, 550_010, 3_460_010)
    mixed = shapely.GeometryCollection([area, shapely.MultiLineString([[(0, 0), (1, 1)]])])
    line = shapely.LineString([(550_000, 3_460_000), (550_030, 3_460_040)])
    findings = tuple(
        type(record)(
            record.code,
            Severity.MINOR,
            record.unit,
            "x",
            (name,),
            None,
            None,
            "",
            Text("a", "甲"),
            Text("b", "乙"),
            shapely.to_wkb(shape),
            shape.bounds,
        )
        for name, shape in (("mixed", mixed), ("line", line))
    )
    path = write_geopackage(CheckRun(run.run, (), findings), tmp_path / "findings.gpkg", "en")
    _, _, areas, _ = pyogrio.raw.read(path, layer="finding_areas")
    _, _, lines, _ = pyogrio.raw.read(path, layer="finding_lines")
    assert [shapely.from_wkb(shape).area for shape in areas] == [pytest.approx(100.0)]
    assert [shapely.from_wkb(shape).length for shape in lines] == [pytest.approx(50.0)]
    assert pyogrio.read_info(path, layer="finding_points")["features"] == 2


# JSON, SARIF, text

SARIF_ESSENTIALS = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "required": ["tool", "results"],
                "properties": {
                    "results": {
                        "items": {
                            "required": ["message", "ruleId", "ruleIndex", "level", "locations", "partialFingerprints"],
                            "properties": {
                                "message": {"required": ["text"]},
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "partialFingerprints": {"additionalProperties": {"type": "string"}},
                            },
                        }
                    }
                },
            },
        },
    },
}


def test_sarif_names_rules_by_index_and_what_was_not_checked(run):
    document = json.loads(render_sarif(run, "en"))
    jsonschema.validate(document, SARIF_ESSENTIALS)
    (told,) = document["runs"]
    rules = told["tool"]["driver"]["rules"]
    assert len(told["results"]) == len(run.findings)
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in told["results"])
    assert all(rule["help"]["text"] for rule in rules)
    notes = told["invocations"][0]["toolExecutionNotifications"]
    assert len(notes) == 4
    assert all("no layer of earlier land use" in note["message"]["text"] for note in notes)
    levels = {record.severity: result["level"] for record, result in zip(run.findings, told["results"], strict=True)}
    assert levels == {Severity.MANDATORY: "error", Severity.MAJOR: "error", Severity.MINOR: "warning", Severity.NOTICE: "note"}
    assert not re.search(r"[^A-Za-z0-9%._~/-]", told["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])


def test_fingerprints_differ_and_outlive_a_change_of_measure_and_order(run):
    names = fingerprints(run)
    assert len(set(names)) == len(run.findings)
    turned = CheckRun(run.run, run.outcomes, tuple(reversed(run.findings)), run.rules)
    assert set(fingerprints(turned)) == set(names)
    record = run.findings[0]
    grown = type(record)(
        record.code,
        record.severity,
        record.unit,
        record.layer,
        record.features,
        1e9,
        record.limit,
        record.unit_of_measure,
        record.message,
        record.remedy,
        record.geometry,
        record.bounds,
    )
    assert fingerprints(CheckRun(run.run, (), (grown,)))[0] == fingerprints(CheckRun(run.run, (), (record,)))[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_stays_under_forty_lines_and_names_the_verdict_and_the_reasons(language):
    text = render_text(synthetic_run(2_000, 10), language)
    assert len(text.splitlines()) <= 40
    assert text.startswith({"en": "Does not pass", "zh": "不通过"}[language])
    assert {"en": "The package has no layer of earlier land use.", "zh": "成果未提供上一版用地图层。"}[language] in text


def test_columns_of_the_text_align_where_characters_are_wide():
    lines = render_text(synthetic_run(50, 3), "zh").splitlines()
    heads = next(index for index, line in enumerate(lines) if line.startswith("板块"))
    widths = {len(line.encode("gbk")) for line in lines[heads : heads + 4]}
    assert len(widths) == 1


def test_reports_are_read_back_from_the_stored_run_alone(run, tmp_path):
    stored = CheckRun.read(run.write(tmp_path / "run.zip"))
    assert render_page(stored, "zh") == render_page(run, "zh")
    assert render_sarif(stored, "zh") == render_sarif(run, "zh")
    assert io.StringIO(render_text(stored, "en")).read() == render_text(run, "en")
