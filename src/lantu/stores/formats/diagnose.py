"""Intake: what a delivery is, file by file, with every repair proved · 入库诊断."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.stores.formats.diagnosis import Expectations
from lantu.stores.formats.discover import deliveries
from lantu.stores.formats.guard import diagnose_guarded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from lantu.stores.formats.diagnosis import FileDiagnosis, IntakeProfile
    from lantu.stores.formats.discover import Delivery
    from lantu.vocabulary.layer_definitions import LayerVocabulary


def diagnose(  # noqa: PLR0913  # all but the path are named at every call
    path: Path,
    *,
    vocabulary: LayerVocabulary,
    profile: IntakeProfile | None = None,
    read: bool = True,
    guarded: bool = True,
    classifications: Mapping[str, frozenset[str]] | None = None,
    recall: Callable[[Delivery], FileDiagnosis | None] | None = None,
) -> list[FileDiagnosis]:
    """Say of every data file what it is, what is wrong, and what could be repaired with proof · 诊断文件.

    Nothing is written beside the delivery, and nothing is kept of a file that cannot be read. Reading
    happens in a process of its own with limits of time and memory, so that a damaged file cannot take
    the program down.

    Parameters
    ----------
    path
        A file, a folder, or an archive of these.
    vocabulary
        Layers and fields that are known.
    profile
        What the city expects; None diagnoses without expectation.
    read
        Whether to hand the features back; the diagnosis is the same without.
    guarded
        Whether to read in a process of its own; False is for callers that already are one.
    classifications
        Codes by name of land-use classification; None takes those of the standards.
    recall
        Gives what was found in a file before, where it has not changed since; None for a file that has to be read.

    Returns
    -------
    list of FileDiagnosis
        One per data file or document, in order of path.

    Raises
    ------
    InputUnreadable
        If `path` does not exist.
    """
    if profile is not None and (profile.table_aliases or profile.field_aliases):
        vocabulary = vocabulary.extended(profile.table_aliases, profile.field_aliases)
    expectations = Expectations(vocabulary, profile, read, _codes() if classifications is None else classifications)
    result: list[FileDiagnosis] = []
    with deliveries(path) as found:
        for delivery in found:
            if delivery.refused is not None:
                result.append(delivery.refused)
            elif recall is not None and (known := recall(delivery)) is not None:
                result.append(known)
            elif guarded:
                result.append(diagnose_guarded(delivery, expectations))
            else:
                from lantu.stores.formats.reading import diagnose_one  # noqa: PLC0415  # GDAL is heavy, and mostly only the guarded process needs it

                result.append(diagnose_one(delivery, expectations))
    return result


def _codes() -> Mapping[str, frozenset[str]]:
    from lantu.standards.classifications import load_classifications  # noqa: PLC0415  # tables are read when codes are judged

    return {name: frozenset(classification.codes) for name, classification in load_classifications().items()}
