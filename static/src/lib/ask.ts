// A question with two answers, in a modal dialog that any script may open.
import { h } from "./dom";
import { text } from "./texts";
import { uniqueId } from "./dom";

export interface Question {
  title?: string;
  text?: string;
  action?: string;
  cancel?: string;
  danger?: boolean;
}

function build(question: Question, id: string): HTMLDialogElement {
  const kind = question.danger ? "btn-danger" : "btn-primary";
  return h(
    "dialog",
    { class: "sv-dialog sv-ask", role: "alertdialog", "aria-labelledby": `${id}-t`, "aria-describedby": `${id}-d` },
    h(
      "form",
      { method: "dialog" },
      h("h2", { class: "sv-ask-title", id: `${id}-t` }, question.title || text("confirm_title")),
      h("p", { class: "sv-ask-text", id: `${id}-d` }, question.text ?? ""),
      h(
        "div",
        { class: "sv-form-foot" },
        h("button", { class: "btn", value: "", autofocus: true }, question.cancel || text("cancel")),
        h("button", { class: `btn ${kind}`, value: "yes" }, question.action || text("confirm")),
      ),
    ),
  );
}

/** True when the person agrees; Esc and the first button mean no. */
export function ask(question: Question): Promise<boolean> {
  const dialog = build(question, uniqueId("ask"));
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
