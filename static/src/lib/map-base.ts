// What lies under the points of a map: tiles where there is a server, else borders and a grid.
import type { Map as LeafletMap } from "leaflet";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import world from "world-atlas/countries-110m.json";

type Leaflet = typeof import("leaflet");

const STEP_DEGREES = 10;

/** Draw the base; `data` holds `tiles` (a URL with {z}, {x}, {y}) and `attribution`. */
export function drawBase(L: Leaflet, map: LeafletMap, data: DOMStringMap): void {
  if (data.tiles) {
    L.tileLayer(data.tiles, { attribution: data.attribution ?? "", maxZoom: 19 }).addTo(map);
    return;
  }
  map.attributionControl.addAttribution("Natural Earth");
  const atlas = world as unknown as Topology<{ countries: GeometryCollection }>;
  const shapes = feature(atlas, atlas.objects.countries);
  for (const { geometry } of shapes.features) {
    if (geometry.type === "Polygon") geometry.coordinates = geometry.coordinates.map(unwrapped);
    if (geometry.type === "MultiPolygon") {
      geometry.coordinates = geometry.coordinates.map((polygon) => polygon.map(unwrapped));
    }
  }
  L.geoJSON(shapes, { interactive: false, style: { className: "sv-map-land", weight: 1 } }).addTo(map);
  grid(L).addTo(map);
}

/** A ring that crosses the 180th meridian goes on past it instead of across the whole map. */
function unwrapped(ring: number[][]): number[][] {
  let before = ring[0]?.[0] ?? 0;
  return ring.map(([lon = 0, lat = 0]) => {
    const turns = Math.round((before - lon) / 360);
    before = lon + turns * 360;
    return [before, lat];
  });
}

function grid(L: Leaflet) {
  const lines: [number, number][][] = [];
  for (let lon = -180; lon <= 180; lon += STEP_DEGREES) lines.push([[-85, lon], [85, lon]]);
  for (let lat = -80; lat <= 80; lat += STEP_DEGREES) lines.push([[lat, -180], [lat, 180]]);
  return L.polyline(lines, { interactive: false, className: "sv-map-grid", weight: 1 });
}
