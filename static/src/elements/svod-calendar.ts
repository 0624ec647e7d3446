// Deadlines by month, week or as a list: <svod-calendar data-events="/…/" data-language="ru">
// over what is shown without the script. The address answers to ?start&end with
// {"events": [{id, title, start, url, state}]}; a click opens the task in the drawer, or with
// data-panel="dialog" in the dialog. With data-move="/…/0/" events that are `movable` are dragged to
// another day or hour: it is posted as `start`.
import htmx from "htmx.org";
import { SvodElement, define } from "../lib/element";
import { h } from "../lib/dom";

type Core = typeof import("@event-calendar/core");
type Found = { id: number; title: string; start: string; url: string; state?: string; tone?: string; day?: boolean; movable?: boolean };
type Drop = { event: { id: string; start: Date; allDay: boolean } };

const TABLES = '.ec[role], [role="list"], [role="listitem"], [role="table"], [role="row"], [role="rowgroup"], [role="cell"], [role="columnheader"], [role="rowheader"], [aria-colindex], [aria-rowindex]';
const PHONE = "(max-width: 47.99rem)";

/** The library calls its boxes a table without giving them rows; as plain boxes they are read right. */
function plain(place: HTMLElement): void {
  for (const box of place.querySelectorAll(TABLES)) {
    for (const name of ["role", "aria-colindex", "aria-rowindex", "aria-colspan", "aria-rowspan"]) box.removeAttribute(name);
  }
}

/** The clock's time as ISO has it, without a zone. */
function local(moment: Date): string {
  return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString();
}

class Deadlines extends SvodElement {
  private calendar: { refetchEvents(): void } | undefined;
  private observer: MutationObserver | undefined;
  private destroy: (() => void) | undefined;

  protected attach(): void {
    this.setAttribute("hx-morph-skip", "");
    void this.build();
    for (const name of ["svod:saved", "svod:live:activities"]) {
      this.listen(document.body, name, () => this.calendar?.refetchEvents());
    }
  }

  protected override detach(): void {
    this.observer?.disconnect();
    this.destroy?.();
    this.destroy = this.calendar = undefined;
    this.querySelector(".sv-calendar")?.remove();
    this.classList.remove("sv-drawn");
  }

  private async build(): Promise<void> {
    const core: Core = await import("@event-calendar/core");
    if (!this.alive || this.calendar) return;
    const place = h("div", { class: "sv-calendar" });
    this.prepend(place);
    const { createCalendar, destroyCalendar, DayGrid, Interaction, List, TimeGrid } = core;
    const calendar = createCalendar(place, [DayGrid, TimeGrid, List, ...(this.dataset.move ? [Interaction] : [])], this.options());
    this.calendar = calendar;
    this.destroy = () => void destroyCalendar(calendar);
    this.classList.add("sv-drawn");
    this.observer = new MutationObserver(() => plain(place));
    this.observer.observe(place, { childList: true, subtree: true, attributeFilter: ["role", "aria-colindex"] });
    plain(place);
  }

  private options(): Record<string, unknown> {
    const words = this.dataset;
    return {
      view: matchMedia(PHONE).matches ? "listMonth" : "dayGridMonth",
      locale: words.language,
      firstDay: 1,
      height: "auto",
      dayMaxEvents: true,
      nowIndicator: true,
      headerToolbar: { start: "prev,next today", center: "title", end: "dayGridMonth,timeGridWeek,listMonth" },
      buttonText: { today: words.today, dayGridMonth: words.month, timeGridWeek: words.week, listMonth: words.list, prev: words.previous, next: words.next, close: words.close },
      allDayContent: words.allDay,
      noEventsContent: words.none,
      moreLinkContent: ({ num }: { num: number }) => `+${num} ${words.more ?? ""}`,
      eventTimeFormat: { hour: "2-digit", minute: "2-digit" },
      eventSources: [{ events: (span: { startStr: string; endStr: string }) => this.load(span) }],
      eventClassNames: ({ event }: { event: { extendedProps: { state?: string; tone?: string } } }) =>
        event.extendedProps.tone ? `sv-toned tone-${event.extendedProps.tone}` : `sv-deadline-${event.extendedProps.state ?? "open"}`,
      ...(words.move && { editable: false, eventDurationEditable: false, eventDrop: (drop: Drop) => void this.moved(drop) }),
      eventClick: ({ event, jsEvent }: { event: { extendedProps: { url?: string } }; jsEvent: Event }) => {
        jsEvent.preventDefault();
        this.open(event.extendedProps.url);
      },
    };
  }

  private async load(span: { startStr: string; endStr: string }): Promise<unknown[]> {
    const query = new URLSearchParams({ start: span.startStr, end: span.endStr });
    const address = this.dataset.events ?? "";
    const answer = await fetch(`${address}${address.includes("?") ? "&" : "?"}${query}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) return [];
    const { events } = (await answer.json()) as { events: Found[] };
    return events.map(({ id, title, start, url, state, tone, day, movable }) => ({
      id: String(id), title, start, end: start, extendedProps: { url, state, tone },
      ...(day && { allDay: true }), ...(this.dataset.move && { startEditable: Boolean(movable) }),
    }));
  }

  /** Save, then draw what the server has, whatever came out. */
  private async moved({ event }: Drop): Promise<void> {
    const url = (this.dataset.move ?? "").replace("/0/", `/${event.id}/`);
    const start = local(event.start).slice(0, event.allDay ? 10 : 16);
    await htmx.ajax("POST", url, { source: this, target: this, swap: "none", values: { start } });
    this.calendar?.refetchEvents();
  }

  /** By a link, as every drawer is opened. */
  private open(url: string | undefined): void {
    if (!url) return;
    const link = h("a", { href: url, [`data-${this.dataset.panel ?? "drawer"}`]: "", hidden: "" });
    this.append(link);
    link.click();
    link.remove();
  }
}

define("svod-calendar", Deadlines);
