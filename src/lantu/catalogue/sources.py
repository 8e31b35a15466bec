"""Documents that several checks follow from, each cited in one way · 规则依据的统一引文."""

from __future__ import annotations

from lantu.vocabulary.text import Text

DATABASE_NORM = Text("市级国土空间总体规划数据库规范(试行) 2021-03", "《市级国土空间总体规划数据库规范（试行）》（2021-03）")
MASTER_PLAN_GUIDE = Text("市级国土空间总体规划编制指南(试行) 2020-09", "《市级国土空间总体规划编制指南（试行）》（2020-09）")
MASTER_PLAN_GUIDE_ANNEX = Text(
    "市级国土空间总体规划编制指南（试行）2020-09, Annex", "《市级国土空间总体规划编制指南（试行）》（2020-09）附录"
)
LAND_USE_GUIDE = Text("国土空间调查、规划、用途管制用地用海分类指南 2023-11", "《国土空间调查、规划、用途管制用地用海分类指南》（2023-11）")
THREE_LINES_OPINION = Text("中办国办 2019", "中办国办（2019）")
LINES_DO_NOT_CROSS = Text(
    "中办国办 2019 (关于在国土空间规划中统筹划定落实三条控制线的指导意见): the lines do not cross, overlap or conflict",
    "中办国办《关于在国土空间规划中统筹划定落实三条控制线的指导意见》（2019）：三条控制线不交叉、不重叠、不冲突",
)
SEALED_LINES = Text("三区三线 sealed version 2022", "“三区三线”2022年封库版")
REDLINE_NOTICE = Text.of("自然资发〔2022〕142号")
BOUNDARY_NOTICE = Text.of("自然资发〔2023〕193号")
DYNAMIC_MAINTENANCE = Text(
    "Dynamic maintenance of plan databases (动态维护), practice of filing WHQ, WHH and WHC",
    "规划数据库动态维护，报送WHQ、WHH、WHC图层的惯例",
)
PLAN_REVIEW = Text("Practice of plan review: maps, text and figures agree (图文数一致)", "规划审查惯例：图文数一致")
QUALITY_LIMITS = Text(
    "Lantu's quality limits, after the numeric defaults of a planning QC programme",
    "蓝图质量限值，参照一款规划质检软件的默认数值",
)
PROPOSED_QUALITY_LIMITS = Text("Lantu's quality limits (proposal)", "蓝图质量限值（建议）")
TOLERANCE_POLICY = Text("Lantu's tolerance policy (proposal)", "蓝图容差规则（建议）")
SYNERGY_CHECKS = Text("Lantu's synergy checks (proposal)", "蓝图协同检查（建议）")


def database_norm(chapter: int) -> Text:
    """Cite a chapter of the norm of plan databases · 引用数据库规范的章.

    Parameters
    ----------
    chapter
        Its number.

    Returns
    -------
    Text
        The citation.
    """
    return Text(f"{DATABASE_NORM.en}, chapter {chapter}", f"{DATABASE_NORM.zh}第{chapter}章")


def land_law(articles: str) -> Text:
    """Cite articles of the Land Administration Law of 2019 · 引用土地管理法条款.

    Parameters
    ----------
    articles
        Their numbers, such as ``16``, ``16, 23`` or ``33-35``.

    Returns
    -------
    Text
        The citation.

    Examples
    --------
    >>> land_law("33-35").zh
    '《土地管理法》（2019）第33至35条'
    """
    return Text(f"土地管理法 (2019) Art. {articles}", f"《土地管理法》（2019）{_articles(articles)}")


def farmland_regulation(articles: str) -> Text:
    """Cite articles of the regulation on basic farmland · 引用基本农田保护条例条款.

    Parameters
    ----------
    articles
        Their numbers, as in `land_law`.

    Returns
    -------
    Text
        The citation.
    """
    return Text(f"基本农田保护条例 Art. {articles}", f"《基本农田保护条例》{_articles(articles)}")


def land_survey_items(table: str) -> Text:
    """Cite check items of the third national land survey · 引用第三次全国国土调查检查项.

    Parameters
    ----------
    table
        File of ``standards/rules`` in which they stand.

    Returns
    -------
    Text
        The citation.
    """
    return Text(
        f"Check items of the third national land survey, as taught (training sheet); standards/rules/{table}",
        f"第三次全国国土调查检查项（据培训材料）；standards/rules/{table}",
    )


def together(*sources: Text) -> Text:
    """Cite several documents one after the other · 并列引用.

    Parameters
    ----------
    *sources
        The citations.

    Returns
    -------
    Text
        All of them, in order.
    """
    return Text("; ".join(source.en for source in sources), "；".join(source.zh for source in sources))


def _articles(numbers: str) -> str:
    return f"第{numbers.replace(', ', '、').replace('-', '至')}条"
