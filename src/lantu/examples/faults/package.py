"""Faults of a package as a whole · 成果包类预置问题."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from lantu.examples.faults.planting import Hand, fault, found, found_in
from lantu.examples.filing import Filing, Manner
from lantu.examples.statements import UnitStatements

if TYPE_CHECKING:
    from lantu.examples.answers import Expected

_DATABASES = ("gdb", "gpkg")


@fault("PK01")
def folder_missing(hand: Hand) -> list[Expected]:
    """Leave a folder out · 缺少目录."""
    unit = hand.claim("folder")
    hand.filing(unit).omitted.add("图件")
    return [found_in("PK01", unit, "no folder 图件", "缺少图件目录")]


@fault("PK02")
def document_misnamed(hand: Hand) -> list[Expected]:
    """File the plan's text under another name · 缺少规定文档."""
    unit = hand.claim("text")
    filing = hand.filing(unit)
    filing.text_name = "文本/送审稿.docx"
    return [found_in("PK02", unit, "the text goes by another name", "规划文本未按规定命名")]


@fault("PK03")
def zones_missing(hand: Hand) -> list[Expected]:
    """Leave a mandatory layer out · 缺少必选图层."""
    unit = hand.claim("mandatory layer", layer="planning_zone")
    del hand.filing(unit).layers["planning_zone"]
    return [found_in("PK03", unit, "no planning zones", "缺少规划分区", layer="planning_zone")]


@fault("PK04")
def layer_empty(hand: Hand) -> list[Expected]:
    """Deliver a layer without features · 空图层."""
    unit = hand.claim("empty layer", layer="purple_line", containers=("gpkg", "gdb"))
    layer = hand.filing(unit).layers["purple_line"]
    hand.put(unit, layer.take(np.empty(0, np.int64)))
    return [found_in("PK04", unit, "an empty layer", "空图层", layer="purple_line")]


@fault("PK05")
def metadata_incomplete(hand: Hand) -> list[Expected]:
    """Leave a line of the metadata out · 元数据缺项."""
    unit = hand.claim("metadata date")
    statements = hand.filing(unit).statements
    if statements is not None:
        del statements.metadata["生产日期"]
    return [found_in("PK05", unit, "no day of production", "元数据缺少生产日期")]


@fault("PK06")
def package_misnamed(hand: Hand) -> list[Expected]:
    """Name a package by hand · 成果包命名错误."""
    unit = hand.claim("name")
    filing = hand.filing(unit)
    filing.name = f"总体规划成果-{filing.name[6:9]}-最终版"
    return [found_in("PK06", unit, "a name of its own making", "成果包未按规定命名")]


@fault("PK07")
def file_broken(hand: Hand) -> list[Expected]:
    """Add a database that is cut off · 文件损坏."""
    unit = hand.claim("broken file")
    hand.filing(unit).extra["数据库/补充.gpkg"] = b"SQLite format 3\x00" + bytes(200)
    return [found_in("PK07", unit, "a database that is cut off", "数据库文件损坏")]


@fault("PK08")
def table_misspelt(hand: Hand) -> list[Expected]:
    """Misspell a table's name · 图层名称拼写错误."""
    unit = hand.claim("misspelt table", layer="heritage_line")
    hand.filing(unit).tables["heritage_line"] = "LISHI_BAOHU"
    return [found_in("PK08", unit, "a table name that nobody knows", "图层名称无法识别")]


@fault("PK09")
def layer_twice(hand: Hand) -> list[Expected]:
    """Deliver a layer twice · 图层重复提交."""
    unit = hand.claim("layer twice", layer="green_line")
    hand.filing(unit).twice.add("green_line")
    return [found_in("PK09", unit, "a layer delivered twice", "图层重复提交", layer="green_line")]


@fault("PK11")
def field_missing(hand: Hand) -> list[Expected]:
    """Leave a mandatory field out · 缺少必填字段."""
    unit = hand.claim("mandatory field", layer="facility")
    layer = hand.filing(unit).layers["facility"]
    hand.put(unit, replace(layer, table=layer.table.drop_columns(["facility_name"]), version=""))
    return [found_in("PK11", unit, "no field for the name of facilities", "缺少设施名称字段", layer="facility")]


