// The draft as the server keeps it (workflows/engine/tree.py), and what the page was given.

export interface Branch {
  code?: string;
  name?: string;
  when?: unknown;
  steps: Step[];
  [other: string]: unknown;
}

export interface Step {
  id: string;
  type: string;
  name?: string;
  params?: Record<string, unknown>;
  branches?: Branch[];
  [other: string]: unknown;
}

export interface Tree {
  steps: Step[];
  [part: string]: unknown;
}

export interface Action {
  slug: string;
  label: string;
  help: string;
  group: string;
  icon: string;
  branches: "none" | "one" | "many" | "fixed";
  /** Codes and labels of fixed branches. */
  codes: [string, string][];
  /** The only steps that may stand directly inside; none given for any. */
  holds: string[];
  conditional: boolean;
}

export interface Problem {
  step: string;
  param: string;
  text: string;
  name: string;
  level: string;
}

/** What the server says of a saved draft: mistakes, steps and branches in words. */
export interface Said {
  problems: Problem[];
  words: Record<string, string>;
  ways: Record<string, string[]>;
}

export interface PageData extends Said {
  tree: Tree;
  draft_version: number;
  groups: { slug: string; label: string }[];
  actions: Action[];
  urls: Record<string, string>;
  texts: Record<string, string>;
}
