/**
 * The only place where text becomes part of the document: always as text, and sanitised on the way.
 * This folder is the browser's: it knows neither Deno nor the server, and shows what `client` tells it.
 */

import { sanitize, sanitizeLine } from "../../protocol/text/sanitize.ts";

export type Child = Node | string | undefined | false;
export type Attributes = Readonly<Record<string, string | boolean | undefined>>;

/** An element of the document as it was served. Throws where there is none: then the page is not ours. */
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

/** True stands for an attribute without a value; false and undefined take it away. */
export function setAttribute(element: Element, name: string, value: string | boolean | undefined): void {
  const text = value === true ? "" : value === false || value === undefined ? undefined : sanitizeLine(value);
  if (text === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

/** Touches the document only where the text is another one, so that nothing is read out twice. */
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

/** Makes the children of `parent` those of the items; what stays keeps its element, and so the focus. */
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

/** Listens for as long as the page lives. */
export function on<K extends keyof HTMLElementEventMap>(
  element: HTMLElement,
  type: K,
  listener: (event: HTMLElementEventMap[K]) => void,
): void {
  element.addEventListener(type, listener);
}