@fault("PK13")
def text_too_long(hand: Hand) -> list[Expected]:
    """Write more than a field holds · 文本超长."""
    spot = hand.take("facility", containers=_DATABASES)
    hand.write(spot, facility_grade="区级以上、具有跨区域服务能力的综合性公共服务设施")
    return [found("PK13", spot, "a grade longer than its field", "级别超过字段长度")]


@fault("PK14")
def field_unknown(hand: Hand) -> list[Expected]:
    """Add a field of one's own · 多余字段."""
    unit = hand.claim("extra field", layer="blue_line")
    layer = hand.filing(unit).layers["blue_line"]
    column = pa.array(["内部"] * len(layer), pa.large_string())
    hand.put(unit, replace(layer, table=layer.table.append_column("NBBZ", column), version=""))
    return [found_in("PK14", unit, "a field that the norm does not know", "规范外字段", layer="blue_line")]


@fault("PK15")
def encoding_undeclared(hand: Hand) -> list[Expected]:
    """Leave the encoding of a shapefile unsaid: its texts prove it, and the proof is reported · 编码未声明."""
    unit = hand.claim("encoding", layer="facility", containers=("shp", "zip"))
    hand.filing(unit).unencoded["facility"] = "GBK"
    return [found_in("PK15", unit, "a shapefile in GBK without .cpg", "GBK编码的Shapefile缺少.cpg")]


@fault("PK16")
def part_alone(hand: Hand) -> list[Expected]:
    """File a part of a data set without the rest · 文件组成部分缺失."""
    unit = hand.claim("lone part")
    hand.filing(unit).extra["数据库/补充道路.shx"] = b"\x00\x00\x27\x0a" + bytes(96)
    return [found_in("PK16", unit, "an index without its shapefile", "仅有索引而无主文件")]


@fault("PK12")
def year_in_words(hand: Hand) -> list[Expected]:
    """Write years as words · 字段类型错误."""
    unit = hand.claim("type of a field", layer="key_project", containers=_DATABASES)
    layer = hand.filing(unit).layers["key_project"]
    at = layer.table.column_names.index("planned_year")
    words = pa.array(["近期"] * len(layer), pa.large_string())
    hand.put(unit, replace(layer, table=layer.table.set_column(at, "planned_year", words), version=""))
    return [
        found_in("PK12", unit, "years written as words", "年份字段为文本", layer="key_project"),
        found_in("PK16", unit, "and so a question of reading", "因而读取时提出疑问"),
    ]


@fault("PK10")
def encoding_misdeclared(hand: Hand) -> list[Expected]:
    """Declare UTF-8 and write GBK · 编码声明错误."""
    unit = hand.claim("wrong encoding", layer="town_main_function", containers=("shp",))
    filing = hand.filing(unit)
    filing.unencoded["town_main_function"] = "GBK"
    filing.extra["数据库/XZZTGNDW.cpg"] = b"UTF-8"
    return [
        found_in("PK10", unit, "texts in GBK that are declared as UTF-8", "声明UTF-8而实为GBK编码"),
        found_in("PK15", unit, "and so repaired, with proof", "经证实后修复"),
    ]


@fault("PK17")
def package_of_a_new_town(hand: Hand) -> list[Expected]:
    """File the documents of a new town under a code that the city does not have · 以未登记的板块代码报送."""
    unit = "320599"
    statements = next(filing.statements for _, filing in sorted(hand.draft.filings.items()) if filing.statements is not None)
    metadata = dict(statements.metadata)
    metadata |= {"板块代码": unit, "规划名称": "示例新城国土空间总体规划（2021-2035年）"}
    own = UnitStatements([], [], [], metadata)
    hand.draft.strays.append(Filing(f"{unit}示例新城国土空间总体规划", Manner("gpkg", "EPSG:4549"), {}, own))
    return [found_in("PK17", unit, "a package of a unit that the city does not have", "成果包所属板块不在城市配置中")]
