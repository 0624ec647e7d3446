// Conditions of a list's filter: the server draws each row at data-row="/lists/3/filter-row/".
import { Conditions, type Request, type Row } from "./conditions";

export abstract class FilterRows extends Conditions {
  protected override request(row: Row, number: string): Request {
    const asked = new URLSearchParams({ field: String(row.field ?? ""), n: number });
    if (row.op) asked.set("op", String(row.op));
    for (const text of (row.value as string[] | undefined) ?? []) asked.append("value", text);
    return { verb: "GET", url: `${this.dataset.row}?${asked}` };
  }
}
