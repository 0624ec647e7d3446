// Every custom element of the portal. How to add one:
//
//   // elements/svod-hello.ts
//   import { SvodElement, define } from "../lib/element";
//
//   class Hello extends SvodElement {
//     protected attach(): void {
//       const button = this.querySelector("button");
//       if (button) this.listen(button, "click", () => toast(this.dataset.text ?? ""));
//     }
//   }
//   define("svod-hello", Hello);
//
// and one import line here. Rules: light DOM; the server renders everything that must work
// or be read without the script; `attach` may run again after a swap, so keep state in the
// DOM; listen with `this.listen`, which ends with the element; texts come from `text()` or
// data attributes; no style attributes in HTML (setting `node.style.x` is allowed); a
// library above 15 KB is loaded by `await import(…)` inside `attach`. An element whose
// children a library rewrites carries `hx-morph-skip`.

import "./designer/controls";
import "./designer/svod-conditions";
import "./designer/svod-process";
import "./board/svod-board";
import "./board/svod-planner";
import "./chat/svod-chat";
import "./chat/svod-chat-desk";
import "./chat/svod-chat-switch";
import "./chat/svod-replies";
import "./element-card";
import "./element-found";
import "./grid/dialogs";
import "./grid/row-colors";
import "./grid/svod-filter";
import "./grid/svod-grid";
import "./sv-secret";
import "./svod-bell";
import "./svod-calendar";
import "./svod-confirm";
import "./svod-chart";
import "./svod-copy";
import "./svod-dialog";
import "./svod-disk";
import "./svod-dropdown";
import "./svod-feed";
import "./svod-layout";
import "./svod-list-conditions";
import "./svod-map";
import "./svod-mentions";
import "./svod-multi";
import "./svod-passkey";
import "./svod-picked";
import "./svod-preferences";
import "./svod-report-filter";
import "./svod-redraws";
import "./svod-rich";
import "./svod-role";
import "./svod-select";
import "./svod-shortcut";
import "./svod-sortable";
import "./svod-subjects";
import "./svod-tabs";
import "./svod-tasks";
import "./svod-toast";
import "./svod-tree";
import "./svod-upload";
import "./svod-widget";
