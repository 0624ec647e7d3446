// <svod-chart data-label="…" data-type="bar"> over a <table>: the first column are the names of
// the points, each other column is a series; `data-value` of a cell is what is drawn, its text is
// told. When some headings have `data-series` only these are drawn; a pie draws the first one of
// them, or the first `data-total` column beside them. `data-tone` on a heading or on a row's name
// is its colour. A click on a point follows the link of its cell, or of its row. Types: bar,
// stacked, rows, line, pie, doughnut. The table stays, for those who read it and without the script.
import type { ActiveElement, Chart as ChartOf, ChartConfiguration, ChartDataset, TooltipItem } from "chart.js";
import { SvodElement, define } from "../lib/element";
import { h } from "../lib/dom";

const PLAIN = ["--sv-accent", "--sv-success-text", "--sv-danger-text", "--sv-warning-text"];
const TONES = ["blue", "teal", "amber", "purple", "green", "pink", "cyan", "orange", "indigo", "lime", "red", "grey"];
const ROUND = new Set(["pie", "doughnut"]);
const ROW_HEIGHT = 30;
const AROUND = 90;

type Cell = HTMLTableCellElement;
type Kind = "bar" | "line" | "pie" | "doughnut";

interface Series {
  head: Cell;
  cells: (Cell | undefined)[];
}

class TableChart extends SvodElement {
  private chart: ChartOf | undefined;
  private theme: MutationObserver | undefined;

  protected attach(): void {
    this.setAttribute("hx-morph-skip", "");
    void this.draw();
    // The theme is an attribute of the page; the colours of a canvas do not follow it.
    this.theme = new MutationObserver(() => void this.redraw());
    this.theme.observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
  }

  protected override detach(): void {
    this.theme?.disconnect();
    this.clear();
  }

  private clear(): void {
    this.chart?.destroy();
    this.chart = undefined;
    this.querySelector(".rp-chart")?.remove();
  }

  private async redraw(): Promise<void> {
    if (!this.alive) return;
    this.clear();
    await this.draw();
  }

  private async draw(): Promise<void> {
    const lib = await import("chart.js");
    const table = this.querySelector("table");
    if (!this.alive || this.chart || !table) return;
    lib.Chart.register(
      lib.BarController, lib.BarElement, lib.LineController, lib.LineElement, lib.PointElement,
      lib.PieController, lib.DoughnutController, lib.ArcElement,
      lib.CategoryScale, lib.LinearScale, lib.Legend, lib.Tooltip,
    );
    lib.Chart.defaults.font.family = getComputedStyle(this).fontFamily;
    const canvas = h("canvas", { role: "img", "aria-label": this.dataset.label ?? "" });
    const frame = h("div", { class: "rp-chart" }, canvas);
    const rows = [...(table.tBodies[0]?.rows ?? [])];
    if (this.type === "rows") frame.style.height = `${Math.max(rows.length * ROW_HEIGHT + AROUND, 160)}px`;
    this.prepend(frame);
    this.chart = new lib.Chart(canvas, this.config(table, rows));
  }

  private get type(): string {
    return this.dataset.type ?? "bar";
  }

  private get kind(): Kind {
    return this.type === "line" || this.type === "pie" || this.type === "doughnut" ? this.type : "bar";
  }

  private config(table: HTMLTableElement, rows: HTMLTableRowElement[]): ChartConfiguration {
    const series = this.series(table, rows);
    const color = this.colour("--sv-text");
    return {
      type: this.kind,
      data: { labels: rows.map((row) => words(row.cells[0])), datasets: series.map((one, at) => this.dataset_(one, at, rows, series.length)) },
      options: {
        animation: false,
        maintainAspectRatio: false,
        indexAxis: this.type === "rows" ? "y" : "x",
        ...(!ROUND.has(this.type) && { scales: this.scales() }),
        plugins: {
          legend: { display: ROUND.has(this.type) || series.length > 1, position: ROUND.has(this.type) ? "right" : "bottom", labels: { color, boxWidth: 14, boxHeight: 14 } },
          tooltip: { callbacks: { label: (item: TooltipItem<Kind>) => told(item, series) } },
        },
        onClick: (_event, points) => follow(points, series, rows),
        onHover: (_event, points, chart) => {
          chart.canvas.style.cursor = points.length && linkOf(points, series, rows) ? "pointer" : "";
        },
      },
    } as ChartConfiguration;
  }

