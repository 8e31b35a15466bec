"""Writing the invented city as its plans would be filed · 按报送形式写出."""

from __future__ import annotations

import datetime as dt
import io
import json
import shutil
import tempfile
import zipfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import pyarrow as pa
import shapely
import xlsxwriter

from lantu.engines.overlay.projecting import project
from lantu.examples.layers import INVENTED
from lantu.examples.statements import label_of
from lantu.stores.formats.writing import WritingOptions, write_layer
from lantu.vocabulary.layer_definitions import load_layers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lantu.examples.statements import Clause, Statement, UnitStatements
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.plans import NamedItem

# Grids whose definition puts north first, which GML 3 obeys.
_NORTH_FIRST = frozenset({"EPSG:4549", "EPSG:4528"})
_FIXED_TIME = (2026, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Manner:
    """How one office files its layers · 报送方式.

    Parameters
    ----------
    container
        ``gdb``, ``gpkg``, ``shp``, ``zip`` (of shapefiles) or ``geojson``.
    crs
        CRS the coordinates are filed in.
    encoding
        Encoding of shapefile texts.
    """

    container: str
    crs: str
    encoding: str = "UTF-8"


MANNERS = (
    Manner("gdb", "EPSG:4549"),
    Manner("gdb", "EPSG:4528"),
    Manner("gpkg", "EPSG:4549"),
    Manner("shp", "EPSG:4549", "UTF-8"),
    Manner("shp", "EPSG:4528", "GBK"),
    Manner("geojson", "EPSG:4490"),
    Manner("zip", "EPSG:4549", "GBK"),
    Manner("gpkg", "EPSG:4490"),
    Manner("gdb", "EPSG:4490"),
    Manner("gpkg", "EPSG:4528"),
)


@dataclass
class Filing:
    """One package as it will lie on disk; faults are planted in it before it is written · 待写出的成果包.

    Parameters
    ----------
    name
        Name of the folder.
    manner
        How its layers are filed.
    layers
        Layers by canonical name, in the city's CRS.
    statements
        What the plan states.
    tables
        Table names by layer where they differ from the norm's.
    fields
        Column names by layer and canonical field where they differ from the norm's.
    crs_of
        CRS by layer where it differs from the manner's.
    undeclared
        Layers whose shapefile goes without ``.prj``.
    unencoded
        Layers whose shapefile goes without ``.cpg``, and the encoding of its texts.
    twice
        Layers delivered a second time.
    omitted
        Paths inside the package that are not written.
    extra
        Further files by path inside the package.
    clauses
        What the plan asks of those below, if it is a parent plan.
    text_name
        Path of the plan's text.
    swapped
        Layers written with north before east.
    declared_as
        CRS declared by layer where it is not the one the coordinates are in.
    curved
        Layers written as GML, every polygon as the circle through its first three corners.
    """

    name: str
    manner: Manner
    layers: dict[str, Layer]
    statements: UnitStatements | None = None
    tables: dict[str, str] = field(default_factory=dict)
    fields: dict[str, dict[str, str]] = field(default_factory=dict)
    crs_of: dict[str, str] = field(default_factory=dict)
    undeclared: set[str] = field(default_factory=set)
    unencoded: dict[str, str] = field(default_factory=dict)
    twice: set[str] = field(default_factory=set)
    omitted: set[str] = field(default_factory=set)
    extra: dict[str, bytes] = field(default_factory=dict)
    clauses: list[Clause] = field(default_factory=list)
    text_name: str = "文本/规划文本.docx"
    swapped: set[str] = field(default_factory=set)
    declared_as: dict[str, str] = field(default_factory=dict)
    curved: set[str] = field(default_factory=set)


def file_package(filing: Filing, folder: Path) -> Path:
    """Write a package · 写出成果包.

    Parameters
    ----------
    filing
        What it holds.
    folder
        Where it goes.

    Returns
    -------
    pathlib.Path
        The package.
    """
    root = folder / filing.name
    root.mkdir(parents=True, exist_ok=True)
    _file_layers(filing, root)
    statements = filing.statements
    if statements is not None:
        _put(filing, root, filing.text_name, document(_plan_text(statements)))
        _put(filing, root, "表格/规划指标表.xlsx", workbook({"指标": _figure_rows(statements.figures_in_table)}))
        _put(filing, root, "表格/要素落实清单.xlsx", workbook({"清单": _item_rows(statements.items)}))
        _put(
            filing,
            root,
            "元数据/元数据.xlsx",
            workbook({"元数据": [["项", "值"], *([key, value] for key, value in statements.metadata.items())]}),
        )
        _put(filing, root, "图件/规划分区图.pdf", page(f"{filing.name} - invented data"))
    if filing.clauses:
        _put(filing, root, "传导要求.xlsx", workbook(_clause_sheets(filing.clauses)))
    for path, content in filing.extra.items():
        _put(filing, root, path, content)
    return root


def _put(filing: Filing, root: Path, path: str, content: bytes) -> None:
    if path in filing.omitted or path.split("/", maxsplit=1)[0] in filing.omitted:
        return
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def _file_layers(filing: Filing, root: Path) -> None:  # noqa: C901, PLR0912  # one closed walk, clearer whole
    vocabulary = load_layers()
    folder = root / "数据库"
    folder.mkdir(exist_ok=True)
    (folder / "README.txt").write_text(f"{INVENTED}\n", encoding="utf-8")
    ready = []
    for name, layer in filing.layers.items():
        definition = vocabulary[name]
        tables = {name: filing.tables.get(name, definition.tables[0])}
        own = filing.fields.get(name, {})
        fields = {name: {key: own.get(key, item.label) for key, item in definition.fields.items()} | own}
        moved = project(layer, filing.crs_of.get(name, filing.manner.crs))
        if name in filing.swapped:
            flipped = shapely.transform(moved.geometry, lambda points: points[:, ::-1])
            moved = replace(moved, wkb=pa.chunked_array([pa.array(shapely.to_wkb(flipped), pa.large_binary())]), version="")
        if name in filing.declared_as:
            moved = replace(moved, crs=filing.declared_as[name], version="")
        ready.append((name, moved, tables, fields))
    container = filing.manner.container
    if container in {"gdb", "gpkg"}:
        every_table = {key: value for _, _, tables, _ in ready for key, value in tables.items()}
        every_field = {key: value for _, _, _, fields in ready for key, value in fields.items()}
        apart = {*filing.crs_of, *filing.declared_as}
        apart |= filing.curved
        same = [layer for name, layer, _, _ in ready if name not in apart]
        if same:
            write_layer(same, folder / f"规划数据库.{container}", options=WritingOptions(tables=every_table, fields=every_field))
        for name, layer, tables, fields in ready:
            if name in filing.curved:
                (folder / f"{tables[name]}.gml").write_text(circles(layer, tables[name], fields[name]), encoding="utf-8")
                (folder / f"{tables[name]}.xsd").write_text(schema_of(layer, tables[name], fields[name]), encoding="utf-8")
            elif name in apart:
                write_layer(layer, folder / f"{tables[name]}.gpkg", options=WritingOptions(tables=tables, fields=fields))
    else:
        suffix = ".geojson" if container == "geojson" else ".shp"
        with tempfile.TemporaryDirectory(dir=root) as scratch:
            target = Path(scratch) if container == "zip" else folder
            for name, layer, tables, fields in ready:
                encoding = filing.unencoded.get(name, filing.manner.encoding)
                without = ((".prj",) if name in filing.undeclared else ()) + ((".cpg",) if name in filing.unencoded else ())
                options = WritingOptions(encoding=encoding, tables=tables, fields=fields, without=without)
                write_layer(layer, target / f"{tables[name]}{suffix}", options=options)
            if container == "zip":
                archive_folder(target, folder / "规划数据库.zip")
    for name, layer, tables, fields in ready:
        if name in filing.twice:
            write_layer(layer, folder / f"{tables[name]}_副本.gpkg", options=WritingOptions(tables=tables, fields=fields))


def circles(layer: Layer, table: str, fields: Mapping[str, str]) -> str:
    """Write polygons as GML with circles, as surveying programs draw round sites · 写出含圆弧的GML.

    Parameters
    ----------
    layer
        Polygons; each becomes the circle of its inscribed circle.
    table
        Name of the feature type.
    fields
        Names of columns by canonical field.

    Returns
    -------
    str
        GML 3.2.
    """
    srs = f"urn:ogc:def:crs:EPSG::{layer.crs.removeprefix('EPSG:')}"
    swap = layer.crs == "EPSG:4490" or layer.crs in _NORTH_FIRST
    members = []
    for number, shape in enumerate(layer.geometry):
        circle = shapely.maximum_inscribed_circle(shape)
        (x, y), _ = circle.coords
        r = round(float(circle.length), 3)
        points = [(x - r, y), (x, y + r), (x + r, y), (x, y - r), (x - r, y)]
        posed = " ".join(f"{b:.3f} {a:.3f}" if swap else f"{a:.3f} {b:.3f}" for a, b in points)
        values = "".join(
            f"<ex:{label}>{escape(str(value))}</ex:{label}>"
            for key, label in fields.items()
            if layer.has(key) and (value := layer.column(key)[number].as_py()) is not None
        )
        members.append(
            f'<gml:featureMember><ex:{table} gml:id="{table}.{number + 1}">{values}<ex:geometry>'
            f'<gml:Surface srsName="{srs}" srsDimension="2" gml:id="{table}.{number + 1}.g"><gml:patches><gml:PolygonPatch><gml:exterior>'
            f'<gml:Ring><gml:curveMember><gml:Curve gml:id="{table}.{number + 1}.c"><gml:segments>'
            f'<gml:ArcString><gml:posList srsDimension="2">{posed}</gml:posList></gml:ArcString></gml:segments></gml:Curve>'
            "</gml:curveMember></gml:Ring></gml:exterior></gml:PolygonPatch></gml:patches></gml:Surface>"
            f"</ex:geometry></ex:{table}></gml:featureMember>"
        )
    body = "\n".join(members)
    west, south, east, north = shapely.total_bounds(layer.geometry)
    low, high = (f"{south:.3f} {west:.3f}", f"{north:.3f} {east:.3f}") if swap else (f"{west:.3f} {south:.3f}", f"{east:.3f} {north:.3f}")
    frame = f"<gml:lowerCorner>{low}</gml:lowerCorner><gml:upperCorner>{high}</gml:upperCorner>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<ex:FeatureCollection xmlns:ex="urn:lantu:example" xmlns:gml="http://www.opengis.net/gml/3.2" gml:id="{table}">\n'
        f'<gml:boundedBy><gml:Envelope srsName="{srs}" srsDimension="2">{frame}</gml:Envelope></gml:boundedBy>\n'
        f"{body}\n</ex:FeatureCollection>\n"
    )


