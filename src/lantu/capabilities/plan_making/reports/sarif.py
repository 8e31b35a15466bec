"""The run as SARIF 2.1.0, for programs that collect findings · SARIF报告."""

from __future__ import annotations

import hashlib
import json
import urllib.parse
from collections import Counter
from typing import TYPE_CHECKING, Any

from lantu.capabilities.plan_making.reports.summaries import theme_name
from lantu.capabilities.plan_making.reports.wording import say
from lantu.capabilities.plan_making.run_records import write_atomically
from lantu.vocabulary.findings import Outcome, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lantu.capabilities.plan_making.run_records import CheckRun, FindingRecord, RuleRecord
    from lantu.vocabulary.text import Language, Text

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {Severity.MANDATORY: "error", Severity.MAJOR: "error", Severity.MINOR: "warning", Severity.NOTICE: "note"}


def write_sarif(run: CheckRun, path: Path, language: Language) -> Path:
    """Write the run as SARIF · 写出SARIF.

    Parameters
    ----------
    run
        The run.
    path
        File to write.
    language
        Language of the texts; the other stands in the properties.

    Returns
    -------
    pathlib.Path
        `path`.
    """
    write_atomically(path, render_sarif(run, language).encode())
    return path


def render_sarif(run: CheckRun, language: Language) -> str:
    """Give the run as SARIF text · 生成SARIF文本.

    Parameters
    ----------
    run
        The run.
    language
        Language of the texts.

    Returns
    -------
    str
        Ends with a line feed.
    """
    codes = sorted({*run.rules, *(record.code for record in run.findings)})
    numbers = {code: index for index, code in enumerate(codes)}
    document = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "Lantu",
                        "version": run.run["program"]["version"],
                        "language": "zh-CN" if language == "zh" else "en-US",
                        "rules": [_rule(code, run.rules.get(code), language) for code in codes],
                    }
                },
                "automationDetails": {"id": f"lantu/{run.run['city']['code']}/{run.run['id']}"},
                "columnKind": "unicodeCodePoints",
                "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": list(_unchecked(run, numbers, language))}],
                "results": list(_results(run, numbers, language)),
                "properties": {"run": dict(run.run), "verdict": run.verdict.value},
            }
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def fingerprints(run: CheckRun) -> list[str]:
    """Name every finding so that a later run of the same fault has the same name · 问题指纹.

    What was measured is left out: a fault that has grown is still the same fault. A finding without
    features is told from others by the metre it stands at.

    Parameters
    ----------
    run
        The run.

    Returns
    -------
    list of str
        One per finding, all different, 32 hexadecimal digits.
    """
    met: Counter[str] = Counter()
    names = []
    for record in run.findings:
        place = "" if record.features or record.bounds is None else ",".join(str(round(value)) for value in record.bounds)
        key = "\x1f".join([record.code, record.unit, record.layer, *record.features, place])
        met[key] += 1
        names.append(hashlib.sha256(f"{key}\x1e{met[key]}".encode()).hexdigest()[:32])
    return names


def _rule(code: str, rule: RuleRecord | None, language: Language) -> dict[str, Any]:
    if rule is None:
        return {"id": code}
    remedy = f"{say('remedy').speak(language)}: {rule.remedy.speak(language)}"
    source = f"{say('source').speak(language)}: {rule.source.speak(language)}"
    return {
        "id": code,
        "shortDescription": {"text": rule.title.speak(language)},
        "fullDescription": {"text": rule.title.speak(language)},
        "help": {
            "text": f"{rule.title.speak(language)}\n{remedy}\n{source}",
            "markdown": f"**{rule.title.speak(language)}**\n\n{remedy}\n\n{source}",
        },
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {
            "severity": rule.severity.value,
            "tags": [rule.theme, theme_name(rule.theme).speak(language)],
            "title": rule.title.as_json(),
            "remedy": rule.remedy.as_json(),
            "reference": rule.reference,
        },
    }


def _results(run: CheckRun, numbers: dict[str, int], language: Language) -> Iterator[dict[str, Any]]:
    packages = {unit.code: unit.package or unit.code for unit in run.units}
    for record, fingerprint in zip(run.findings, fingerprints(run), strict=True):
        yield {
            "ruleId": record.code,
            "ruleIndex": numbers[record.code],
            "level": LEVELS[record.severity],
            "message": {"text": f"{record.message.speak(language)} {record.remedy.speak(language)}"},
            "locations": [_location(record, packages.get(record.unit, record.unit))],
            "partialFingerprints": {"lantu/v1": fingerprint},
            "properties": {
                "severity": record.severity.value,
                "local_unit": record.unit,
                "layer": record.layer,
                "features": list(record.features),
                "measured": record.measured,
                "limit": record.limit,
                "unit": record.unit_of_measure,
                "message": record.message.as_json(),
                "remedy": record.remedy.as_json(),
                **({"bounds": list(record.bounds), "crs": run.crs} if record.bounds else {}),
            },
        }


def _location(record: FindingRecord, package: str) -> dict[str, Any]:
    logical = [
        {"name": feature, "fullyQualifiedName": f"{record.unit}/{record.layer}/{feature}", "kind": "feature"} for feature in record.features
    ] or [{"name": record.layer or record.unit, "fullyQualifiedName": f"{record.unit}/{record.layer}".rstrip("/"), "kind": "layer"}]
    return {"physicalLocation": {"artifactLocation": {"uri": urllib.parse.quote(package)}}, "logicalLocations": logical}


def _unchecked(run: CheckRun, numbers: dict[str, int], language: Language) -> Iterator[dict[str, Any]]:
    for record in run.outcomes:
        if record.outcome is Outcome.NOT_CHECKED:
            reason: Text = record.reason or say("not_checked")
            notification: dict[str, Any] = {
                "level": "warning",
                "message": {"text": f"{record.code} {run.unit_name(record.unit).speak(language)}: {reason.speak(language)}"},
                "properties": {"outcome": record.outcome.value, "local_unit": record.unit, "reason": reason.as_json()},
            }
            if record.code in numbers:
                notification["associatedRule"] = {"id": record.code, "index": numbers[record.code]}
            yield notification
