"""Look at files before anything is done with them · 文件诊断."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lantu.capabilities.plan_making.cities import profile_only
from lantu.capabilities.plan_making.packages import code_sets, vocabulary_of
from lantu.stores.formats.diagnose import diagnose
from lantu.vocabulary.findings import SEVERITY_NAMES
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lantu.stores.formats.diagnosis import FileDiagnosis
    from lantu.vocabulary.text import Language

_LABELS = {
    "format": Text("format", "格式"),
    "encoding": Text("encoding", "编码"),
    "crs": Text("CRS", "坐标系"),
    "layer": Text("layer", "图层"),
    "features": Text("features", "要素数"),
    "repaired": Text("repaired", "已修复"),
    "unknown": Text("unknown", "未知"),
}


def diagnose_files(paths: Sequence[Path], profile: str, language: Language) -> tuple[dict[str, Any], str, int]:
    """Diagnose files, folders and archives · 诊断文件.

    Parameters
    ----------
    paths
        What to look at.
    profile
        City profile that coordinates and names are held against.
    language
        Language of the text.

    Returns
    -------
    tuple
        The JSON document of the issue's shape, the same as text, and the number of problems.
    """
    city = profile_only(profile)
    vocabulary = vocabulary_of(city.profile)
    found = [
        item
        for path in paths
        for item in diagnose(path, vocabulary=vocabulary, profile=city.intake, classifications=code_sets(city.profile))
    ]
    text = "\n\n".join(_as_text(item, language) for item in found)
    return {"files": [item.as_json() for item in found]}, text, sum(len(item.problems) for item in found)


def _as_text(item: FileDiagnosis, language: Language) -> str:
    def label(name: str) -> str:
        return _LABELS[name].speak(language)

    lines = [f"{item.path}", f"  {label('format')}: {item.format}"]
    if item.encoding:
        lines.append(f"  {label('encoding')}: {item.encoding}")
    if item.layers:
        crs = f"{item.crs.code} ({item.crs.how}, {item.crs.certainty:.0%})" if item.crs.code else label("unknown")
        lines.append(f"  {label('crs')}: {crs}")
    lines += [
        f"  {label('layer')}: {layer.name_in_file} → {layer.recognised_as or label('unknown')}, "
        f"{label('features')}: {layer.features}, {layer.geometry_type or '–'}"
        for layer in item.layers
    ]
    lines += [f"  {label('repaired')} {repair.code}: {repair.message.speak(language)}" for repair in item.repairs]
    for problem in item.problems:
        weight = SEVERITY_NAMES[problem.severity].speak(language)
        lines.append(f"  [{weight}] {problem.code}: {problem.message.speak(language)}\n    → {problem.remedy.speak(language)}")
    return "\n".join(lines)
