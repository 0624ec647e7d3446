// <svod-chart data-label="…"> over a <table>: the first column are the names of the points, each
// other column is a row of bars. The table stays, for those who read it and without the script.
import type { Chart as ChartOf } from "chart.js";
import { SvodElement, define } from "../lib/element";
import { h } from "../lib/dom";

const TONES = ["--sv-accent", "--sv-success-text", "--sv-danger-text", "--sv-warning-text"];

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
    const { Chart, BarController, BarElement, CategoryScale, LinearScale, Legend, Tooltip } = lib;
    Chart.register(BarController, BarElement, CategoryScale, LinearScale, Legend, Tooltip);
    const canvas = h("canvas", { role: "img", "aria-label": this.dataset.label ?? "" });
    this.prepend(h("div", { class: "rp-chart" }, canvas));
    const { labels, datasets } = this.read(table);
    this.chart = new Chart(canvas as HTMLCanvasElement, {
      type: "bar",
      data: { labels, datasets },
      options: {
        animation: false,
        maintainAspectRatio: false,
        scales: { x: this.scale(), y: { ...this.scale(), beginAtZero: true } },
        plugins: { legend: { labels: { color: this.tone("--sv-text") } } },
      },
    });
  }

  private scale() {
    const color = this.tone("--sv-text-soft");
    return { ticks: { color, precision: 0 }, grid: { color: this.tone("--sv-line") } };
  }

  private read(table: HTMLTableElement) {
    const heads = [...(table.tHead?.rows[0]?.cells ?? [])].slice(1);
    const rows = [...(table.tBodies[0]?.rows ?? [])];
    const labels = rows.map((row) => row.cells[0]?.textContent?.trim() ?? "");
    const datasets = heads.map((head, place) => ({
      label: head.textContent?.trim() ?? "",
      data: rows.map((row) => Number(row.cells[place + 1]?.dataset.value ?? 0)),
      backgroundColor: this.tone(TONES[place % TONES.length] ?? "--sv-accent"),
      borderRadius: 3,
    }));
    return { labels, datasets };
  }

  /** The variable as a colour: `light-dark()` means nothing to a canvas. */
  private tone(name: string): string {
    const probe = h("span", {});
    probe.style.color = `var(${name})`;
    this.append(probe);
    const color = getComputedStyle(probe).color;
    probe.remove();
    return color;
  }
}

define("svod-chart", TableChart);
