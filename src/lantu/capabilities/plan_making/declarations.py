"""What a package declares in its tables, texts and metadata · 成果包的申报内容."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lantu.vocabulary.findings import Problem, Severity
from lantu.vocabulary.plans import DeclaredFigure, NamedItem, Plan
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Rows = list[list[Any]]

_LEVELS = {"市级": "municipal", "县级": "county", "乡镇级": "township", "乡级": "township"}
_KINDS = {"总体规划": "master", "详细规划": "detailed", "专项规划": "special"}
_NUMBER = r"(?P<value>\d[\d,]*(?:\.\d+)?)"


@dataclass(frozen=True, slots=True)
class Subjects:
    """The quantities a city speaks of, by all their names · 指标名称对照.

    Parameters
    ----------
    names
        Canonical subject by every name it goes under.
    units
        The unit each is stated in where a table leaves it out.
    """

    names: Mapping[str, str]
    units: Mapping[str, str]

    @classmethod
    def from_profile(cls, package: Mapping[str, Any]) -> Subjects:
        """Read the subjects that a city profile names · 由城市配置读取.

        Parameters
        ----------
        package
            The profile's ``package`` section.

        Returns
        -------
        Subjects
            Empty where the profile names none.
        """
        records = package.get("subjects", {})
        names = {name: key for key, record in records.items() for name in (key, *record.get("zh", ()), *record.get("en", ()))}
        return cls(names, {key: record.get("unit", "") for key, record in records.items()})


def figures_in_table(rows: Rows, subjects: Subjects, locator: str) -> tuple[list[DeclaredFigure], list[Problem]]:
    """Read the indicator table · 读取规划指标表.

    Parameters
    ----------
    rows
        Cells by row; the header names 指标, 数值, 单位 and 年份.
    subjects
        Names of quantities.
    locator
        File and sheet, as people find them.

    Returns
    -------
    tuple
        The figures, and a problem for each row that is no figure.
    """
    figures: list[DeclaredFigure] = []
    problems: list[Problem] = []
    for row_number, record in records(rows, ("指标", "数值")):
        subject = subjects.names.get(str(record.get("指标", "")).strip())
        value = number(record.get("数值"))
        if subject is None or value is None:
            problems.append(
                Problem(
                    "IN90",
                    Severity.MINOR,
                    Text(f"Row {row_number} of {locator} is not understood: {record}.", f"{locator}第{row_number}行无法识别：{record}。"),
                    Text("Use a subject of the city profile and a plain number.", "请使用城市配置中的指标名称，并填写数值。"),
                )
            )
            continue
        year = number(record.get("年份"))
        unit = str(record.get("单位") or subjects.units.get(subject, "")).strip()
        figures.append(DeclaredFigure(subject, value, unit, "table", f"{locator} row {row_number}", None if year is None else int(year)))
    return figures, problems


def figures_in_text(text: str, subjects: Subjects, locator: str) -> list[DeclaredFigure]:
    """Read the figures that a plan's text states in sentences · 从文本中提取指标数值.

    Only a subject's own name, followed within the same clause by a number and a unit of area, people or share, is
    taken; everything else in the text is left alone.

    Parameters
    ----------
    text
        The text of the plan.
    subjects
        Names of quantities.
    locator
        The document, as people find it.

    Returns
    -------
    list of DeclaredFigure
        In the order of the text.
    """
    units = r"(?P<unit>平方公里|平方千米|km²|万亩|公顷|亩|平方米/人|万立方米|亿立方米|万人|公里/平方公里|人|%|倍)"
    figures: dict[int, DeclaredFigure] = {}
    taken: set[int] = set()
    # The longest name first, so that 建设用地 never takes what was said of 城乡建设用地.
    for name, subject in sorted(subjects.names.items(), key=lambda item: -len(item[0])):
        if name.isascii():
            continue
        for match in re.finditer(rf"{re.escape(name)}(?:[^\d。；;\n]|\d{{4}}年){{0,30}}?{_NUMBER}\s*{units}", text):
            if taken.isdisjoint(range(match.start(), match.start() + len(name))):
                taken.update(range(match.start(), match.start() + len(name)))
                paragraph = text.count("\n", 0, match.start()) + 1
                value = float(match["value"].replace(",", ""))
                figures[match.start()] = DeclaredFigure(subject, value, match["unit"], "text", f"{locator} paragraph {paragraph}")
    return [figures[start] for start in sorted(figures)]


def items_in_table(rows: Rows, locator: str) -> tuple[list[NamedItem], list[Problem]]:
    """Read the lists of named things · 读取要素落实清单.

    Parameters
    ----------
    rows
        Cells by row; the header names 清单, 名称, 级别, 宽度, 经度 and 纬度.
    locator
        File and sheet.

    Returns
    -------
    tuple
        The items, and a problem for each row without list or name.
    """
    items: list[NamedItem] = []
    problems: list[Problem] = []
    for row_number, record in records(rows, ("清单", "名称")):
        list_name, name = str(record.get("清单") or "").strip(), str(record.get("名称") or "").strip()
        if not list_name or not name:
            problems.append(
                Problem(
                    "IN91",
                    Severity.MINOR,
                    Text(f"Row {row_number} of {locator} names no list or no item.", f"{locator}第{row_number}行缺少清单或名称。"),
                    Text("Fill both columns, or delete the row.", "请补全两列，或删除该行。"),
                )
            )
            continue
        items.append(
            NamedItem(
                list_name,
                name,
                str(record.get("级别") or "").strip(),
                number(record.get("宽度")),
                number(record.get("经度")),
                number(record.get("纬度")),
            )
        )
    return items, problems


def metadata_in_table(rows: Rows) -> dict[str, str]:
    """Read the metadata record · 读取元数据.

    Parameters
    ----------
    rows
        Cells by row; first column the item, second its value.

    Returns
    -------
    dict of str to str
        Values by item, blanks trimmed.
    """
    two = 2
    pairs = (row[:two] for row in rows if len(row) >= two and row[0] is not None)
    return {str(key).strip(): "" if value is None else str(value).strip() for key, value in pairs}


def plan_from_metadata(metadata: Mapping[str, str]) -> Plan | None:
    """Make the plan that a metadata record speaks of · 由元数据构造规划版本.

    Parameters
    ----------
    metadata
        As delivered.

    Returns
    -------
    Plan or None
        None where not even a number or a name is given.
    """
    name, number = metadata.get("规划名称", ""), metadata.get("规划编号", "")
    if not name and not number:
        return None
    return Plan(
        id=number or name,
        name=name,
        level=_LEVELS.get(metadata.get("规划层级", ""), metadata.get("规划层级", "")),
        kind=_KINDS.get(metadata.get("规划类型", ""), metadata.get("规划类型", "")),
        owner_unit=metadata.get("板块代码", ""),
        statutory_approver=metadata.get("审批机关", ""),
        version=metadata.get("版本", ""),
        parent_plan=metadata.get("上位规划", ""),
        parent_version=metadata.get("上位规划版本", ""),
        base_year=_year(metadata.get("基期年")),
        target_year=_year(metadata.get("目标年")),
        in_force_from=_day(metadata.get("生效日期")),
        in_force_until=_day(metadata.get("失效日期")),
    )


def records(rows: Rows, needed: tuple[str, ...]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Read rows under the first row that carries every needed column name · 按表头读取各行.

    Parameters
    ----------
    rows
        Cells by row.
    needed
        Column names that make a row the header.

    Yields
    ------
    tuple of int and dict
        Row number as people count, and values by column name; blank rows are passed over.
    """
    header: list[str] | None = None
    for row_number, row in enumerate(rows, start=1):
        cells = ["" if cell is None else str(cell).strip() for cell in row]
        if header is None:
            if all(name in cells for name in needed):
                header = cells
            continue
        if any(cells):
            yield row_number, dict(zip(header, row, strict=False))


def number(value: object) -> float | None:
    """Read a cell as a number · 单元格取数.

    Parameters
    ----------
    value
        A number, or a text that may hold thousands separators.

    Returns
    -------
    float or None
        None where it is blank or no number.
    """
    if isinstance(value, int | float):
        return float(value)
    try:
        return float(str(value).replace(",", "").strip()) if value not in (None, "") else None
    except ValueError:
        return None


def _year(value: str | None) -> int | None:
    match = re.search(r"\d{4}", value or "")
    return int(match[0]) if match else None


def _day(value: str | None) -> Any:  # noqa: ANN401  # date or None
    import datetime as dt  # noqa: PLC0415  # only metadata with dates needs it

    match = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", (value or "").strip()[:10])
    return dt.date(int(match[1]), int(match[2]), int(match[3])) if match else None