def schema_of(layer: Layer, table: str, fields: Mapping[str, str]) -> str:
    """Write the schema of a GML file, so that numbers of identity stay texts · 写出GML模式.

    Parameters
    ----------
    layer
        The layer.
    table
        Name of the feature type.
    fields
        Names of columns by canonical field.

    Returns
    -------
    str
        XML schema; every field is a text.
    """
    elements = "".join(f'<xs:element name="{label}" type="xs:string" minOccurs="0"/>' for key, label in fields.items() if layer.has(key))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:ex="urn:lantu:example"'
        ' targetNamespace="urn:lantu:example" elementFormDefault="qualified">\n'
        '<xs:import namespace="http://www.opengis.net/gml/3.2"/>\n'
        f'<xs:element name="{table}" type="ex:{table}Type" substitutionGroup="gml:AbstractFeature"/>\n'
        f'<xs:complexType name="{table}Type"><xs:complexContent><xs:extension base="gml:AbstractFeatureType"><xs:sequence>'
        f'{elements}<xs:element name="geometry" type="gml:SurfacePropertyType" minOccurs="0"/>'
        "</xs:sequence></xs:extension></xs:complexContent></xs:complexType>\n</xs:schema>\n"
    )


def archive_folder(source: Path, target: Path) -> None:
    """Zip a folder, the same bytes every time · 打包目录.

    Parameters
    ----------
    source
        The folder.
    target
        The archive.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(item for item in source.rglob("*") if item.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(source).as_posix(), _FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with path.open("rb") as content, archive.open(entry, "w") as member:
                shutil.copyfileobj(content, member, 1 << 20)


def workbook(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """Write sheets of plain cells, labelled as invented · 写出工作簿.

    Parameters
    ----------
    sheets
        Rows by sheet.

    Returns
    -------
    bytes
        The same for the same cells.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": INVENTED, "created": dt.datetime(*_FIXED_TIME), "comments": INVENTED})  # noqa: DTZ001  # a fixed stamp, no moment
    for title, rows in sheets.items():
        sheet = book.add_worksheet(title)
        sheet.set_header(f"&C{INVENTED}")
        for row, cells in enumerate(rows):
            sheet.write_row(row, 0, cells)
    book.close()
    return buffer.getvalue()


