"""DBF tables, read byte by byte so that nothing is guessed on the way · DBF属性表."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lantu.stores.formats.encodings import codec_of, decodes, driver_codec, nice_name, prove_encoding, proved_codec
from lantu.stores.formats.found import ReadingFailed
from lantu.stores.formats.messages import repaired, tell
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt

    from lantu.stores.formats.diagnosis import FileDiagnosis

_PROLOGUE = 32
_FIELD = 32
_NAME = 11
_TERMINATOR = 0x0D
_DELETED = 0x2A
_MOST_SAMPLES = 3000
_INTEGER_DIGITS = 18
_DECIMAL_COMMA = re.compile(r"-?\d*,\d+\Z")


@dataclass(frozen=True, slots=True)
class _Column:
    name: bytes
    kind: str
    offset: int
    width: int
    decimals: int


@dataclass(frozen=True, slots=True)
class DbfTable:
    """The records of a DBF with its header · DBF内容.

    Parameters
    ----------
    table
        Attributes of every readable record, deleted ones included.
    deleted
        True per record marked as deleted, shape ``(n,)``.
    encoding
        Name of the encoding of its texts.
    """

    table: pa.Table
    deleted: npt.NDArray[np.bool_]
    encoding: str


def read_dbf(path: Path, diagnosis: FileDiagnosis, *, declared: tuple[str, str] | None = None, layer: str = "") -> DbfTable:
    """Read a DBF table · 读取DBF.

    Parameters
    ----------
    path
        The file.
    diagnosis
        Gets problems and repairs appended.
    declared
        Encoding named by another file and that file's name, such as the content of a ``.cpg``.
    layer
        Name of the layer in messages.

    Returns
    -------
    DbfTable
        Every record that is complete.

    Raises
    ------
    ReadingFailed
        If the header is none of a DBF.
    """
    data = path.read_bytes()
    columns, header_length, record_length, declared_count, driver = _header(data, diagnosis, layer)
    count = min(declared_count, max(0, len(data) - header_length) // record_length)
    if count < declared_count:
        tell(diagnosis, "IN28", layer=layer, part=path.name, readable=count, declared=declared_count)
    grid = np.frombuffer(data, dtype=np.uint8, count=count * record_length, offset=header_length).reshape(count, record_length)
    codec = _encoding(columns, grid, (declared, driver), diagnosis, layer)
    names = _names(columns, codec, diagnosis, layer)
    arrays: dict[str, pa.Array] = {}
    for column, name in zip(columns, names, strict=True):
        values = _values(column, grid, codec, name, diagnosis, layer)
        if values is not None:
            arrays[name] = values
    table = pa.table(arrays) if arrays else pa.table({"row": pa.array(np.arange(count))}).select([])
    deleted = np.asarray(grid[:, 0] == _DELETED)
    return DbfTable(table, deleted, nice_name(codec))


def _header(data: bytes, diagnosis: FileDiagnosis, layer: str) -> tuple[list[_Column], int, int, int, int]:
    if len(data) < _PROLOGUE + 1:
        raise ReadingFailed(code="IN03", format="DBF", reason="the header is cut off")
    declared_count, header_length, record_length = struct.unpack_from("<IHH", data, 4)
    if header_length <= _PROLOGUE or header_length > len(data) or record_length == 0:
        raise ReadingFailed(code="IN03", format="DBF", reason="the header has impossible lengths")
    columns: list[_Column] = []
    offset, place = 1, _PROLOGUE
    left_out = 0
    while place + _FIELD <= header_length and data[place] != _TERMINATOR:
        name = data[place : place + _NAME].split(b"\0")[0]
        kind = chr(data[place + 11])
        width, decimals = data[place + 16], data[place + 17]
        if kind == "C" and decimals:
            # Clipper keeps the high byte of a long text's width where decimals stand.
            width += decimals << 8 if offset + width + (decimals << 8) <= record_length else 0
        if offset + width > record_length:
            left_out += 1
        else:
            columns.append(_Column(name, kind, offset, width, decimals))
        offset += width
        place += _FIELD
    if not columns:
        raise ReadingFailed(code="IN03", format="DBF", reason="the header declares no field")
    if left_out or offset != record_length:
        reason = Text(
            f"a record has {record_length} bytes, its fields {offset}; {left_out} fields were left out",
            f"记录长{record_length}字节，字段合计{offset}字节；略去{left_out}个字段",
        )
        tell(diagnosis, "IN56", layer=layer, part="DBF", reason=reason)
    return columns, header_length, record_length, declared_count, data[29]


def _samples(columns: Sequence[_Column], grid: npt.NDArray[np.uint8]) -> list[bytes]:
    samples = [column.name for column in columns]
    for column in columns:
        if column.kind != "C" or not column.width:
            continue
        cells = grid[:, column.offset : column.offset + column.width]
        telling = cells[(cells > 0x7F).any(axis=1)][:_MOST_SAMPLES]  # noqa: PLR2004  # the last byte of ASCII
        # A text that fills its field may end in half a character: that says nothing of the encoding.
        samples += [row.tobytes().split(b"\0")[0].rstrip(b" ") for row in telling]
    return [sample for sample in dict.fromkeys(samples) if not sample.isascii()]


def _encoding(
    columns: Sequence[_Column],
    grid: npt.NDArray[np.uint8],
    declarations: tuple[tuple[str, str] | None, int],
    diagnosis: FileDiagnosis,
    layer: str,
) -> str:
    samples = _samples(columns, grid)
    declared, driver = declarations
    named: list[tuple[str, str, str | None]] = []
    if declared:
        named.append((declared[0], declared[1], codec_of(declared[0])))
    by_driver = driver_codec(driver)
    if by_driver:
        named.append((nice_name(by_driver), f"LDID 0x{driver:02X}", by_driver))
    for spelling, source, codec in named:
        if codec and _mostly_decodes(samples, codec):
            return codec
        if samples or not codec:
            tell(diagnosis, "IN08", layer=layer, source=source, declared=spelling)
    proof = prove_encoding(samples)
    if not proof.proved and len(samples) > 1:
        # Texts cut in the middle of a character must not hide what the others prove.
        whole = [sample for sample in samples if decodes([sample], proved_codec(proof))]
        proof = prove_encoding(whole) if len(whole) > len(samples) // 2 else proof
    codec = proved_codec(proof)
    if not samples:
        return "ascii"
    if proof.proved:
        state = Text("No encoding was declared that fits", "未声明可用的编码") if named else Text("No encoding was declared", "未声明编码")
        repaired(
            diagnosis,
            "RP05",
            layer=layer,
            features=len(grid),
            state=state,
            encoding=proof.encoding,
            plausible=f"{proof.plausible_share:.0%}",
        )
    else:
        candidates = ", ".join(proof.candidates) or "no encoding known"
        tell(diagnosis, "IN07", layer=layer, candidates=candidates, encoding=proof.encoding, sample=samples[0].decode(codec, "replace"))
    return codec


def _mostly_decodes(samples: Sequence[bytes], codec: str) -> bool:
    good = sum(1 for sample in samples if decodes([sample], codec) or decodes([sample[:-1]], codec))
    return good == len(samples) or good >= 0.95 * len(samples) > 19  # noqa: PLR2004  # a stray bad value among many does not refute a label


def _names(columns: Sequence[_Column], codec: str, diagnosis: FileDiagnosis, layer: str) -> list[str]:
    # Names end at a NUL byte, so even a table in UTF-16 has them in single bytes.
    codec = "ascii" if codec.startswith("utf-16") else codec
    decoded = [column.name.decode(codec, "replace").strip() or f"field_{index + 1}" for index, column in enumerate(columns)]
    return unique_names(decoded, diagnosis, layer)


def unique_names(names: Sequence[str], diagnosis: FileDiagnosis, layer: str = "") -> list[str]:
    """Tell fields of the same name apart and report it · 区分重名字段.

    Parameters
    ----------
    names
        Names as in the file.
    diagnosis
        Gets the problem and the repair appended.
    layer
        Name of the layer in messages.

    Returns
    -------
    list of str
        Unique names in the same order; the first of each name keeps it.
    """
    taken: set[str] = set()
    result: list[str] = []
    doubled: dict[str, list[str]] = {}
    for name in names:
        chosen, number = name, 1
        while chosen in taken or (chosen != name and chosen in names):
            number += 1
            chosen = f"{name}_{number}"
        if chosen != name:
            doubled.setdefault(name, []).append(chosen)
        taken.add(chosen)
        result.append(chosen)
    for name, renamed in doubled.items():
        tell(diagnosis, "IN30", layer=layer, field=name, count=len(renamed) + 1, renamed=", ".join(renamed))
        repaired(diagnosis, "RP15", layer=layer, field=name, count=len(renamed) + 1)
    return result


def _values(  # noqa: PLR0913, PLR0917  # column, where it stands, how it reads, where faults go
    column: _Column, grid: npt.NDArray[np.uint8], codec: str, name: str, diagnosis: FileDiagnosis, layer: str
) -> pa.Array | None:
    cells = np.ascontiguousarray(grid[:, column.offset : column.offset + column.width])
    if column.kind in "MGP":
        tell(diagnosis, "IN55", layer=layer, field=name)
        return None
    if column.kind in "NF":
        return _numbers(cells, column, name, diagnosis, layer)
    binary = {("I", 4): "<i4", ("+", 4): "<i4", ("O", 8): "<f8", ("B", 8): "<f8"}.get((column.kind, column.width))
    if binary:
        return pa.array(cells.view(binary).reshape(-1))
    texts = _texts(cells, codec, name, diagnosis, layer)
    if column.kind == "D":
        return _dates(texts)
    if column.kind == "L":
        upper = pc.utf8_upper(texts)
        known = pc.is_in(upper, pa.array(["T", "Y", "F", "N"]))
        return pc.if_else(known, pc.is_in(upper, pa.array(["T", "Y"])), pa.scalar(None, pa.bool_()))
    return texts


def _fixed(cells: npt.NDArray[np.uint8]) -> pa.Array:
    if cells.shape[1] == 0 or cells.shape[0] == 0:
        return pa.array([None] * cells.shape[0], pa.large_binary())
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(cells.shape[1]), cells.shape[0], [None, pa.py_buffer(cells)]).cast(
        pa.large_binary()
    )


def _texts(cells: npt.NDArray[np.uint8], codec: str, name: str, diagnosis: FileDiagnosis, layer: str) -> pa.Array:
    raw = _fixed(cells)
    beyond_ascii = bool(cells.size) and cells.max() > 0x7F  # noqa: PLR2004  # the last byte of ASCII
    has_nul = bool(cells.size) and not cells.all()
    if not beyond_ascii and not has_nul:
        texts = raw.cast(pa.large_string())
    else:
        encoded = raw.dictionary_encode()
        bad: set[int] = set()
        words: list[str] = []
        for index, value in enumerate(encoded.dictionary.to_pylist()):
            content = (value or b"").split(b"\0")[0].rstrip(b" ")
            try:
                words.append(content.decode(codec))
            except UnicodeError:
                bad.add(index)
                words.append(content.decode(codec, "replace"))
        if bad:
            count = int(pc.sum(pc.is_in(encoded.indices, pa.array(sorted(bad), encoded.indices.type))).as_py() or 0)
            tell(diagnosis, "IN09", layer=layer, field=name, count=count, encoding=nice_name(codec))
        texts = pa.array(words, pa.large_string()).take(encoded.indices)
    trimmed = pc.utf8_rtrim(texts, " ")
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.large_string()), trimmed)


def _numbers(cells: npt.NDArray[np.uint8], column: _Column, name: str, diagnosis: FileDiagnosis, layer: str) -> pa.Array:
    safe = np.where((cells > 0x7F) | (cells == 0), np.uint8(0x20), cells)  # noqa: PLR2004  # the last byte of ASCII
    texts = pc.utf8_trim_whitespace(_fixed(np.ascontiguousarray(safe)).cast(pa.large_string()))
    empty = pc.or_(pc.equal(texts, ""), pc.match_substring_regex(texts, r"^\*+$"))
    texts = pc.if_else(empty, pa.scalar(None, pa.large_string()), texts)
    wanted = pa.int64() if column.decimals == 0 and column.width <= _INTEGER_DIGITS else pa.float64()
    for kind in dict.fromkeys((wanted, pa.float64())):
        try:
            return texts.cast(kind)
        except pa.ArrowInvalid:
            continue
    return _odd_numbers(texts, name, diagnosis, layer)


def _odd_numbers(texts: pa.Array, name: str, diagnosis: FileDiagnosis, layer: str) -> pa.Array:
    values: list[float | None] = []
    commas, bad = 0, []
    for text in texts.to_pylist():
        if text is not None and _DECIMAL_COMMA.match(text):
            commas += 1
            values.append(float(text.replace(",", ".")))
            continue
        try:
            values.append(None if text is None else float(text))
        except ValueError:
            bad.append(text)
            values.append(None)
    if commas:
        reason = Text(f"{commas} numbers of field {name} have a decimal comma", f"字段{name}有{commas}个数以逗号作小数点")
        repaired(diagnosis, "RP14", layer=layer, features=commas, part="DBF", reason=reason)
    if bad:
        tell(diagnosis, "IN33", layer=layer, field=name, count=len(bad), kind=Text("number", "数值"), sample=bad[0])
    return pa.array(values, pa.float64())


def _dates(texts: pa.Array) -> pa.Array:
    looks = pc.match_substring_regex(texts, r"^\d{8}$")
    plain = pc.if_else(looks, texts, pa.scalar(None, pa.large_string()))
    parsed = pc.strptime(plain, format="%Y%m%d", unit="s", error_is_null=True).cast(pa.date32())
    # A value that is no date stays as text, so that the check of the field can name it.
    lost = pc.sum(pc.and_(pc.is_valid(texts), pc.is_null(parsed))).as_py() or 0
    return texts if lost else parsed
