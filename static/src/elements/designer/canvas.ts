// The scheme: sequential-workflow-designer over the model. Its own toolbox, editor and history
// are off; it draws, drags and selects.
import { type Definition, Designer, type DesignerApi, Vector } from "sequential-workflow-designer";
import { icon, iconButton } from "../../lib/dom";
import { type CanvasStep, type Drawn, fromCanvas, shownName, toCanvas } from "./convert";
import { picture, prepareIcons } from "./icons";
import type { Model } from "./model";
import { freshStep, newId } from "./tree";
import type { Action, Step } from "./types";

const LONGEST_NAME = 44;
type Definition_ = Definition & { sequence: CanvasStep[] };

export class Canvas {
  private designer: Designer<Definition_> | undefined;
  private api: DesignerApi | undefined;

  constructor(
    private readonly root: HTMLElement,
    private readonly model: Model,
    private readonly texts: Record<string, string>,
  ) {}

  /** Draw it: only while it is on the screen, for it measures its texts there. */
  async show(): Promise<void> {
    if (this.designer) return;
    const icons = this.model.data.actions.map((one) => one.icon);
    const colour = getComputedStyle(this.root).color;
    await prepareIcons([...icons, "help-circle"], colour);
    if (this.designer || !this.root.isConnected) return;
    this.designer = Designer.create(this.root, this.definition(), this.configuration());
    this.designer.onDefinitionChanged.subscribe(() => this.changed());
    this.designer.onSelectedStepIdChanged.subscribe((id) => {
      if (id !== this.model.selected) this.model.select(id, { source: "canvas" });
    });
    this.buttons();
    if (this.model.selected) this.designer.selectStepById(this.model.selected);
  }

  destroy(): void {
    this.designer?.destroy();
    this.designer = undefined;
  }

  /** Begin to drag a new step from the toolbox; false where there is no canvas to drop it on. */
  drag(event: MouseEvent, action: Action): boolean {
    if (!this.designer || !this.api) return false;
    const step = toCanvas([freshStep(action, this.model.data.actions)], this.drawn)[0];
    return step ? this.api.toolbox.tryDrag(new Vector(event.pageX, event.pageY), step) : false;
  }

  /** The model was changed elsewhere. */
  update(): void {
    if (!this.designer) return;
    this.designer.getDefinition().sequence = toCanvas(this.model.tree.steps, this.drawn);
    this.designer.updateRootComponent();
    this.choose(false);
  }

  badges(): void {
    this.designer?.updateBadges();
  }

  choose(show: boolean): void {
    const { selected } = this.model;
    if (!this.designer) return;
    if (selected === null) this.designer.clearSelectedStep();
    else if (this.designer.getSelectedStepId() !== selected) this.designer.selectStepById(selected);
    if (show && selected !== null && !this.isSeen(selected)) this.designer.moveViewportToStep(selected);
  }

  private isSeen(id: string): boolean {
    const shape = this.root.querySelector(`[data-step-id="${CSS.escape(id)}"]`)?.getBoundingClientRect();
    const frame = this.root.getBoundingClientRect();
    return !!shape && shape.left >= frame.left && shape.top >= frame.top && shape.right <= frame.right && shape.bottom <= frame.bottom;
  }

  private readonly drawn: Drawn = {
    name: (step) => shorten(this.model.name(step) + (this.isParallel(step) ? ` – ${this.texts.all_at_once}` : "")),
    isOne: (step) => this.model.action(step)?.branches === "one",
    way: (step, number) => {
      const said = this.model.said.ways[step.id]?.[number];
      const own = step.branches?.[number]?.name;
      return shorten(said || own || (this.texts.branch ?? "").replace("%(number)s", String(number + 1)));
    },
  };

  /** All of its ways are taken, so it must not look like a choice. */
  private isParallel(step: Step): boolean {
    const action = this.model.action(step);
    return action?.branches === "many" && !action.conditional && action.slug === "parallel";
  }

  private definition(): Definition_ {
    return { properties: {}, sequence: toCanvas(this.model.tree.steps, this.drawn) } as Definition_;
  }

  private configuration(): Parameters<typeof Designer.create<Definition_>>[2] {
    return {
      theme: "svod",
      steps: {
        iconUrlProvider: (_component, type) => this.icon(type),
        canInsertStep: (step, target) => this.fits(step.type, target as CanvasStep[]),
        canMoveStep: (_from, step, target) => this.fits(step.type, target as CanvasStep[]),
      },
      toolbox: false,
      editors: false,
      controlBar: false,
      contextMenu: false,
      keyboard: false,
      validator: { step: (step) => this.model.problemsOf(step.id).length === 0 },
      uidGenerator: newId,
      i18n: (key, fallback) => (key.startsWith("stepComponent.") ? shownName(fallback) : fallback),
      extensions: [{ uiComponents: [{ create: (_root, api) => this.keep(api) }] }],
    };
  }

  private fits(type: string, target: CanvasStep[]): boolean {
    const parents = this.designer?.getStepParents(target as never) ?? [];
    const around = parents.filter((one) => typeof one !== "string").pop() as CanvasStep | undefined;
    return this.model.allows(type, around?.id ?? null);
  }

  private keep(api: DesignerApi): { destroy(): void } {
    this.api = api;
    return { destroy: () => undefined };
  }

  private icon(type: string): string | null {
    const action = this.model.data.actions.find((one) => one.slug === type);
    return picture(action?.icon ?? "help-circle");
  }

  private changed(): void {
    const sequence = this.designer?.getDefinition().sequence ?? [];
    this.model.change((tree) => (tree.steps = fromCanvas(sequence)), { source: "canvas" });
  }

  private buttons(): void {
    const bar = document.createElement("div");
    bar.className = "sv-canvas-tools";
    const { texts } = this;
    const add = (sign: SVGElement, label: string, work: () => void): void =>
      bar.append(iconButton(sign, label, work, "btn sv-icon-btn"));
    add(icon("zoom-in"), texts.zoom_in ?? "", () => this.api?.controlBar.zoomIn());
    add(icon("zoom-out"), texts.zoom_out ?? "", () => this.api?.controlBar.zoomOut());
    add(icon("focus-centered"), texts.zoom_all ?? "", () => this.api?.controlBar.resetViewport());
    this.root.append(bar);
  }
}

function shorten(text: string): string {
  return text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME - 1)}…` : text;
}
