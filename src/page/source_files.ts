/** The sources of the documents for browsers: the program's own files, and files of npm packages. */

import { Point } from "@noble/ed25519";
import { sha512 } from "@noble/hashes/sha2.js";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import MarkdownIt from "markdown-it/browser";
import { encode } from "uqr";
import * as valibot from "valibot";

/** The folder that holds `src`, in a checkout or embedded in the executable. */
export const SOURCES = new URL("../../", import.meta.url);

/** Rejects with `NotCapable` if Deno may not read the program's files. Never prompts for the permission. */
export async function openSources(): Promise<void> {
  const { state } = await Deno.permissions.query({ name: "read", path: SOURCES });
  if (state !== "granted") throw new Deno.errors.NotCapable("The page needs --allow-read for the program's files");
}

/** Reads a style sheet without its comments and indentation. None of its strings contains a comment or goes over lines. */
export async function readStyles(file: URL): Promise<string> {
  const text = await Deno.readTextFile(file);
  return text.replace(/\/\*(?:(?!\*\/)[^])*\*\//g, "").replace(/\s*\n\s*/g, "\n").trim();
}

/**
 * Modules with other code than their files: words as short data, and what markdown-it imports. Of that, the page needs only
 * two classes of characters, which browsers know. The rest is for its own links and for HTML entities: never called, because
 * `src/client/formatting` enables no rule that does.
 */
const OTHER_MODULES: Readonly<Record<string, () => string>> = {
  "@scure/bip39/wordlists/english.js": () => wordsModule(wordlist),
  "uc.micro": () => "export const P = /\\p{P}/u, S = /\\p{S}/u;",
  "linkify-it": () => "export class LinkifyIt {}",
  "entities": () => "export const decodeHTMLStrict = String;",
  "mdurl": () => "export const parse = String, format = String, encode = String, decode = String;",
  "punycode.js": () => "const punycode = {};\nexport { punycode as default };",
};

/** Sorted words, each as a letter for the length of the start that it shares with the one before, and the rest. */
function wordsModule(words: readonly string[]): string {
  let before = "";
  const parts = words.map((word) => {
    let shared = 0;
    while (shared < word.length && word[shared] === before[shared]) shared++;
    before = word;
    return String.fromCharCode(A + shared) + word.slice(shared);
  });
  return `let word = "";
export const wordlist = "${parts.join("")}".match(/[A-Z][a-z]*/g).map((part) => {
  return word = word.slice(0, part.charCodeAt(0) - ${A}) + part.slice(1);
});
`;
}

const A = "A".charCodeAt(0);

/** The code of a package's module if it is not that of its file; `undefined` for others. */
export function otherModule(module: string): string | undefined {
  return OTHER_MODULES[module]?.();
}

interface PackageSource {
  /** Throws an error from the package's code: Deno cannot report its folder, but the stack names it in all versions. */
  readonly fail: () => unknown;
  /** The build that browsers run without changes. Without it, modules of the package are read by their own path. */
  readonly build?: string;
  /** Changes the code of that build. */
  readonly trim?: (code: string) => string;
}

const PACKAGES: Readonly<Record<string, PackageSource>> = {
  "@noble/ed25519": { fail: () => Point.fromHex(""), build: "index.js" },
  "@noble/hashes": { fail: () => sha512("" as never) },
  "markdown-it": {
    fail: () => new MarkdownIt("zero").enable("nosuch"),
    build: "dist/markdown-it.mjs",
    trim: (code) => withPlainFields(withoutRules(code)),
  },
  uqr: { fail: () => encode("", { minVersion: 0 }), build: "dist/index.mjs" },
  valibot: { fail: () => valibot.parse(valibot.never(), undefined), build: "dist/index.mjs" },
};

/** Rules of markdown-it that `src/client/formatting` never enables. Without their entries in its lists, nothing names them. */
const UNUSED_RULES: ReadonlySet<string> = new Set([
  ...["autolink", "backticks", "code", "entity", "escape", "heading", "hr", "html_block", "html_inline", "image"],
  ...["lheading", "link", "linkify", "newline", "reference", "replacements", "smartquotes", "table"],
]);
/** `["name", rule]`, or with a list of other names after it. */
const RULE_ENTRY = /\[\s*"(\w+)",\s*[\w$]+(?:,\s*\[[^\]]*\])?\s*\],?/g;

function withoutRules(code: string): string {
  return code.replace(RULE_ENTRY, (entry, name) => UNUSED_RULES.has(name) ? "" : entry);
}

/** The start of a field's definition by a helper of the package's compiler, as in `_defineProperty(this, "level", 0)`. */
const FIELD = /\b_defineProperty\(\s*(this|MarkdownIt),\s*(?:\/\*[^]*?\*\/\s*)?"(\w+)",/g;

/** Sets the fields of classes by assignments. The helper takes a fifth of the time in which a new page formats its messages. */
function withPlainFields(code: string): string {
  return code.replace(FIELD, "$1.$2 = (");
}

/** The code of a package's module, such as `@noble/hashes/sha2.js`. Rejects if the package is not in the table. */
export async function packageCode(module: string): Promise<string> {
  const [name = module] = /^(?:@[^/]+\/)?[^/]+/.exec(module) ?? [];
  const source = PACKAGES[name];
  if (source === undefined) {
    throw new Error(`Cannot pack ${module} for browsers: src/page/source_files.ts does not know ${name}`);
  }
  const file = new URL(source.build ?? module.slice(name.length + 1), folderOf(name, source));
  const code = await Deno.readTextFile(file);
  return source.trim?.(code) ?? code;
}

/** The folder of a package, which is below one of its name and perhaps of its version. */
function folderOf(name: string, { fail }: PackageSource): string {
  try {
    fail();
  } catch (error) {
    const pattern = new RegExp(`file://[^\\n]*/${name}/(?:\\d[^/\\n]*/)?(?=[^\\n]*\\.[cm]?js)`);
    const [folder] = pattern.exec((error as Error).stack ?? "") ?? [];
    if (folder !== undefined) return folder;
  }
  throw new Error(`Cannot find the files of ${name}`);
}
