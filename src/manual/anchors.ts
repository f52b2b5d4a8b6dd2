/** Anchors of headings, and the targets of links. */

import { isTopic } from "./topics.ts";

export type LinkTarget =
  | { readonly kind: "here"; readonly anchor: string }
  /** Another page of the manual; `anchor` is `""` for its beginning. */
  | { readonly kind: "page"; readonly topic: string; readonly anchor: string }
  | { readonly kind: "web"; readonly url: string }
  /** A file of the source, such as `../../README.md`, or anything that is not safe to follow. */
  | { readonly kind: "other" };

/** Resolves the `href` of a Markdown link. Links between pages are relative: `hosting.md#tls`. */
export function linkTarget(href: string): LinkTarget {
  if (href.startsWith("#")) return { kind: "here", anchor: href.slice(1) };
  if (/^https?:\/\//.test(href)) return { kind: "web", url: href };
  const [, topic = "", anchor = ""] = /^(?:\.\/)?([\w-]+)\.md(?:#(.*))?$/.exec(href) ?? [];
  return isTopic(topic) ? { kind: "page", topic, anchor } : { kind: "other" };
}

/** Makes the anchors of one page, as GitHub does: a repeated heading gets `-1`, `-2` and so on. */
export class Anchors {
  readonly #counts = new Map<string, number>();

  /** `heading` is its text without markup. */
  next(heading: string): string {
    const slug = heading.trim().toLowerCase().replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, "").replaceAll(" ", "-");
    const count = this.#counts.get(slug) ?? 0;
    this.#counts.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  }
}
