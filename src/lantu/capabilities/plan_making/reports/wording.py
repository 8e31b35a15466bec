"""The words of every report, in both languages · 报告用语."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

THEME_NAMES: Mapping[str, Text] = MappingProxyType(
    {
        "package": Text("Package", "成果完整性"),
        "spatial_reference": Text("Spatial reference", "空间参考"),
        "attributes": Text("Attributes", "属性"),
        "logic": Text("Logic", "逻辑"),
        "geometry": Text("Geometry", "图形"),
        "topology": Text("Topology", "拓扑"),
        "changes": Text("Changes", "变更"),
        "figures": Text("Figures", "图数一致"),
        "control_lines": Text("Control lines", "三条控制线"),
        "transmission": Text("Transmission", "上下传导"),
    }
)

WORDS: Mapping[str, Text] = MappingProxyType(
    {
        "title": Text("Plan check report", "规划成果审查报告"),
        "subtitle": Text("{city} · as of {today}", "{city} · 截至{today}"),
        "invented": Text("Invented data", "虚构数据"),
        "schematic": Text("Schematic map", "示意图"),
        "verdict_failed": Text("Does not pass", "不通过"),
        "verdict_passed": Text("Passes", "通过"),
        "verdict_not_checked": Text("Not fully checked", "未完成检查"),
        "sentence_failed": Text(
            "{failed} of {asked} checks failed, with {findings} in {units}. {unchecked} could not be made.",
            "{asked}项检查中{failed}项不通过，涉及{units}、{findings}；{unchecked}项未能检查。",
        ),
        "sentence_passed": Text("All {asked} checks passed.", "{asked}项检查全部通过。"),
        "sentence_not_checked": Text(
            "Nothing failed, but {unchecked} of {asked} checks could not be made: this is not a pass.",
            "未发现问题，但{asked}项检查中有{unchecked}项未能进行，不能视为通过。",
        ),
        "overview": Text("Overview", "总览"),
        "matrix": Text("Units and themes", "板块与类别"),
        "matrix_hint": Text(
            "The number is that of findings. Choose a cell to see them; “?” and hatching mark how many checks could not be made.",
            "数字为问题数。点选单元格查看；“？”与斜线表示未能检查的项数。",
        ),
        "explorer": Text("Map and findings", "地图与问题"),
        "findings": Text("Findings", "问题清单"),
        "finding": Text("Finding", "问题"),
        "compliance": Text("Answer to the plan above", "落实情况"),
        "compliance_hint": Text(
            "Each clause of the plan above, in its own words, and what the unit's plan gives.",
            "逐条列出上位规划原文及本板块规划的落实结果。",
        ),
        "areas": Text("Areas", "面积统计"),
        "areas_hint": Text(
            "Ellipsoidal areas, rounded once from unrounded values. A row marked * takes the rounding difference, so that columns add up.",
            "椭球面积，由未取整值一次取整。标*的行承担取整差，使各列之和等于合计。",
        ),
        "unchecked": Text("Not checked", "未检查"),
        "unchecked_hint": Text("What could not be decided, and why. None of it counts as a pass.", "未能判定的检查及原因，均不视为通过。"),
        "rules": Text("Checks", "检查规则"),
        "versions": Text("Versions", "版本"),
        "unit": Text("Unit", "板块"),
        "theme": Text("Theme", "类别"),
        "code": Text("Code", "代码"),
        "check": Text("Check", "检查"),
        "requirement": Text("Requirement", "要求"),
        "severity": Text("Severity", "严重程度"),
        "layer": Text("Layer", "图层"),
        "features": Text("Features", "要素"),
        "measured": Text("Measured", "实测"),
        "limit": Text("Limit", "限值"),
        "unit_of_measure": Text("Unit of measure", "计量单位"),
        "message": Text("Description", "问题描述"),
        "remedy": Text("Way out", "整改建议"),
        "source": Text("Source", "依据"),
        "outcome": Text("Outcome", "结论"),
        "reason": Text("Reason", "原因"),
        "number": Text("No.", "序号"),
        "all": Text("All", "全部"),
        "all_units": Text("All units", "全部板块"),
        "all_checks": Text("All checks", "全部检查"),
        "search": Text("Search text or feature id", "搜索描述或要素标识"),
        "sort": Text("Order", "排序"),
        "sort_severity": Text("Heaviest first", "按严重程度"),
        "sort_unit": Text("By unit", "按板块"),
        "sort_code": Text("By code", "按代码"),
        "sort_measured": Text("Largest first", "按实测值"),
        "clear": Text("Clear filters", "清除筛选"),
        "shown": Text("{shown} of {all} findings", "共{all}处，显示{shown}处"),
        "none_shown": Text("No finding matches.", "没有符合条件的问题。"),
        "none_found": Text("Nothing was found.", "未发现问题。"),
        "one_place": Text("{count} at one place", "同一位置{count}处"),
        "choose": Text("Choose a finding in the list or on the map.", "请在清单或地图上选择一处问题。"),
        "zoom_to": Text("Show on map", "在地图上显示"),
        "previous": Text("Previous", "上一处"),
        "next": Text("Next", "下一处"),
        "no_place": Text("no place", "无位置"),
        "place": Text("Place", "位置"),
        "north_east": Text("X (north) {north} · Y (east) {east}", "X（北）{north} · Y（东）{east}"),
        "zoom_in": Text("Zoom in", "放大"),
        "zoom_out": Text("Zoom out", "缩小"),
        "whole_city": Text("Whole city", "全市"),
        "legend": Text("Legend", "图例"),
        "map_label": Text(
            "Map of findings. Arrow keys move, plus and minus zoom, 0 shows the whole city.",
            "问题分布图。方向键平移，加减键缩放，0键显示全市。",
        ),
        "map_note": Text("Outlines are simplified here; the GeoPackage holds them in full.", "此处图形经简化，完整图形见GeoPackage。"),
        "clause": Text("Clause", "条款"),
        "quotation": Text("Clause in its own words", "条款原文"),
        "subject": Text("Subject", "指标或名录"),
        "required": Text("Required", "要求值"),
        "verdict": Text("Verdict", "落实情况"),
        "binding": Text("Kind", "性质"),
        "binding_yes": Text("binding", "约束性"),
        "binding_no": Text("expected", "预期性"),
        "class": Text("Class", "分类"),
        "area_m2": Text("Area (m², unrounded)", "面积（m²，未取整）"),
        "hectares": Text("Hectares", "公顷"),
        "mu": Text("Mu", "亩"),
        "subtotal": Text("Subtotal", "小计"),
        "total": Text("Total", "合计"),
        "run_id": Text("Run", "运行编号"),
        "program": Text("Program", "程序"),
        "rule_set": Text("Rule set", "规则库"),
        "city": Text("City", "城市"),
        "crs": Text("Coordinate system", "坐标系"),
        "today": Text("As of", "截至"),
        "parameters": Text("Parameters", "参数"),
        "layer_versions": Text("Layer versions", "图层版本"),
        "content_hash": Text("Content hash", "内容哈希"),
        "package": Text("Package", "成果包"),
        "units_concerned": Text("Units", "板块"),
        "other_language": Text("中文", "English"),
        "skip": Text("Skip to findings", "跳至问题清单"),
        "print_cut": Text(
            "Findings printed: {shown}, left out: {left}; the workbook holds all.",
            "已打印{shown}处，其余{left}处从略，完整清单见工作簿。",
        ),
        "more": Text("… and {left} more, all in the workbook and the GeoPackage.", "……另有{left}处，完整清单见工作簿与GeoPackage。"),
        "no_findings_unit": Text("No finding in this unit.", "本板块未发现问题。"),
        "passed": Text("passed", "通过"),
        "failed": Text("failed", "不通过"),
        "not_checked": Text("not checked", "未检查"),
        "cell_label": Text(
            "{unit}, {theme}: findings {findings}; checks: {passed} passed, {failed} failed, {unchecked} not checked",
            "{unit}，{theme}：{findings}处问题；检查：{passed}项通过，{failed}项不通过，{unchecked}项未检查",
        ),
        "checks_count": Text("{count} checks", "{count}项检查"),
        "contents": Text("Contents", "目录"),
    }
)


def say(key: str, **values: object) -> Text:
    """Give one wording with its placeholders filled · 取用语.

    Parameters
    ----------
    key
        Key of `WORDS`.
    **values
        One value per placeholder.

    Returns
    -------
    Text
        Both languages.

    Examples
    --------
    >>> say("shown", shown=3, all=9).en
    '3 of 9 findings'
    """
    return WORDS[key].format(**values) if values else WORDS[key]
