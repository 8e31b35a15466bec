/** Every word of the map, in English and Chinese. */
import type { Language, Words } from "./types";

const WORDS = {
  map: { en: "Map. Arrow keys move it, plus and minus zoom, Enter reads the place at the crosshair.", zh: "地图。方向键移动，加减号缩放，回车键查看准星处的内容。" },
  map_right: { en: "Second map, {title}", zh: "第二幅地图：{title}" },
  tools: { en: "Map tools", zh: "地图工具" },
  loading: { en: "Loading the map…", zh: "正在加载地图……" },
  loading_layers: { en: "Loading the layers in force on {date}…", zh: "正在加载{date}有效的图层……" },
  layers_loaded: { en: "{count} {count:layer|layers} in force on {date}.", zh: "{date}有效图层{count}个。" },
  close: { en: "Close", zh: "关闭" },
  close_panel: { en: "Close {title}", zh: "关闭“{title}”" },
  again: { en: "Try again", zh: "重试" },
  zoom_in: { en: "Zoom in", zh: "放大" },
  zoom_out: { en: "Zoom out", zh: "缩小" },
  whole_city: { en: "Whole city", zh: "全市范围" },
  scale: { en: "Scale bar: {length}", zh: "比例尺：{length}" },
  search: { en: "Search", zh: "搜索" },
  search_hint: { en: "Unit, project, parcel number", zh: "板块、项目、地块标识码" },
  search_count: { en: "{count} {count:place|places} found", zh: "找到{count}处" },
  search_none: { en: "Nothing found for “{q}”", zh: "未找到“{q}”" },
  kind_unit: { en: "Unit", zh: "板块" },
  kind_parcel: { en: "Parcel", zh: "地块" },
  kind_project: { en: "Project", zh: "项目" },
  kind_feature: { en: "Feature", zh: "要素" },
  unit: { en: "Unit", zh: "板块" },
  all_units: { en: "All units", zh: "全部板块" },
  unit_shown: { en: "Only {name} is shown clearly.", zh: "仅突出显示{name}。" },
  layers: { en: "Layers", zh: "图层" },
  layers_none: { en: "No layer is in force on this date. Choose another date below.", zh: "该日期没有有效图层，请在下方选择其他日期。" },
  layers_none_ever: { en: "Nothing has been published to the map yet.", zh: "尚未发布任何图层。" },
  opacity: { en: "Opacity", zh: "不透明度" },
  opacity_of: { en: "Opacity of {title}", zh: "“{title}”的不透明度" },
  legend: { en: "Legend", zh: "图例" },
  more_classes: { en: "{count} more", zh: "其余{count}项" },
  version: { en: "Version", zh: "版本" },
  in_force_from: { en: "in force from {date}", zh: "{date}起有效" },
  in_force_between: { en: "in force {from} to {until}", zh: "有效期{from}至{until}" },
  undated: { en: "undated", zh: "未注日期" },
  features: { en: "{count} {count:feature|features}", zh: "{count}个要素" },
  public: { en: "Public", zh: "公开" },
  internal: { en: "Internal", zh: "内部" },
  generalised: { en: "generalised", zh: "已概化" },
  as_of: { en: "As of", zh: "时点" },
  date_slider: { en: "Date of the map", zh: "地图时点" },
  today: { en: "Today", zh: "今天" },
  earlier: { en: "Change before", zh: "上一次变更" },
  later: { en: "Change after", zh: "下一次变更" },
  changes_on: { en: "{date}: {layers}", zh: "{date}：{layers}" },
  identify: { en: "At this place", zh: "此处内容" },
  identify_none: { en: "Nothing of the visible layers lies here.", zh: "可见图层在此处没有要素。" },
  identify_no_layers: { en: "Switch a layer on first; then click a place.", zh: "请先打开图层，再点击地图。" },
  identify_count: { en: "{count} found here", zh: "此处有{count}个要素" },
  area: { en: "Area (ellipsoid)", zh: "椭球面积" },
  show_on_map: { en: "Show on the map", zh: "在地图上显示" },
  query: { en: "Query", zh: "查询统计" },
  layer: { en: "Layer", zh: "图层" },
  conditions: { en: "Conditions", zh: "条件" },
  add_condition: { en: "Add a condition", zh: "增加条件" },
  remove_condition: { en: "Remove condition {number}", zh: "删除第{number}个条件" },
  field: { en: "Field", zh: "字段" },
  operator: { en: "Comparison", zh: "比较" },
  value: { en: "Value", zh: "值" },
  op_eq: { en: "is", zh: "等于" },
  op_ne: { en: "is not", zh: "不等于" },
  op_lt: { en: "below", zh: "小于" },
  op_le: { en: "at most", zh: "不大于" },
  op_gt: { en: "above", zh: "大于" },
  op_ge: { en: "at least", zh: "不小于" },
  op_contains: { en: "contains", zh: "包含" },
  op_starts: { en: "begins with", zh: "开头为" },
  op_in: { en: "is one of", zh: "属于其中" },
  within: { en: "Within", zh: "范围" },
  polygon: { en: "Polygon", zh: "多边形" },
  polygon_none: { en: "No polygon: the whole layer", zh: "未设多边形：整个图层" },
  polygon_set: { en: "Polygon of {area}", zh: "多边形，面积{area}" },
  draw_polygon: { en: "Draw a polygon", zh: "绘制多边形" },
  upload_polygon: { en: "Read a polygon from a file (TXT, zipped SHP, GeoJSON, GeoPackage)", zh: "从文件读取多边形（TXT、SHP压缩包、GeoJSON、GeoPackage）" },
  clear_polygon: { en: "Remove the polygon", zh: "清除多边形" },
  drawing: {
    en: "Click the corners; double-click or Enter ends. By keyboard: move the map with the arrow keys, Space sets a corner at the crosshair, Enter ends, Escape gives up.",
    zh: "依次点击各顶点，双击或回车结束。键盘操作：方向键移动地图，空格在准星处落点，回车结束，Esc放弃。",
  },
  drawn: { en: "Drawn.", zh: "绘制完成。" },
  find: { en: "Find features", zh: "查询要素" },
  count_by: { en: "Statistics by", zh: "统计分组" },
  count_all: { en: "No groups: total only", zh: "不分组：仅合计" },
  statistics: { en: "Statistics", zh: "统计" },
  results: { en: "Results", zh: "结果" },
  results_count: { en: "{returned} of {matched} {matched:feature|features} shown", zh: "共{matched}个要素，显示{returned}个" },
  results_none: { en: "No feature meets the conditions.", zh: "没有符合条件的要素。" },
  more: { en: "Show more", zh: "显示更多" },
  csv: { en: "CSV file", zh: "导出CSV" },
  csv_partial: { en: "The file holds the features shown: {count}.", zh: "文件包含已显示的{count}个要素。" },
  identifier: { en: "Identifier", zh: "标识码" },
  group: { en: "Group", zh: "分组" },
  count: { en: "Features", zh: "要素数" },
  ellipsoidal_ha: { en: "Area on the ellipsoid (ha)", zh: "椭球面积（公顷）" },
  planar_ha: { en: "Planar area (ha)", zh: "平面面积（公顷）" },
  share_column: { en: "Share", zh: "占比" },
  total: { en: "Total", zh: "合计" },
  compare: { en: "Compare", zh: "对比" },
  compare_off: { en: "One map", zh: "单幅" },
  compare_swipe: { en: "Swipe", zh: "卷帘" },
  compare_beside: { en: "Side by side", zh: "并排" },
  compare_how: { en: "How to compare", zh: "对比方式" },
  left: { en: "Left", zh: "左侧" },
  right: { en: "Right", zh: "右侧" },
  swipe_handle: { en: "Position of the curtain", zh: "卷帘位置" },
  difference: { en: "Difference of two versions", zh: "两个版本的差异" },
  from: { en: "From", zh: "旧版本" },
  to: { en: "To", zh: "新版本" },
  show_difference: { en: "Show the difference", zh: "显示差异" },
  one_version: { en: "This layer has one version only; there is nothing to compare.", zh: "该图层仅有一个版本，无可对比。" },
  added: { en: "Brought in", zh: "调入" },
  removed: { en: "Taken out", zh: "调出" },
  changed_shape: { en: "Shape changed", zh: "图形变更" },
  changed_values: { en: "Attributes changed", zh: "属性变更" },
  difference_kind: { en: "Change", zh: "变更" },
  changed_fields: { en: "Fields that differ", zh: "变更字段" },
  difference_none: { en: "The two versions are the same.", zh: "两个版本完全相同。" },
  difference_count: { en: "{count} {count:piece|pieces} of land changed", zh: "{count}处变更" },
  difference_limited: { en: "The list shows the first {count}.", zh: "列表仅显示前{count}处。" },
  measure: { en: "Measure", zh: "量算" },
  measure_distance: { en: "Distance", zh: "距离" },
  measure_area: { en: "Area", zh: "面积" },
  measure_clear: { en: "Clear", zh: "清除" },
  measure_none: { en: "Nothing measured yet.", zh: "尚未量算。" },
  perimeter: { en: "Perimeter", zh: "周长" },
  length: { en: "Length", zh: "长度" },
  measure_formula: {
    en: "On the CGCS2000 ellipsoid. Length is the geodesic (Vincenty). Area is A = |∮ S(φ) dλ| with S(φ) = b²/2 · [sin φ / (1 − e² sin² φ) + artanh(e sin φ) / e]; edges are straight in longitude and latitude.",
    zh: "按CGCS2000椭球计算。长度为大地线长（Vincenty公式）；面积A = |∮ S(φ) dλ|，S(φ) = b²/2 · [sin φ / (1 − e² sin² φ) + artanh(e sin φ) / e]，边在经纬度坐标上为直线。",
  },
  plate: { en: "Print", zh: "出图" },
  plate_title: { en: "Title", zh: "图名" },
  plate_format: { en: "File", zh: "文件格式" },
  plate_paper: { en: "Paper", zh: "纸张" },
  plate_orientation: { en: "Orientation", zh: "方向" },
  portrait: { en: "Portrait", zh: "纵向" },
  landscape: { en: "Landscape", zh: "横向" },
  plate_language: { en: "Language", zh: "语言" },
  plate_make: { en: "Make the map", zh: "生成图件" },
  plate_making: { en: "The map is being drawn…", zh: "正在绘制图件……" },
  plate_ready: { en: "The map is ready: {name}", zh: "图件已生成：{name}" },
  plate_holds: { en: "The plate shows the present extent with the visible layers ({count}), frame, legend, scale bar, source and date.", zh: "图件包含当前范围和{count}个可见图层，附图框、图例、比例尺、资料来源和日期。" },
  plate_no_layers: { en: "Switch on at least one layer to print.", zh: "请至少打开一个图层再出图。" },
  share: { en: "Share", zh: "分享" },
  share_done: { en: "The link to this view is copied.", zh: "已复制当前视图的链接。" },
  share_by_hand: { en: "Copy this link:", zh: "请复制此链接：" },
  findings: { en: "Findings", zh: "问题" },
  findings_count: { en: "{shown} of {all} {all:finding|findings}", zh: "{all}个问题，显示{shown}个" },
  findings_none: { en: "There are no findings.", zh: "没有问题。" },
  check: { en: "Check", zh: "检查项" },
  severity: { en: "Severity", zh: "级别" },
  any: { en: "Any", zh: "不限" },
  in_view: { en: "Only what is on the map now", zh: "仅当前地图范围" },
  unplaced: { en: "no place on the map", zh: "无空间位置" },
  severity_mandatory: { en: "Mandatory", zh: "致命" },
  severity_major: { en: "Major", zh: "重缺陷" },
  severity_minor: { en: "Minor", zh: "轻缺陷" },
  severity_notice: { en: "Notice", zh: "提示" },
  parcel: { en: "Parcel", zh: "地块" },
  parcel_hint: { en: "Draw the parcel or read it from a file; then ask for its compliance sheet.", zh: "绘制地块或从文件读取，然后出具合规性核查单。" },
  parcel_use: { en: "Use this parcel", zh: "使用此地块" },
  parcel_ready: { en: "Parcel of {area}.", zh: "地块面积{area}。" },
  yes: { en: "yes", zh: "是" },
  no: { en: "no", zh: "否" },
  empty: { en: "—", zh: "—" },
} as const satisfies Record<string, Words>;

