// <lt-chart><script type="application/json">{ECharts option}</script></lt-chart>
import { BarChart, LineChart, PieChart, ScatterChart } from "echarts/charts";
import {
  AriaComponent,
  DatasetComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
} from "echarts/components";
import { init, use, type ECharts, type EChartsCoreOption } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([
  BarChart,
  LineChart,
  PieChart,
  ScatterChart,
  AriaComponent,
  DatasetComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
  SVGRenderer,
]);

/** A chart whose option the server computed; drawn as SVG, in the colours of the page. */
class LantuChart extends HTMLElement {
  #chart: ECharts | undefined;
  #watch: ResizeObserver | undefined;
  readonly #dark = window.matchMedia("(prefers-color-scheme: dark)");
  readonly #redraw = (): void => this.#draw();

  connectedCallback(): void {
    this.#draw();
    this.#watch = new ResizeObserver(() => this.#chart?.resize());
    this.#watch.observe(this);
    this.#dark.addEventListener("change", this.#redraw);
  }

  disconnectedCallback(): void {
    this.#watch?.disconnect();
    this.#dark.removeEventListener("change", this.#redraw);
    this.#chart?.dispose();
    this.#chart = undefined;
  }

  #draw(): void {
    const source = this.querySelector('script[type="application/json"]')?.textContent;
    if (!source) return;
    this.#chart?.dispose();
    let place = this.querySelector<HTMLElement>(".lt-chart-place");
    if (!place) {
      place = document.createElement("div");
      place.className = "lt-chart-place";
      this.append(place);
    }
    const chinese = document.documentElement.lang.startsWith("zh");
    const style = getComputedStyle(this);
    const token = (name: string): string => style.getPropertyValue(name).trim();
    const ink = token("--lt-ink");
    const quiet = token("--lt-ink-quiet");
    const line = token("--lt-line");
    const axis = {
      axisLine: { lineStyle: { color: line } },
      axisTick: { show: false },
      axisLabel: { color: quiet },
      splitLine: { lineStyle: { color: line } },
      nameTextStyle: { color: quiet },
    };
    this.#chart = init(
      place,
      {
        color: [1, 2, 3, 4, 5, 6].map((number) => token(`--lt-series-${number}`)),
        backgroundColor: "transparent",
        textStyle: { fontFamily: style.fontFamily, color: ink },
        legend: { textStyle: { color: ink } },
        categoryAxis: axis,
        valueAxis: axis,
        timeAxis: axis,
        tooltip: { backgroundColor: token("--lt-surface"), borderColor: line, textStyle: { color: ink } },
      },
      { renderer: "svg", locale: chinese ? "ZH" : "EN" },
    );
    this.#chart.setOption({ animationDuration: 300, aria: { enabled: true }, ...(JSON.parse(source) as EChartsCoreOption) });
    // The library describes what it draws; where it says nothing, the element's own label stands.
    if (!place.getAttribute("aria-label")) place.setAttribute("aria-label", this.getAttribute("aria-label") ?? (chinese ? "图表" : "Chart"));
  }
}

customElements.define("lt-chart", LantuChart);