def document(paragraphs: Sequence[str]) -> bytes:
    """Write a text as a Word document, the same bytes every time · 写出文档.

    Parameters
    ----------
    paragraphs
        Plain paragraphs.

    Returns
    -------
    bytes
        A ``.docx``.
    """
    body = "".join(f'<w:p><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>' for text in paragraphs)
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    parts = {
        "[Content_Types].xml": f'{head}<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        "_rels/.rels": f'{head}<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'{head}<w:document xmlns:w="{word}"><w:body>{body}</w:body></w:document>',
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, _FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text)
    return buffer.getvalue()


def page(text: str) -> bytes:
    """Write a one-page PDF that says what it is · 写出单页图件.

    Parameters
    ----------
    text
        Its line; letters beyond ASCII are left out.

    Returns
    -------
    bytes
        A PDF.
    """
    line = "".join(letter for letter in text if letter.isascii()).replace("(", "").replace(")", "")
    stream = f"BT /F1 14 Tf 60 780 Td ({line}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length " + str(len(stream)).encode() + b" >>\nstream\n" + stream + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def _plan_text(statements: UnitStatements) -> list[str]:
    title = statements.metadata.get("规划名称", "国土空间总体规划")
    return [title, f"说明：{INVENTED}。", *(_sentence(item) for item in statements.figures_in_text)]