export type Word = keyof typeof WORDS;

/** Fields whose numbers name something and count nothing. */
const NAMES_NOT_COUNTS = /(^|_)(year|code|identifier|id)$/;

/** Speaks the language of the page. */
export class Speech {
  readonly language: Language;
  readonly #number: Intl.NumberFormat;

  constructor(language: Language) {
    this.language = language;
    this.#number = new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en-GB", { maximumFractionDigits: 2 });
  }

  say(word: Word, values: Record<string, string | number> = {}): string {
    return WORDS[word][this.language].replace(/\{(\w+)(?::(\w+)\|(\w+))?\}/g, (_, name: string, one?: string, many?: string) => {
      const value = values[name];
      if (one && many) return value === 1 ? one : many;
      return typeof value === "number" ? this.number(value) : (value ?? "");
    });
  }

  /** Words by a name that came from elsewhere, such as a severity; the name itself where there are none. */
  named(prefix: string, name: string): string {
    const word = `${prefix}_${name}`;
    return word in WORDS ? this.say(word as Word) : name;
  }

  text(words: Words | string | null | undefined): string {
    if (!words) return "";
    return typeof words === "string" ? words : words[this.language];
  }

  number(value: number, digits?: number): string {
    return digits === undefined ? this.#number.format(value) : new Intl.NumberFormat(this.#number.resolvedOptions().locale, { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value);
  }

