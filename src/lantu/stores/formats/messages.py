"""Every problem and every repair that intake can report, in one table · 入库问题与修复一览."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from lantu.vocabulary.findings import Problem, Repair, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.stores.formats.diagnosis import FileDiagnosis


@dataclass(frozen=True, slots=True)
class ProblemCard:
    """A kind of problem: what it says and the way out · 问题类型.

    Parameters
    ----------
    title
        What kind of problem it is.
    severity
        How much it weighs.
    message
        With named placeholders.
    remedy
        The way out; filled from the same values.
    """

    title: Text
    severity: Severity
    message: Text
    remedy: Text


@dataclass(frozen=True, slots=True)
class RepairCard:
    """A kind of repair: what is changed and why it is right · 修复类型.

    Parameters
    ----------
    title
        What kind of repair it is.
    message
        With named placeholders; says the proof.
    """

    title: Text
    message: Text


_MANDATORY, _MAJOR, _MINOR, _NOTICE = Severity.MANDATORY, Severity.MAJOR, Severity.MINOR, Severity.NOTICE

PROBLEMS: Mapping[str, ProblemCard] = MappingProxyType(
    {
        "IN01": ProblemCard(
            Text("Format not recognised", "格式无法识别"),
            _MAJOR,
            Text("The content of the file is of no format that Lantu knows.", "文件内容不属于任何可识别的格式。"),
            Text(
                "Deliver it as GeoPackage, Shapefile, FileGDB, GeoJSON, Excel or coordinate TXT.",
                "请以GeoPackage、Shapefile、FileGDB、GeoJSON、Excel或坐标TXT提交。",
            ),
        ),
        "IN02": ProblemCard(
            Text("Empty file", "空文件"),
            _MANDATORY,
            Text("The file has no content (0 bytes).", "文件没有内容（0字节）。"),
            Text("Export it again and compare the sizes after copying.", "请重新导出，并在拷贝后核对文件大小。"),
        ),
        "IN03": ProblemCard(
            Text("File cannot be read", "文件无法读取"),
            _MANDATORY,
            Text("The file looks like {format} but cannot be read: {reason}.", "文件形似{format}，但无法读取：{reason}。"),
            Text("Export it again from the program that made it.", "请用原软件重新导出。"),
        ),
        "IN04": ProblemCard(
            Text("Reader crashed", "读取程序崩溃"),
            _MANDATORY,
            Text(
                "Reading the file stopped the reading process ({reason}); nothing was taken from it.",
                "读取该文件时读取进程异常终止（{reason}）；未采用其任何内容。",
            ),
            Text("The file is damaged: export it again, or convert it to GeoPackage.", "文件已损坏：请重新导出或转换为GeoPackage。"),
        ),
        "IN05": ProblemCard(
            Text("Reading took too long", "读取超时"),
            _MANDATORY,
            Text(
                "Reading was stopped after {limit_s} s of computing or waiting, far beyond what a file of {size_mb} MB needs.",
                "读取运算或等待超过{limit_s}秒被终止，远超{size_mb} MB文件所需时间。",
            ),
            Text("The file is damaged: export it again, or split it.", "文件可能已损坏：请重新导出或拆分。"),
        ),
        "IN06": ProblemCard(
            Text("Reading took too much memory", "读取占用内存过多"),
            _MANDATORY,
            Text(
                "Reading was stopped at {limit_mb} MB of memory, far beyond what a file of {size_mb} MB needs.",
                "读取内存达{limit_mb} MB被终止，远超{size_mb} MB文件所需。",
            ),
            Text("The file is damaged: export it again, or split it.", "文件可能已损坏：请重新导出或拆分。"),
        ),
        "IN07": ProblemCard(
            Text("Encoding ambiguous", "编码不明确"),
            _MAJOR,
            Text(
                "No encoding is declared and the texts fit {candidates} about equally; read as {encoding}, for example “{sample}”.",
                "未声明编码，文本用{candidates}均可解读；暂按{encoding}读取，例如“{sample}”。",
            ),
            Text("Say which encoding is right: add a .cpg file with its name.", "请确认编码：添加写明编码的.cpg文件。"),
        ),
        "IN08": ProblemCard(
            Text("Declared encoding is wrong", "声明的编码有误"),
            _MAJOR,
            Text(
                "The encoding declared by {source} is {declared}, but the texts cannot be read with it.",
                "{source}声明编码为{declared}，但文本无法按此解读。",
            ),
            Text("Correct the declaration or export the table again.", "请更正声明或重新导出属性表。"),
        ),
        "IN09": ProblemCard(
            Text("Unreadable characters", "存在无法解读的字符"),
            _MAJOR,
            Text(
                "Field {field} holds bytes that {encoding} does not have; they stand as �; values: {count}.",
                "字段{field}有{count}个值含{encoding}以外的字节，以�代替。",
            ),
            Text(
                "Deliver these values again; texts cut in the middle of a character are the usual cause.",
                "请重新提交这些值；常因字符被截断所致。",
            ),
        ),
        "IN10": ProblemCard(
            Text("CRS unknown", "坐标系未知"),
            _MANDATORY,
            Text(
                "No CRS is declared, and coordinates from ({west}, {south}) to ({east}, {north}) fit {candidates}.",
                "未声明坐标系；坐标范围（{west}，{south}）至（{east}，{north}），可能的坐标系：{candidates}。",
            ),
            Text(
                "Say which CRS it is: add a .prj or deliver as GeoPackage with its CRS.",
                "请明确坐标系：补交.prj，或提交带坐标系的GeoPackage。",
            ),
        ),
        "IN11": ProblemCard(
            Text("CRS inferred", "坐标系系推断"),
            _NOTICE,
            Text(
                "No CRS is declared; by the size of its coordinates the file is in {crs} (certainty {certainty}).",
                "未声明坐标系；按坐标数值大小推断为{crs}（把握{certainty}）。",
            ),
            Text("Confirm it, and declare the CRS in the file.", "请确认，并在文件中声明坐标系。"),
        ),
        "IN12": ProblemCard(
            Text("Coordinates contradict the declared CRS", "坐标与声明的坐标系矛盾"),
            _MANDATORY,
            Text(
                "The file declares {declared}, but its coordinates ({x}, {y}) cannot be of it{hint}.",
                "文件声明{declared}，但坐标（{x}，{y}）不可能属于该坐标系{hint}。",
            ),
            Text(
                "Correct the declared CRS, or reproject the data; do not only overwrite the label.",
                "请更正坐标系声明或重新投影；不要仅改标签。",
            ),
        ),
        "IN13": ProblemCard(
            Text("Axes look swapped", "坐标轴疑似颠倒"),
            _MANDATORY,
            Text(
                "First and second coordinate look swapped (first {x}, second {y}), which their size alone does not prove.",
                "第一、第二坐标疑似颠倒（先{x}，后{y}），但仅凭数值不能断定。",
            ),
            Text("Deliver with east first and north second, or declare the CRS.", "请按先东后北的次序提交，或声明坐标系。"),
        ),
        "IN14": ProblemCard(
            Text("CRS not accepted", "坐标系不符合要求"),
            _MAJOR,
            Text("The data are in {crs}; accepted are {accepted}.", "数据坐标系为{crs}；要求为{accepted}。"),
            Text("Reproject the data with the official parameters.", "请按法定参数转换坐标系。"),
        ),
        "IN15": ProblemCard(
            Text("Outside the city", "超出城市范围"),
            _MAJOR,
            Text(
                "The data lie at {west}–{east}°E, {south}–{north}°N, outside the extent of the city.",
                "数据位于东经{west}–{east}°、北纬{south}–{north}°，超出城市范围。",
            ),
            Text("Check zone, central meridian and axis order.", "请核对带号、中央经线与坐标轴次序。"),
        ),
        "IN16": ProblemCard(
            Text("GCJ-02 suspected", "疑似GCJ-02坐标"),
            _MANDATORY,
            Text(
                "The label says {crs}, but {matched_share} of the vertices near the border fall on it only "
                "after the GCJ-02 shift is taken back "
                "(as delivered {plain_share}); the data are probably in GCJ-02, off by about {shift_m} m.",
                "标签为{crs}，但边界附近顶点有{matched_share}仅在扣除GCJ-02偏移后才与界线吻合（原样吻合{plain_share}）；"
                "数据很可能为GCJ-02坐标，偏移约{shift_m}米。",
            ),
            Text(
                "Deliver the data in CGCS2000 from the original source, not from a web map.",
                "请提交CGCS2000原始数据，不要使用互联网地图坐标。",
            ),
        ),
        "IN17": ProblemCard(
            Text("Classification version ambiguous", "地类分类版本不明确"),
            _MAJOR,
            Text(
                "The codes of field {field} all exist in {candidates}; {same_code_note}the data do not tell which is meant.",
                "字段{field}的编码在{candidates}中均存在；{same_code_note}数据本身不能判定版本。",
            ),
            Text("State the classification and its version in the metadata.", "请在元数据中注明分类标准及版本。"),
        ),
        "IN18": ProblemCard(
            Text("Codes of no classification", "编码不属于任何分类"),
            _MAJOR,
            Text(
                "Field {field} carries codes that {classification} does not have, such as {sample}; features: {count}.",
                "{count}个要素字段{field}的编码不在{classification}中，如{sample}。",
            ),
            Text("Correct the codes, or name the classification they come from.", "请改正编码，或说明其分类标准。"),
        ),
        "IN19": ProblemCard(
            Text("Curves", "含曲线"),
            _MAJOR,
            Text(
                "Curved edges (arcs) were read as chords, so areas differ slightly from the drawing; features: {count}.",
                "{count}个要素含弧段；读取时以弦线代替，面积与原图略有差异。",
            ),
            Text("Densify the curves before delivery, as the norm asks.", "请按规范在提交前将弧段加密为折线。"),
        ),
        "IN20": ProblemCard(
            Text("Mixed geometry types", "图形类型混杂"),
            _MAJOR,
            Text("The layer mixes geometry types: {types}.", "图层混有多种图形类型：{types}。"),
            Text("Deliver one layer per type.", "请按类型分图层提交。"),
        ),
        "IN21": ProblemCard(
            Text("Wrong geometry type", "图形类型不符"),
            _MAJOR,
            Text("The layer holds {found}, but a layer {layer_name} holds {expected}.", "图层为{found}，而{layer_name}应为{expected}。"),
            Text("Deliver the layer with its prescribed geometry type.", "请按规定的图形类型提交。"),
        ),
        "IN22": ProblemCard(
            Text("Empty layer", "空图层"),
            _MAJOR,
            Text("The layer has no feature.", "图层没有要素。"),
            Text(
                "Deliver the features, or leave the layer out and say that there are none.", "请补交要素；确无要素时不提交该图层并予说明。"
            ),
        ),
        "IN23": ProblemCard(
            Text("Null or empty geometry", "空图形"),
            _MAJOR,
            Text("Features without geometry: {count} of {total}.", "{total}个要素中有{count}个没有图形。"),
            Text("Draw the geometry or delete the record.", "请补绘图形或删除记录。"),
        ),
        "IN24": ProblemCard(
            Text("Broken geometry", "图形损坏"),
            _MAJOR,
            Text(
                "Geometries that cannot be built ({reason}) were read as empty: {count}.",
                "{count}个图形无法构成（{reason}），按空图形读取。",
            ),
            Text(
                "Redraw these features; a polygon needs at least three different points per ring.",
                "请重绘这些要素；面的每个环至少需三个不同的点。",
            ),
        ),
        "IN25": ProblemCard(
            Text("Impossible coordinates", "坐标值不合理"),
            _MANDATORY,
            Text(
                "Some coordinates are not finite or beyond any place on Earth, such as {sample}; features: {count}.",
                "{count}个要素的坐标非有限数或超出地球范围，如{sample}。",
            ),
            Text("Delete or redraw these features.", "请删除或重绘这些要素。"),
        ),
        "IN26": ProblemCard(
            Text("Attribute table missing", "缺少属性表"),
            _MANDATORY,
            Text("The shapefile has no .dbf: there are geometries but no attributes.", "Shapefile缺少.dbf：有图形而无属性。"),
            Text("Deliver the .dbf of the same name.", "请补交同名.dbf文件。"),
        ),
        "IN27": ProblemCard(
            Text("Part without its main file", "缺少主文件"),
            _MAJOR,
            Text("This is only a part of a data set; {main} is missing.", "这只是数据集的一部分；缺少{main}。"),
            Text("Deliver the data set with all its parts.", "请提交数据集的全部文件。"),
        ),
        "IN28": ProblemCard(
            Text("File cut off", "文件不完整"),
            _MANDATORY,
            Text(
                "{part} is cut off: {readable} of {declared} records can be read.", "{part}不完整：{declared}条记录中仅{readable}条可读。"
            ),
            Text("Copy or export the file again; the missing records cannot be restored.", "请重新拷贝或导出；缺失记录无法恢复。"),
        ),
        "IN29": ProblemCard(
            Text("Geometries and attributes do not match", "图形与属性数量不一致"),
            _MANDATORY,
            Text(
                "There are {shapes} geometries and {records} records of attributes; beyond the first "
                "{kept} pairs one of the two is missing and stands as null.",
                "图形{shapes}个、属性{records}条，数量不一致；前{kept}对之外缺失者记为空。",
            ),
            Text("Export both together again.", "请将二者一并重新导出。"),
        ),
        "IN30": ProblemCard(
            Text("Fields of the same name", "字段重名"),
            _MAJOR,
            Text(
                "The field name {field} occurs {count} times; the later ones were named {renamed}.",
                "字段名{field}出现{count}次；后者改称{renamed}。",
            ),
            Text("Give every field its own name.", "请使字段名唯一。"),
        ),
        "IN31": ProblemCard(
            Text("Field name cut off", "字段名被截断"),
            _MINOR,
            Text("Field {field} looks cut to ten bytes and could be {candidates}.", "字段{field}疑被截为十字节，可能是{candidates}。"),
            Text(
                "Deliver as GeoPackage or FileGDB, or map the name in the city profile.", "请改用GeoPackage或FileGDB，或在城市配置中映射。"
            ),
        ),
        "IN32": ProblemCard(
            Text("Codes stored as numbers", "编码以数值存储"),
            _MAJOR,
            Text(
                "Field {field} holds codes as numbers, so a leading zero is lost (for example {sample}).",
                "字段{field}以数值存储编码，前导零已丢失（如{sample}）。",
            ),
            Text("Deliver codes as text.", "请以文本提交编码。"),
        ),
        "IN33": ProblemCard(
            Text("Field of the wrong type", "字段类型不符"),
            _MAJOR,
            Text(
                "Field {field} holds values that are no {kind}, such as “{sample}”, and was left as it is; values: {count}.",
                "字段{field}有{count}个值不是{kind}，如“{sample}”；该字段保持原样。",
            ),
            Text("Correct the values or deliver the field with its prescribed type.", "请改正取值，或按规定类型提交。"),
        ),
        "IN34": ProblemCard(
            Text("Invalid JSON", "JSON语法错误"),
            _MANDATORY,
            Text(
                "The text is no valid JSON: {reason} at line {line}, column {column}.",
                "文本不是有效的JSON：第{line}行第{column}列，{reason}。",
            ),
            Text("Correct the place, or export the file again.", "请改正该处或重新导出。"),
        ),
        "IN35": ProblemCard(
            Text("Only images inside", "仅含影像"),
            _NOTICE,
            Text("The file holds tiles or rasters only ({names}), no features.", "文件仅含瓦片或栅格（{names}），没有要素。"),
            Text("Nothing to do, unless features were meant to be in it.", "若本应含矢量要素，请补交；否则无需处理。"),
        ),
        "IN36": ProblemCard(
            Text("Archive member refused", "压缩包成员被拒绝"),
            _MANDATORY,
            Text(
                "The archive member {member} points outside the archive; it was not unpacked.", "压缩包成员{member}指向包外路径，未解压。"
            ),
            Text("Pack the files again with plain relative names.", "请以普通相对路径重新打包。"),
        ),
        "IN37": ProblemCard(
            Text("Archive too large when unpacked", "压缩包解压后过大"),
            _MANDATORY,
            Text("The archive was refused: {reason}.", "拒绝该压缩包：{reason}。"),
            Text("Deliver the files unpacked, or in several archives.", "请直接提交文件，或分多个压缩包提交。"),
        ),
        "IN38": ProblemCard(
            Text("Archive damaged", "压缩包损坏"),
            _MANDATORY,
            Text("The archive member {member} cannot be unpacked: {reason}.", "压缩包成员{member}无法解压：{reason}。"),
            Text("Pack again without a password and with common compression.", "请不加密、用通用压缩方式重新打包。"),
        ),
        "IN39": ProblemCard(
            Text("Format not read directly", "不直接读取的格式"),
            _MAJOR,
            Text("{format} is known but not read.", "可识别{format}，但不直接读取。"),
            Text("{way_out}", "{way_out}"),
        ),
        "IN40": ProblemCard(
            Text("Declared count of points differs", "界址点数不符"),
            _MAJOR,
            Text("Parcel {parcel} declares {declared} points and has {actual}.", "地块{parcel}申报界址点{declared}个，实有{actual}个。"),
            Text("Check whether points are missing, then correct the count.", "请核对是否漏点并改正点数。"),
        ),
        "IN41": ProblemCard(
            Text("Declared area differs", "申报面积不符"),
            _MAJOR,
            Text(
                "Parcel {parcel} declares {declared_ha} ha; its boundary points enclose {computed_ha} ha.",
                "地块{parcel}申报面积{declared_ha}公顷，按界址点计算为{computed_ha}公顷。",
            ),
            Text("Check the points, the holes (ring numbers) and the declared area.", "请核对界址点、圈号（内环）与申报面积。"),
        ),
        "IN42": ProblemCard(
            Text("Zone number missing", "缺少带号"),
            _MANDATORY,
            Text(
                "Neither the header nor the coordinates carry a zone number (east {y}), so the central "
                "meridian is unknown; it could be {candidates}.",
                "文件头和坐标均无带号（Y={y}），无法确定中央经线；可能为{candidates}。",
            ),
            Text("Fill in 带号 in the header.", "请在文件头填写带号。"),
        ),
        "IN43": ProblemCard(
            Text("Ring of fewer than three points", "环少于三点"),
            _MANDATORY,
            Text("Ring {ring} of parcel {parcel} has {points} different points.", "地块{parcel}第{ring}圈仅有{points}个不同的点。"),
            Text("Complete the boundary points.", "请补全界址点。"),
        ),
        "IN44": ProblemCard(
            Text("Line not understood", "文本行无法解读"),
            _MAJOR,
            Text("Line {line} cannot be understood: “{sample}” ({count} such lines).", "第{line}行无法解读：“{sample}”（共{count}行）。"),
            Text("A point line reads J1,1,north,east; correct or delete the line.", "界址点行应为“J1,1,X,Y”；请改正或删除。"),
        ),
        "IN45": ProblemCard(
            Text("Zone number contradicts the coordinates", "带号与坐标矛盾"),
            _MANDATORY,
            Text("The header says zone {declared}, the coordinates carry zone {found}.", "文件头带号为{declared}，坐标带号为{found}。"),
            Text("Correct whichever is wrong; both must agree.", "请改正，使二者一致。"),
        ),
        "IN46": ProblemCard(
            Text("Layer not recognised", "图层未识别"),
            _NOTICE,
            Text("No layer of the vocabulary is called {name}.", "图层词汇中没有名为{name}的图层。"),
            Text("Rename it after the norm, or map its name in the city profile.", "请按规范命名，或在城市配置中映射其名称。"),
        ),
        "IN47": ProblemCard(
            Text("Two layers of one kind", "同类图层重复"),
            _MINOR,
            Text("{names} are all recognised as {layer_name}.", "{names}均被识别为{layer_name}。"),
            Text("Deliver one layer of a kind, or say which counts.", "请每类只交一个图层，或说明以哪个为准。"),
        ),
        "IN48": ProblemCard(
            Text("Geometry text cannot be read", "图形文本无法解读"),
            _MAJOR,
            Text(
                "Column {field} holds values that are no geometry, such as “{sample}”; values: {count}.",
                "列{field}有{count}个值不是图形，如“{sample}”。",
            ),
            Text(
                "Correct the text; it is well-known text such as POLYGON ((0 0, 1 0, 1 1, 0 0)).",
                "请改正；应为WKT，如POLYGON ((0 0, 1 0, 1 1, 0 0))。",
            ),
        ),
        "IN49": ProblemCard(
            Text("Table without a header", "表格缺少表头"),
            _MAJOR,
            Text("The table {name} has no line of column names.", "表格{name}没有列名行。"),
            Text("Put the column names into the first line.", "请在首行填写列名。"),
        ),
        "IN50": ProblemCard(
            Text("XML with its own entities", "XML含自定义实体"),
            _MANDATORY,
            Text("The XML defines entities, which can blow up when read; it was refused.", "XML定义了实体，读取时可能膨胀，已拒绝。"),
            Text("Export it without a document type.", "请导出不含DOCTYPE的文件。"),
        ),
        "IN51": ProblemCard(
            Text("Layer cannot be read", "图层无法读取"),
            _MANDATORY,
            Text("Layer {name} cannot be read: {reason}.", "图层{name}无法读取：{reason}。"),
            Text("Export this layer again; the others were read.", "请重新导出该图层；其余图层已读取。"),
        ),
        "IN52": ProblemCard(
            Text("More than one CRS in one file", "一个文件含多种坐标系"),
            _MAJOR,
            Text("Layers or features of the file lie in different CRS: {found}.", "文件内图层或要素处于不同坐标系：{found}。"),
            Text("Deliver everything in one CRS.", "请统一坐标系后提交。"),
        ),
        "IN53": ProblemCard(
            Text("Records cannot be read", "部分记录无法读取"),
            _MAJOR,
            Text(
                "The table cannot be read at line {line}: {reason}; lines that cannot be read: {count}.",
                "表格有{count}行无法读取，首处在第{line}行：{reason}。",
            ),
            Text("Correct the lines: every line needs as many values as there are columns.", "请改正：每行的值数应与列数一致。"),
        ),
        "IN54": ProblemCard(
            Text("CRS declaration unreadable", "坐标系声明无法解读"),
            _MAJOR,
            Text("The declared CRS cannot be understood: “{sample}”.", "声明的坐标系无法解读：“{sample}”。"),
            Text("Declare the CRS by an EPSG code or a standard .prj.", "请以EPSG代码或标准.prj声明坐标系。"),
        ),
        "IN55": ProblemCard(
            Text("Separate text of the table missing", "缺少备注文件"),
            _MINOR,
            Text(
                "Field {field} keeps its text in a separate file that is not read; it was left out.",
                "字段{field}的内容存于另一文件，未读取，已略去。",
            ),
            Text("Deliver the text as an ordinary text field.", "请改用普通文本字段。"),
        ),
        "IN56": ProblemCard(
            Text("Header contradicts the content", "文件头与内容矛盾"),
            _MAJOR,
            Text("The header of {part} contradicts its content: {reason}.", "{part}的文件头与内容矛盾：{reason}。"),
            Text("Export the file again and compare.", "请重新导出并核对。"),
        ),
        "IN57": ProblemCard(
            Text("Height datum and heights", "高程基准"),
            _NOTICE,
            Text(
                "The declared CRS is a compound one ({declared}); planning uses its horizontal part {crs}.",
                "声明为复合坐标系（{declared}）；规划采用其平面部分{crs}。",
            ),
            Text("Nothing to do.", "无需处理。"),
        ),
    }
)

REPAIRS: Mapping[str, RepairCard] = MappingProxyType(
    {
        "RP01": RepairCard(
            Text("Index of the shapefile rebuilt", "重建.shx索引"),
            Text(
                "The .shx is {state}; it was rebuilt from the record headers of the .shp, which follow one "
                "another without a gap ({count} records).",
                ".shx{state}；已据.shp中首尾相接的记录头重建（{count}条记录）。",
            ),
        ),
        "RP02": RepairCard(
            Text("Rings closed", "闭合环"),
            Text(
                "Rings whose last point was not the first were closed, as a polygon's ring is by definition; polygons: {count}.",
                "{count}个面的末点不等于首点；面的环按定义闭合，已补首点。",
            ),
        ),
        "RP03": RepairCard(
            Text("Axes put right", "坐标轴复位"),
            Text(
                "First and second coordinate were swapped back: only with east {x} and north {y} do they lie in {crs}.",
                "第一、第二坐标已对调：仅当东坐标为{x}、北坐标为{y}时才落在{crs}内。",
            ),
        ),
        "RP04": RepairCard(
            Text("Zone prefix taken into account", "按带号更正坐标系"),
            Text(
                "Declared was {declared}, but easting {x} {shape}; {crs} is the same datum and meridian with that easting.",
                "声明为{declared}，但东坐标{x}{shape}；{crs}与其基准、中央经线相同且东坐标相符。",
            ),
        ),
        "RP05": RepairCard(
            Text("Encoding proved", "编码经验证确定"),
            Text(
                "{state}; every text decodes as {encoding} and {plausible} of its characters are common "
                "ones, those of other encodings are not.",
                "{state}；全部文本可按{encoding}解读且{plausible}为常用字，其他编码则不然。",
            ),
        ),
        "RP06": RepairCard(
            Text("Field names completed", "补全字段名"),
            Text("Field {field} was cut to ten bytes; only {full} can be meant.", "字段{field}被截为十字节；只可能是{full}。"),
        ),
        "RP07": RepairCard(
            Text("Heights dropped", "去除高程"),
            Text(
                "Heights or measures were left out; plan geometry is planar, and east and north are unchanged; geometries: {count}.",
                "{count}个图形带高程或量度值；规划图形为平面，平面坐标未作改动。",
            ),
        ),
        "RP08": RepairCard(
            Text("Type put right", "更正字段类型"),
            Text(
                "Field {field} came as {found}; every value is a {kind}, so nothing is lost by reading it as such.",
                "字段{field}以{found}提交；全部取值均为{kind}，转换无损。",
            ),
        ),
        "RP09": RepairCard(
            Text("Punctuation made plain", "规整标点"),
            Text(
                "Full-width commas, blanks or digits, which mean the same as the plain ones, were made plain; lines: {count}.",
                "{count}行含全角逗号、空格或数字，与半角同义，已规整。",
            ),
        ),
        "RP10": RepairCard(
            Text("Names in the archive decoded", "解读压缩包文件名"),
            Text(
                "The archive does not declare the encoding of its names; all decode as {encoding}, for example {sample}.",
                "压缩包未声明文件名编码；全部可按{encoding}解读，如{sample}。",
            ),
        ),
        "RP11": RepairCard(
            Text("Deleted records left out", "略去已删除记录"),
            Text("Records that the table itself marks as deleted were left out: {count}.", "{count}条记录在表中已标记删除，未读取。"),
        ),
        "RP12": RepairCard(
            Text("Zone taken from the coordinates", "由坐标确定带号"),
            Text(
                "The header has no zone number; every easting begins with {zone}, which gives {crs}.",
                "文件头缺带号；全部Y坐标以{zone}开头，据此为{crs}。",
            ),
        ),
        "RP13": RepairCard(
            Text("Text re-encoded for reading", "转码后读取"),
            Text(
                "The text is {encoding} where {format} asks for UTF-8; it was converted, which loses nothing.",
                "文本为{encoding}，而{format}要求UTF-8；已无损转换。",
            ),
        ),
        "RP14": RepairCard(
            Text("Header of the file put right", "更正文件头"),
            Text("{part}: {reason}; the records themselves prove the right value.", "{part}：{reason}；以记录本身为准。"),
        ),
        "RP15": RepairCard(
            Text("Field names told apart", "区分重名字段"),
            Text("Field name {field} occurred {count} times; the later ones got a number.", "字段名{field}出现{count}次，后者已加序号。"),
        ),
    }
)


def tell(diagnosis: FileDiagnosis, code: str, *, layer: str = "", **values: object) -> None:
    """Add a problem to a diagnosis · 记录问题.

    Parameters
    ----------
    diagnosis
        Gets the problem appended.
    code
        Key of `PROBLEMS`.
    layer
        Name of the layer in the file, if it concerns one.
    **values
        One value per placeholder of the message.
    """
    card = PROBLEMS[code]
    diagnosis.problems.append(Problem(code, card.severity, card.message.format(**values), card.remedy.format(**values), layer))


def repaired(diagnosis: FileDiagnosis, code: str, *, layer: str = "", features: int = 0, **values: object) -> None:
    """Add a repair to a diagnosis · 记录修复.

    Parameters
    ----------
    diagnosis
        Gets the repair appended.
    code
        Key of `REPAIRS`.
    layer
        Name of the layer in the file, if it concerns one.
    features
        How many features were touched.
    **values
        One value per placeholder of the message.
    """
    diagnosis.repairs.append(Repair(code, REPAIRS[code].message.format(**values), layer, features))
