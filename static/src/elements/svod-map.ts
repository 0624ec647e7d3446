// A point on a map: <svod-map data-tiles="…/{z}/{x}/{y}.png" data-attribution="…"> over two
// inputs `[data-lat]` and `[data-lon]`. A click sets the point, typing moves it. Without
// tiles it draws coasts and borders (Natural Earth, public domain) and a grid of degrees.
// With data-readonly it only shows the point.
import type { Map as LeafletMap, Marker } from "leaflet";
import { SvodElement, define } from "../lib/element";
import { h } from "../lib/dom";
import { text } from "../lib/texts";

type Leaflet = typeof import("leaflet");

const PIN = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 22c-4-4.6-7-8-7-12a7 7 0 0 1 14 0c0 4-3 7.400-7 12z"/><circle cx="12" cy="10" r="2.600" fill="#fff"/></svg>';
const DIGITS = 6;
const START: [number, number] = [56, 60];

class PointMap extends SvodElement {
  private map: LeafletMap | undefined;
  private marker: Marker | undefined;

  protected attach(): void {
    this.setAttribute("hx-morph-skip", "");
    void this.build();
  }

  protected override detach(): void {
    this.map?.remove();
    this.map = undefined;
    this.marker = undefined;
    this.querySelector(".sv-map")?.remove();
  }

  private async build(): Promise<void> {
    const [{ default: L }, { drawBase }] = await Promise.all([import("leaflet"), import("../lib/map-base")]);
    if (!this.alive || this.map) return;
    const place = h("div", { class: "sv-map", "aria-label": text("map"), role: "application" });
    this.prepend(place);
    const point = this.point();
    this.map = L.map(place, { zoomControl: false, worldCopyJump: true, minZoom: 1, maxZoom: 18 });
    this.map.setView(point ?? START, point ? 4 : 2);
    L.control.zoom({ zoomInTitle: text("zoom_in"), zoomOutTitle: text("zoom_out") }).addTo(this.map);
    this.map.attributionControl.setPrefix(false);
    drawBase(L, this.map, this.dataset);
    if (point) this.put(L, point);
    if (this.dataset.readonly === undefined) this.follow(L);
    new ResizeObserver(() => this.map?.invalidateSize()).observe(place);
  }

  private field(name: "lat" | "lon"): HTMLInputElement | null {
    return this.querySelector<HTMLInputElement>(`[data-${name}]`);
  }

  /** The typed point, when both numbers are on the globe. */
  private point(): [number, number] | undefined {
    const [lat, lon] = [this.field("lat"), this.field("lon")].map((input) => Number.parseFloat((input?.value ?? "").replace(",", ".")));
    if (lat === undefined || lon === undefined || !(Math.abs(lat) <= 90) || !(Math.abs(lon) <= 180)) return undefined;
    return [lat, lon];
  }

  private follow(L: Leaflet): void {
    this.map?.on("click", ({ latlng }) => this.pick(L, latlng.wrap()));
    for (const name of ["lat", "lon"] as const) {
      const input = this.field(name);
      if (input) this.listen(input, "input", () => this.typed(L));
    }
  }

  private pick(L: Leaflet, at: { lat: number; lng: number }): void {
    this.put(L, [at.lat, at.lng]);
    this.fill("lat", at.lat);
    this.fill("lon", at.lng);
  }

  private fill(name: "lat" | "lon", value: number): void {
    const input = this.field(name);
    if (!input) return;
    input.value = value.toFixed(DIGITS);
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  private typed(L: Leaflet): void {
    const point = this.point();
    if (!point) {
      this.marker?.remove();
      this.marker = undefined;
      return;
    }
    this.put(L, point);
    this.map?.panTo(point);
  }

  private put(L: Leaflet, point: [number, number]): void {
    if (this.marker) {
      this.marker.setLatLng(point);
      return;
    }
    const sign = L.divIcon({ className: "sv-pin", html: PIN, iconSize: [32, 32], iconAnchor: [16, 30] });
    const movable = this.dataset.readonly === undefined;
    this.marker = L.marker(point, { icon: sign, draggable: movable, keyboard: false, alt: text("map") });
    if (this.map) this.marker.addTo(this.map);
    if (movable) this.marker.on("dragend", () => this.marker && this.pick(L, this.marker.getLatLng().wrap()));
  }
}

define("svod-map", PointMap);
