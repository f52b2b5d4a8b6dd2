/** Elements of the document. The only place where text enters it: always as text, never as markup, and sanitised. */

import { sanitize, sanitizeLine } from "../../protocol/text/sanitize.ts";

export type Child = Node | string | undefined | false;
export type Attributes = Readonly<Record<string, string | boolean | undefined>>;

/** Returns an element of `index.html`. Throws if it is missing. */
export function byId<E extends HTMLElement = HTMLElement>(id: string): E {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`Element #${id} is missing`);
  return element as E;
}

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  element.append(...children.filter((child) => child !== undefined && child !== false).map(toNode));
  return element;
}

/** `true` sets an attribute without a value; `false` and `undefined` remove it. */
export function setAttribute(element: Element, name: string, value: string | boolean | undefined): void {
  const text = value === true ? "" : value === false || value === undefined ? undefined : sanitizeLine(value);
  if (text === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

/** Changes the document only if the text is different, so that screen readers do not read it twice. */
export function setText(element: Element, text: string): void {
  const safe = sanitize(text);
  if (element.textContent !== safe) element.textContent = safe;
}

function toNode(child: Node | string): Node {
  return typeof child === "string" ? document.createTextNode(sanitize(child)) : child;
}

export interface Items<T> {
  readonly items: readonly T[];
  readonly key: (item: T) => string;
  readonly create: (item: T) => HTMLElement;
  readonly update: (element: HTMLElement, item: T) => void;
}

const KEYS = new WeakMap<Element, string>();

/** Makes the children of `parent` match the items. Items that stay keep their element, and so the focus. */
export function syncList<T>(parent: Element, { items, key, create, update }: Items<T>): void {
  const old = new Map(Array.from(parent.children, (child) => [KEYS.get(child), child as HTMLElement]));
  let next = parent.firstElementChild;
  for (const item of items) {
    const id = key(item);
    const element = old.get(id) ?? create(item);
    old.delete(id);
    KEYS.set(element, id);
    update(element, item);
    if (element === next) next = next.nextElementSibling;
    else parent.insertBefore(element, next);
  }
  for (const element of old.values()) element.remove();
}

/** Adds a listener that is never removed. */
export function on<K extends keyof HTMLElementEventMap>(
  element: HTMLElement,
  type: K,
  listener: (event: HTMLElementEventMap[K]) => void,
): void {
  element.addEventListener(type, listener);
}
