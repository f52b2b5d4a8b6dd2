/** Parts that several panels have: labelled fields, and buttons that ask again. */

import { el, on, setText } from "../views/dom.ts";

type Control = HTMLInputElement | HTMLSelectElement;

export const WHOLE_SERVER = "the whole server";

let fields = 0;

/** A label with its control below. */
export function labelled(label: string, control: Control): HTMLElement {
  control.id = `field-${++fields}`;
  return el("div", { class: "field" }, el("label", { for: control.id }, label), control);
}

/** A list of choices, each with its value and its label. */
export function choices(options: readonly (readonly [value: string, label: string])[]): HTMLSelectElement {
  return el("select", {}, ...options.map(([value, label]) => el("option", { value }, label)));
}

/** A check box with its label beside it. */
export function checkBox(
  label: string,
  checked = false,
): { readonly row: HTMLElement; readonly box: HTMLInputElement } {
  const box = el("input", { type: "checkbox", checked });
  return { row: el("label", { class: "check" }, box, el("span", {}, label)), box };
}

export function buttonRow(...buttons: readonly HTMLElement[]): HTMLElement {
  return el("div", { class: "buttons" }, ...buttons);
}

export function quietButton(label: string, run: () => void): HTMLButtonElement {
  const button = el("button", { type: "button", class: "quiet" }, label);
  on(button, "click", run);
  return button;
}

export interface DescribedOptions {
  /** The entry that the button is about, for screen readers. */
  readonly what?: string;
  readonly run: () => void;
}

export interface ConfirmOptions extends DescribedOptions {
  /** The label after the first click. */
  readonly question: string;
}

/** A button whose label other buttons have as well. */
export function describedButton(label: string, { what, run }: DescribedOptions): HTMLButtonElement {
  const button = el("button", { type: "button", class: "quiet" }, el("span", {}, label));
  if (what !== undefined) button.append(el("span", { class: "visually-hidden" }, ` ${what}`));
  on(button, "click", run);
  return button;
}

/** A button for what cannot be undone: the first click changes its label, the second one runs it. */
export function confirmButton(label: string, { question, what, run }: ConfirmOptions): HTMLButtonElement {
  const ask = () => {
    const isAsked = shown.textContent === question;
    setText(shown, isAsked ? label : question);
    if (isAsked) run();
  };
  const button = describedButton(label, { what, run: ask });
  const shown = button.firstElementChild!;
  on(button, "blur", () => setText(shown, label));
  return button;
}

/** The button that submits a form among others of its panel. */
export function submitButton(label: string): HTMLButtonElement {
  return el("button", { class: "quiet" }, label);
}

/** A form that is not sent by the browser. */
export function panelForm(content: readonly Node[], submit: () => void): HTMLFormElement {
  const form = el("form", { autocomplete: "off" }, ...content);
  on(form, "submit", (event) => {
    event.preventDefault();
    submit();
  });
  return form;
}

/** The sentence of an error for users. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
