"""Columns of a recognised layer: canonical names, declared types, classification version · 字段识别."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from lantu.stores.formats.messages import repaired, tell
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.stores.formats.diagnosis import FileDiagnosis
    from lantu.vocabulary.layer_definitions import FieldDefinition, LayerDefinition

_TEN_BYTES = 10
_CLASSIFICATION = "@classification"
_KINDS = {"text": Text("text", "文本"), "integer": Text("integer", "整数"), "real": Text("number", "数值"), "date": Text("date", "日期")}


def canonical_table(table: pa.Table, definition: LayerDefinition, diagnosis: FileDiagnosis, layer: str) -> tuple[pa.Table, dict[str, str]]:
    """Rename columns to the names of the vocabulary and give them their declared types · 字段规范化.

    Parameters
    ----------
    table
        Attributes as in the file.
    definition
        What the layer is.
    diagnosis
        Gets problems and repairs appended.
    layer
        Name of the layer in messages.

    Returns
    -------
    tuple
        The table, and the names in the file by canonical name. Columns that no definition knows, and second
        columns for one field, keep their names.
    """
    chosen: dict[str, str] = {}
    meant: dict[str, FieldDefinition] = {}
    # A column that spells a name in full goes before one that was cut.
    for full in (True, False):
        for original in table.column_names:
            field = definition.field_for(original)
            if field is None or original in meant or field.name in chosen or _is_full(original, field) != full:
                continue
            chosen[field.name] = original
            meant[original] = field
            if not full:
                repaired(diagnosis, "RP06", layer=layer, field=original, full=field.label)
    columns: dict[str, pa.ChunkedArray] = {}
    for original in table.column_names:
        field = meant.get(original)
        name = field.name if field else _free_name(original, chosen, original)
        columns[name] = table.column(original) if field is None else _typed(table.column(original), field, original, diagnosis, layer)
        if field is None:
            _report_cut(original, definition, diagnosis, layer)
    return (pa.table(columns) if columns else table), chosen


def _is_full(original: str, field: FieldDefinition) -> bool:
    return original.strip().upper() in {field.name.upper(), *(alias.upper() for alias in field.aliases)}


def _free_name(original: str, chosen: Mapping[str, str], fallback: str) -> str:
    # A stranger must not sit on the name of a field that another column was recognised as.
    return f"{fallback}_in_file" if original in chosen else original


def _report_cut(original: str, definition: LayerDefinition, diagnosis: FileDiagnosis, layer: str) -> None:
    short = original.strip().upper()
    if len(short.encode("gbk", "replace")) < _TEN_BYTES - 1:
        return
    candidates = sorted(
        {
            alias
            for field in definition.fields.values()
            for alias in field.aliases
            if alias.upper().startswith(short) and alias.upper() != short
        }
    )
    if len(candidates) > 1:
        tell(diagnosis, "IN31", layer=layer, field=original, candidates=", ".join(candidates))


def _typed(column: pa.ChunkedArray, field: FieldDefinition, original: str, diagnosis: FileDiagnosis, layer: str) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_null(kind):
        return column.cast({"text": pa.large_string(), "integer": pa.int64(), "real": pa.float64(), "date": pa.date32()}[field.kind])
    is_text = pa.types.is_large_string(kind) or pa.types.is_string(kind)
    is_number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    if field.kind == "text" and is_number:
        return _number_to_text(column, field, original, diagnosis, layer)
    if field.kind in {"integer", "real"} and is_text:
        return _text_to(column, pa.float64() if field.kind == "real" else pa.int64(), field.kind, original, diagnosis, layer)
    if field.kind == "integer" and pa.types.is_floating(kind):
        return _whole(column)
    if field.kind == "date":
        return _dated(column, original, diagnosis, layer, is_text=is_text)
    return column


def _whole(column: pa.ChunkedArray) -> pa.ChunkedArray:
    try:
        return column.cast(pa.int64())
    except pa.ArrowInvalid:
        return column


def _number_to_text(
    column: pa.ChunkedArray, field: FieldDefinition, original: str, diagnosis: FileDiagnosis, layer: str
) -> pa.ChunkedArray:
    whole = _whole(column)
    texts = whole.cast(pa.large_string())
    if not pa.types.is_integer(whole.type):
        tell(diagnosis, "IN33", layer=layer, field=original, count=len(column), kind=_KINDS["text"], sample=_sample(texts))
        return column
    if field.domain == _CLASSIFICATION:
        tell(diagnosis, "IN32", layer=layer, field=original, sample=_sample(texts))
    else:
        repaired(diagnosis, "RP08", layer=layer, features=len(column), field=original, found=_KINDS["real"], kind=_KINDS["text"])
    return texts


def _sample(texts: pa.ChunkedArray) -> str:
    valid = texts.drop_null()
    return str(valid[0].as_py())[:40] if len(valid) else ""


def _text_to(  # noqa: PLR0913, PLR0917  # as its neighbours, and the type wanted
    column: pa.ChunkedArray, kind: pa.DataType, wanted: str, original: str, diagnosis: FileDiagnosis, layer: str
) -> pa.ChunkedArray:
    trimmed = pc.utf8_trim_whitespace(column)
    filled = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, trimmed.type), trimmed)
    try:
        numbers = filled.cast(kind)
    except pa.ArrowInvalid:
        bad = [value for value in filled.to_pylist() if value is not None and not _is_number(value, wanted)]
        if bad:
            tell(diagnosis, "IN33", layer=layer, field=original, count=len(bad), kind=_KINDS[wanted], sample=bad[0][:40])
            return column
        numbers = pa.chunked_array([pa.array([None if value is None else float(value) for value in filled.to_pylist()], pa.float64())])
    repaired(diagnosis, "RP08", layer=layer, features=len(column), field=original, found=_KINDS["text"], kind=_KINDS[wanted])
    return numbers


def _is_number(value: str, wanted: str) -> bool:
    try:
        number = float(value)
    except ValueError:
        return False
    return wanted == "real" or number.is_integer()


def _dated(column: pa.ChunkedArray, original: str, diagnosis: FileDiagnosis, layer: str, *, is_text: bool) -> pa.ChunkedArray:
    if pa.types.is_timestamp(column.type):
        return column.cast(pa.date32(), safe=False)
    if not is_text:
        return column
    digits = pc.replace_substring_regex(pc.utf8_trim_whitespace(column), r"^(\d{4})[-/.年]?(\d{2})[-/.月]?(\d{2})日?( .*|T.*)?$", r"\1\2\3")
    plain = pc.if_else(pc.match_substring_regex(digits, r"^\d{8}$"), digits, pa.scalar(None, digits.type))
    dates = pc.strptime(plain, format="%Y%m%d", unit="s", error_is_null=True).cast(pa.date32())
    # Empty texts are no dates, but nothing is lost with them.
    lost = pc.and_(pc.and_(pc.is_valid(column), pc.not_equal(pc.utf8_trim_whitespace(column), "")), pc.is_null(dates))
    count = int(pc.sum(lost).as_py() or 0)
    if count:
        tell(diagnosis, "IN33", layer=layer, field=original, count=count, kind=_KINDS["date"], sample=_sample(column.filter(lost)))
        return column
    if len(dates) and dates.null_count < len(dates):
        repaired(diagnosis, "RP08", layer=layer, features=len(dates), field=original, found=_KINDS["text"], kind=_KINDS["date"])
    return dates


def judge_classification(  # noqa: PLR0913  # the last three are named at every call
    table: pa.Table,
    definition: LayerDefinition,
    classifications: Mapping[str, frozenset[str]],
    diagnosis: FileDiagnosis,
    *,
    layer: str,
    source_names: Mapping[str, str],
    default: str = "",
) -> str:
    """Find the classification that the codes of a layer belong to · 判定地类分类版本.

    A version is proved by codes that only it has. Where the codes fit several, the default of the
    city is taken if it is among them; without one it is a question.

    Parameters
    ----------
    table
        Attributes with canonical names.
    definition
        What the layer is.
    classifications
        Codes by name of classification.
    diagnosis
        Gets problems appended.
    layer
        Name of the layer in messages.
    source_names
        Names in the file by canonical name.
    default
        Classification that the city uses.

    Returns
    -------
    str
        Name of the classification, empty where there are no codes or they do not tell.
    """
    field = next((item for item in definition.fields.values() if item.domain == _CLASSIFICATION and item.name in table.column_names), None)
    if field is None or not classifications:
        return ""
    counted = pc.value_counts(table.column(field.name).cast(pa.large_string()).combine_chunks())
    counts = {str(item["values"]).strip(): int(item["counts"]) for item in counted.to_pylist() if item["values"] is not None}
    counts.pop("", None)
    if not counts:
        return ""
    original = source_names.get(field.name, field.name)
    missing = {name: sum(count for code, count in counts.items() if not _known(code, codes)) for name, codes in classifications.items()}
    least = min(missing.values())
    best = [name for name, count in missing.items() if count == least]
    total = sum(counts.values())
    if least == total:
        sample = next(iter(counts))
        tell(diagnosis, "IN18", layer=layer, field=original, count=total, classification=" / ".join(classifications), sample=sample)
        return default
    if len(best) > 1:
        if default in best:
            return default
        differing = {code for code in counts if len({code in classifications[name] for name in best}) > 1}
        note = Text("", "") if not differing else Text(f"{min(differing)} differs; ", f"{min(differing)}含义不同；")
        tell(diagnosis, "IN17", layer=layer, field=original, candidates=", ".join(best), same_code_note=note)
        return ""
    if least:
        sample = next(code for code in counts if not _known(code, classifications[best[0]]))
        tell(diagnosis, "IN18", layer=layer, field=original, count=least, classification=best[0], sample=sample)
    return best[0]


def _known(code: str, codes: frozenset[str]) -> bool:
    # Detailed plans write mixed use as 0701/0902: every part must be a code.
    return all(part in codes for part in code.split("/"))