def _sentence(item: Statement) -> str:
    return f"到规划期末，{label_of(item.subject)}为{item.value:.4f}{item.unit}。"


def _figure_rows(figures: Sequence[Statement]) -> list[list[Any]]:
    return [["指标", "数值", "单位", "年份"], *([label_of(item.subject), item.value, item.unit, 2035] for item in figures)]


def _item_rows(items: Sequence[NamedItem]) -> list[list[Any]]:
    return [
        ["清单", "名称", "级别", "宽度", "经度", "纬度"],
        *([i.list_name, i.name, i.grade, i.width_m, i.longitude, i.latitude] for i in items),
    ]


def _clause_sheets(clauses: Sequence[Clause]) -> dict[str, list[list[Any]]]:
    rows: list[list[Any]] = [["规划", "条款", "比较", "指标", "数值", "单位", "对象", "性质", "原文", "容差"]]
    lists: list[list[Any]] = [["条款", "对象", "清单", "名称", "级别", "宽度", "经度", "纬度"]]
    for item in clauses:
        nature = "约束性" if item.binding else "预期性"
        rows.append(
            [
                "demo-municipal-2035",
                item.clause,
                item.kind,
                item.subject,
                item.value,
                item.unit,
                item.target,
                nature,
                item.quotation,
                item.tolerance,
            ]
        )
        lists += [[item.clause, item.target, i.list_name, i.name, i.grade, i.width_m, i.longitude, i.latitude] for i in item.items]
    return {"要求": rows, "清单": lists}


def settings_file(profile: str) -> str:
    """Write the city's settings · 城市目录设置.

    Parameters
    ----------
    profile
        Name or path of the profile.

    Returns
    -------
    str
        YAML.
    """
    return (
        f"# {INVENTED}\nprofile: {json.dumps(profile, ensure_ascii=False)}\ninvented: true\ntoday: 2026-01-01\n"
        "parent: municipal\nsealed: sealed\nbase: base\npackages: packages\nprevious: previous\nstore: store\n"
    )
