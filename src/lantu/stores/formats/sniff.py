"""What a file is, by its content first and its name second · 文件格式识别."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING

from lantu.stores.formats.coordinate_txt import looks_like_coordinates
from lantu.stores.formats.encodings import prove_encoding, proved_codec
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from pathlib import Path

_HEAD = 65_536
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))

# Formats that stand for nothing to read: they are listed as documents.
DOCUMENTS = frozenset(
    {"PDF document", "Word document", "image", "web page", "XML document", "JSON document", "text document", "PowerPoint document", "style"}
)
# Formats that are known, not read, and how to get to one that is.
WAYS_OUT = {
    "Access MDB": Text("Open it in ArcGIS and export a FileGDB or GeoPackage.", "请在ArcGIS中打开并导出为FileGDB或GeoPackage。"),
    "VCT": Text(
        "Convert it to FileGDB or GeoPackage with the survey software that wrote it.", "请用生成它的软件转换为FileGDB或GeoPackage。"
    ),
    "DWG": Text(
        "Save it as DXF, or better export the polygons with their attributes as Shapefile.",
        "请另存为DXF，最好将带属性的面导出为Shapefile。",
    ),
    "Excel 97": Text("Save it as .xlsx.", "请另存为.xlsx。"),
    "RAR archive": Text("Unpack it and deliver the files, or pack them as .zip.", "请解压后提交，或改用.zip打包。"),
    "7z archive": Text("Unpack it and deliver the files, or pack them as .zip.", "请解压后提交，或改用.zip打包。"),
    "gzip archive": Text("Unpack it and deliver the file.", "请解压后提交。"),
    "tar archive": Text("Unpack it and deliver the files, or pack them as .zip.", "请解压后提交，或改用.zip打包。"),
    "SpatiaLite": Text("Export the layers as GeoPackage.", "请导出为GeoPackage。"),
    "GeoTIFF": Text("Plans are checked as vectors: deliver the polygons.", "规划审查使用矢量：请提交面图层。"),
    "PDF portfolio": Text("Deliver the files in it one by one.", "请逐个提交其中的文件。"),
    "XML data": Text("Deliver it as GML, GeoPackage or Shapefile.", "请以GML、GeoPackage或Shapefile提交。"),
    "MapInfo workspace": Text("Deliver the .tab with its .dat, .map and .id.", "请提交.tab及其.dat、.map、.id。"),
}

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF document"),
    (b"\x00\x00\x27\x0a", "Shapefile"),
    (b"PAR1", "GeoParquet"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"BM6", "image"),
    (b"Rar!\x1a\x07", "RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "7z archive"),
    (b"\x1f\x8b", "gzip archive"),
    (b"fgb\x03", "FlatGeobuf"),
    (b"AC10", "DWG"),
    (b"AC1.", "DWG"),
    (b"II*\x00", "GeoTIFF"),
    (b"MM\x00*", "GeoTIFF"),
    (b"\x00\x01\x00\x00Standard Jet DB", "Access MDB"),
    (b"\x00\x01\x00\x00Standard ACE DB", "Access MDB"),
    (b"{\\rtf", "Word document"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BY_SUFFIX = {
    ".shp": "Shapefile",
    ".dbf": "DBF",
    ".tab": "MapInfo TAB",
    ".mif": "MapInfo MIF",
    ".gpkg": "GeoPackage",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".parquet": "GeoParquet",
    ".geoparquet": "GeoParquet",
    ".gml": "GML",
    ".kml": "KML",
    ".csv": "CSV",
    ".tsv": "CSV",
    ".xlsx": "Excel",
    ".xlsm": "Excel",
    ".docx": "Word document",
    ".dxf": "DXF",
    ".ods": "OpenDocument table",
    ".fgb": "FlatGeobuf",
    ".zip": "zip archive",
    ".kmz": "KML",
    ".pdf": "PDF document",
    ".gpx": "GPX",
    ".mdb": "Access MDB",
    ".vct": "VCT",
    ".dwg": "DWG",
    ".xls": "Excel 97",
    ".wor": "MapInfo workspace",
}
_DBF_VERSIONS = {0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0x8C, 0xCB, 0xE5, 0xF5, 0xFB}
_GML_SIGNS = (b"opengis.net/gml", b"<gml:", b"opengis.net/wfs", b"FeatureCollection")


def sniff(path: Path) -> str:  # noqa: PLR0911  # one line per kind of content
    """Tell what a file is · 识别文件格式.

    Parameters
    ----------
    path
        The file, not empty.

    Returns
    -------
    str
        Name of the format; ``unknown`` where nothing fits.
    """
    with path.open("rb") as source:
        head = source.read(_HEAD)
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if head[257:262] == b"ustar":
        return "tar archive"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(path)
    if head.startswith(b"SQLite format 3\x00"):
        return _sqlite(path, head)
    if head.startswith(_OLE):
        return "Excel 97" if path.suffix.lower() in {".xls", ".et"} else "Word document"
    if _is_dbf(head, path):
        return "DBF"
    return _text_format(path, head)


def _zipped(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()[:2000]
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError, UnicodeError, EOFError):
        return _BY_SUFFIX.get(path.suffix.lower(), "zip archive")
    if "[Content_Types].xml" in names:
        for folder, name in (("xl/", "Excel"), ("word/", "Word document"), ("ppt/", "PowerPoint document")):
            if any(entry.startswith(folder) for entry in names):
                return name
    if "mimetype" in names and "content.xml" in names:
        return "OpenDocument table" if path.suffix.lower() == ".ods" else "Word document"
    if names and all(name.lower().endswith((".kml", "/", ".png", ".jpg")) for name in names) and path.suffix.lower() == ".kmz":
        return "KML"
    return "zip archive"


def _sqlite(path: Path, head: bytes) -> str:
    if head[68:72] in {b"GPKG", b"GP10", b"GP11"} or path.suffix.lower() in {".gpkg", ".gpkx"} or b"gpkg_contents" in head:
        return "GeoPackage"
    return "style" if path.suffix.lower() == ".qmd" else "SpatiaLite"


def _is_dbf(head: bytes, path: Path) -> bool:
    if len(head) < 33 or head[0] not in _DBF_VERSIONS:  # noqa: PLR2004  # a header and a terminator
        return False
    plausible = 1 <= head[2] <= 12 and 1 <= head[3] <= 31  # noqa: PLR2004  # a month and a day
    header_length = int.from_bytes(head[8:10], "little")
    return path.suffix.lower() == ".dbf" or (plausible and 33 <= header_length < _HEAD and int.from_bytes(head[10:12], "little") > 1)  # noqa: PLR2004  # the shortest header


def _text_format(path: Path, head: bytes) -> str:  # noqa: PLR0911  # as above
    suffix = path.suffix.lower()
    plain = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if plain[:1] == b"<":
        return _xml_format(plain, suffix)
    if plain[:1] in {b"{", b"["} and not plain.startswith((b"[\xca", b"[\xe5")):
        return _json_format(plain, suffix)
    if _looks_binary(head):
        return _BY_SUFFIX.get(suffix, "unknown")
    if plain[:7].lower() in {b"!table\n", b"!table\r"} or plain[:6].lower() == b"!table":
        return "MapInfo TAB"
    if re.match(rb"version\s+\d+", plain[:20].lower()) and b"delimiter" in plain[:4000].lower():
        return "MapInfo MIF"
    if re.match(rb"\s*0\r?\n\s*SECTION", head[:40]) or suffix == ".dxf":
        return "DXF"
    if plain.startswith((b"DataMark:", b"HeadBegin")):
        return "VCT"
    text = _beginning(head)
    if looks_like_coordinates(text):
        return "coordinate TXT"
    if suffix in {".csv", ".tsv"} or (suffix not in {".txt", ".md", ".log", ".prj", ".cpg", ".rst", ".py", ".ini"} and _is_delimited(text)):
        return "CSV"
    return "text document" if suffix not in {".shp", ".tab", ".gpkg", ".parquet", ".zip"} else _BY_SUFFIX[suffix]


def _xml_format(plain: bytes, suffix: str) -> str:  # noqa: PLR0911  # as above
    lowered = plain[:4096].lower()
    if b"<kml" in lowered:
        return "KML"
    if b"<gpx" in lowered:
        return "GPX"
    if b"<!doctype qgis" in lowered or b"<styledlayerdescriptor" in lowered or suffix in {".qml", ".sld", ".lyrx"}:
        return "style"
    if b"<html" in lowered or b"<!doctype html" in lowered:
        return "web page"
    if b"md_metadata" in lowered or b"mi_metadata" in lowered or b"<metadata" in lowered or suffix == ".xsd":
        return "XML document"
    if suffix == ".gml" or any(sign in plain[:_HEAD] for sign in _GML_SIGNS):
        return "GML"
    return "XML document"


def _json_format(plain: bytes, suffix: str) -> str:
    if b'"Topology"' in plain[:4096]:
        return "TopoJSON"
    signs = (b'"FeatureCollection"', b'"Feature"', b'"coordinates"', b'"geometry"', b'"features"', b'"GeometryCollection"')
    if any(sign in plain for sign in signs) or suffix == ".geojson":
        return "GeoJSON"
    # A file that claims to be JSON and carries no sign of a place is a record of something else.
    return "JSON document" if suffix in {".json", ".schema", ".resource", ""} else "text document"


def _looks_binary(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    sample = head[:4096]
    control = sum(1 for byte in sample if byte < 32 and byte not in {9, 10, 12, 13, 26})  # noqa: PLR2004  # control characters
    return control > len(sample) * 0.01 + 2


def _is_delimited(text: str) -> bool:
    lines = [line for line in text.splitlines()[:6] if line.strip()]
    if len(lines) < 2:  # noqa: PLR2004  # a header and a row
        return False
    # Quoted values may hold further marks, so later lines may have more of them, never fewer.
    return any(mark in lines[0] and all(line.count(mark) >= lines[0].count(mark) for line in lines[1:]) for mark in (",", ";", "\t", "|"))


def _beginning(head: bytes) -> str:
    for mark, codec in _BOMS:
        if head.startswith(mark):
            return head.decode(codec, "replace")
    try:
        return head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start > len(head) - 4 and len(head) == _HEAD:
            return head[: error.start].decode("utf-8")
    return head.decode("gb18030", "replace")


def read_text(data: bytes) -> tuple[str, str, bool, tuple[str, ...]]:
    """Decode a whole text by its mark or by proof · 解码文本.

    Parameters
    ----------
    data
        The whole file.

    Returns
    -------
    tuple
        Text, name of the encoding, whether it is certain, and the encodings that fit.
    """
    for mark, codec in _BOMS:
        if data.startswith(mark):
            name = "UTF-8 with BOM" if codec == "utf-8-sig" else "UTF-16"
            return data.decode(codec, "replace"), name, True, (name,)
    lines = list(dict.fromkeys(line for line in data.split(b"\n") if not line.isascii()))[:5000]
    proof = prove_encoding(lines)
    text = data.decode(proved_codec(proof), "replace")
    return text, proof.encoding, proof.proved, proof.candidates