  private scales() {
    const stacked = this.type === "stacked";
    const numbers = { ...this.scale(), beginAtZero: true, stacked };
    const names = { ...this.scale(), stacked };
    return this.type === "rows" ? { x: numbers, y: names } : { x: names, y: numbers };
  }

  private scale() {
    return { ticks: { color: this.colour("--sv-text-soft"), precision: 0 }, grid: { color: this.colour("--sv-line") } };
  }

  private series(table: HTMLTableElement, rows: HTMLTableRowElement[]): Series[] {
    const heads = [...(table.tHead?.rows[0]?.cells ?? [])].slice(1);
    const marked = heads.filter((head) => head.hasAttribute("data-series"));
    const totals = heads.filter((head) => head.hasAttribute("data-total"));
    const shown = ROUND.has(this.type) ? [...totals, ...marked, ...heads].slice(0, 1) : marked.length ? marked : heads;
    return shown.map((head) => ({ head, cells: rows.map((row) => row.cells[head.cellIndex]) }));
  }

  private dataset_({ head, cells }: Series, at: number, rows: HTMLTableRowElement[], count: number): ChartDataset {
    const data = cells.map((cell) => (cell?.dataset.value ? Number(cell.dataset.value) : this.type === "line" ? null : 0));
    const own = this.seriesColour(head, at);
    const each = rows.map((row, place) => this.rowColour(row, place, own));
    const byRow = ROUND.has(this.type) || (count === 1 && this.kind === "bar" && head.hasAttribute("data-series"));
    const background = byRow ? each : own;
    const surface = this.colour("--sv-surface");
    return {
      label: words(head),
      data,
      backgroundColor: background,
      ...(this.kind === "bar" && { borderRadius: 3, maxBarThickness: 56 }),
      ...(this.kind === "line" && { borderColor: own, borderWidth: 2, pointRadius: 3, pointHitRadius: 12, tension: 0.2, spanGaps: true }),
      ...(ROUND.has(this.type) && { borderColor: surface, borderWidth: 2 }),
    } as ChartDataset;
  }

  private seriesColour(head: Cell, at: number): string {
    if (!head.hasAttribute("data-series")) return this.colour(PLAIN[at % PLAIN.length] ?? "--sv-accent");
    return this.tone(head.dataset.tone || TONES[at % TONES.length] || "blue");
  }

  /** Bars of one series stay in one colour, unless their names have colours of their own. */
  private rowColour(row: HTMLTableRowElement, at: number, own: string): string {
    const tone = row.cells[0]?.dataset.tone;
    if (tone) return this.tone(tone);
    return ROUND.has(this.type) ? this.tone(TONES[at % TONES.length] ?? "blue") : own;
  }

  private tone(name: string): string {
    return this.probed(h("span", { class: `tone-${name}` }), "--tone-dot");
  }

  private colour(name: string): string {
    return this.probed(h("span", {}), name);
  }

  /** The variable as a colour: `light-dark()` means nothing to a canvas. */
  private probed(probe: HTMLElement, name: string): string {
    probe.style.color = `var(${name})`;
    this.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  }
}

function words(cell: Element | undefined): string {
  return cell?.textContent?.trim() ?? "";
}

function told(item: TooltipItem<Kind>, series: Series[]): string {
  const one = series[item.datasetIndex];
  return `${words(one?.head)}: ${words(one?.cells[item.dataIndex]).replace(/\s+/g, " ")}`;
}

function linkOf(points: ActiveElement[], series: Series[], rows: HTMLTableRowElement[]): HTMLAnchorElement | null {
  const [point] = points;
  if (!point) return null;
  const cell = series[point.datasetIndex]?.cells[point.index];
  return cell?.querySelector("a") ?? rows[point.index]?.cells[0]?.querySelector("a") ?? null;
}

function follow(points: ActiveElement[], series: Series[], rows: HTMLTableRowElement[]): void {
  linkOf(points, series, rows)?.click();
}

define("svod-chart", TableChart);
