// <svod-subjects data-url="/subjects/suggest/"><select multiple …></select></svod-subjects>:
// choosing people, departments and groups. A <svod-select> whose options come under headings
// and with pictures: an option has data-thumbnail, or data-initials and data-tone, or data-icon.
import { define } from "../lib/element";
import { h, icon } from "../lib/dom";
import { Select, type Option, type Settings } from "./svod-select";

interface Subject extends Option {
  thumbnail?: string;
  initials?: string;
}

function picture(subject: Subject): Element {
  if (subject.icon) return h("span", { class: "sv-subject-icon" }, icon(subject.icon, "icon icon-sm"));
  const css = "avatar sv-avatar avatar-sm";
  if (subject.thumbnail) return h("img", { class: css, src: subject.thumbnail, alt: "" });
  const tone = subject.tone ? ` tone-${subject.tone}` : "";
  return h("span", { class: css + tone, "aria-hidden": "true" }, subject.initials ?? "");
}

function drawOption(subject: Subject): HTMLElement {
  const name = h("span", { class: "sv-subject-name" }, subject.text);
  const hint = subject.note ? [h("span", { class: "sv-subject-hint" }, subject.note)] : [];
  return h("div", { class: "sv-subject" }, picture(subject), h("span", { class: "sv-subject-text" }, name, ...hint));
}

function drawChosen(subject: Subject): HTMLElement {
  const name = h("span", { class: "sv-subject-name" }, subject.text);
  return h("div", { class: "sv-subject sv-subject-chosen", title: subject.note }, picture(subject), name);
}

interface Heading {
  label: string;
}

/** A heading's options are drawn already when they come here. */
function drawGroup({ group, options }: { group: Heading; options: DocumentFragment }): HTMLElement {
  return h("div", { class: "optgroup", role: "group", "aria-label": group.label }, options);
}

function drawHeading(group: Heading): HTMLElement {
  return h("div", { class: "optgroup-header", role: "presentation" }, group.label);
}

class Subjects extends Select {
  protected override settings(select: HTMLSelectElement): Settings {
    return { ...super.settings(select), optgroupField: "group", lockOptgroupOrder: true };
  }

  protected override render(): Record<string, unknown> {
    const ours = { option: drawOption, item: drawChosen, optgroup: drawGroup, optgroup_header: drawHeading };
    return { ...super.render(), ...ours };
  }
}

define("svod-subjects", Subjects);