  date(iso: string | null): string {
    if (!iso) return this.say("undated");
    const [year, month, day] = iso.slice(0, 10).split("-");
    return this.language === "zh" ? `${year}年${Number(month)}月${Number(day)}日` : iso.slice(0, 10);
  }

  /** m², ha and mu in one line; mu is the farmers' and the law's own measure. */
  area(squareMetres: number): string {
    const mu = this.number((squareMetres * 15) / 10_000);
    const hectares = this.number(squareMetres / 10_000, squareMetres < 100_000 ? 4 : 2);
    return this.language === "zh" ? `${this.number(squareMetres)} m²（${hectares}公顷，${mu}亩）` : `${this.number(squareMetres)} m² (${hectares} ha, ${mu} mu)`;
  }

  metres(length: number): string {
    return length < 1000 ? `${this.number(length)} m` : `${this.number(length / 1000, 3)} km`;
  }

  /** A value of an attribute; years and codes are written without separators, by the name of their field. */
  value(value: unknown, unit: string | null = null, field = ""): string {
    if (value === null || value === undefined || value === "") return this.say("empty");
    if (typeof value === "boolean") return this.say(value ? "yes" : "no");
    const said = typeof value === "number" ? (NAMES_NOT_COUNTS.test(field) ? String(value) : this.number(value)) : typeof value === "object" ? this.text(value as Words) : String(value);
    return unit ? `${said} ${unit.replace(/\bm2\b/, "m²")}` : said;
  }
}
