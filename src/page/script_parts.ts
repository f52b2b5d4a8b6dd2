/** Writes the parts of a script as modules, which import from each other what they share. */

import type { Declared, ScriptLinker } from "./script_linker.ts";
import type { ScriptModule } from "./script_module.ts";
import type { ScriptNames } from "./script_names.ts";
import type { LinkedScript } from "./script_splitter.ts";
import type { ScriptWriter } from "./script_writer.ts";

export interface WrittenParts {
  /** The part of index `n` is the file `${n + 1}.js`. */
  readonly texts: readonly string[];
  /** The hash of all texts. */
  readonly folder: string;
  /** The file that exports what the module exports; `undefined` if the main script has it all. */
  readonly fileOf: (demanded: ScriptModule) => string | undefined;
}

interface PartsContext {
  readonly linker: ScriptLinker;
  readonly names: ScriptNames;
  readonly writer: ScriptWriter;
  readonly pause: () => Promise<void>;
}

const HASH_BYTES = 8;

/** Writes each part: what it imports from other parts, its statements, and what it exports. */
export async function writeParts(parts: readonly LinkedScript[], context: PartsContext): Promise<WrittenParts> {
  const { linker, writer, pause } = context;
  const exchange = new PartExchange(parts, context);
  const fileOf = (demanded: ScriptModule): string | undefined => {
    const index = parts.findIndex((part) => part.demanded === demanded);
    return index < 0 ? undefined : fileName(index);
  };
  const texts: string[] = [];
  for (const part of parts) {
    const code = await writer.write(part, (demanded) => {
      const file = fileOf(demanded);
      return file && `"./${file}"`;
    }, pause);
    const exported = part.demanded === undefined ? [] : linker.exportsOf(part.demanded);
    texts.push(`${exchange.importsOf(part)}${code}${exchange.exportsOf(part, exported)}`);
  }
  return { texts, folder: await hashOf(JSON.stringify(texts)), fileOf };
}

async function hashOf(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(digest.subarray(0, HASH_BYTES), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fileName(index: number): string {
  return `${index + 1}.js`;
}

/** The names that parts take from each other. Those of the main script are global. */
class PartExchange {
  readonly #parts: readonly LinkedScript[];
  readonly #names: ScriptNames;
  /** The part of each declared name. */
  readonly #owners = new Map<string, LinkedScript>();
  /** For each part, the names that it takes from others. */
  readonly #taken = new Map<LinkedScript, Set<string>>();

  constructor(parts: readonly LinkedScript[], { linker, names }: PartsContext) {
    this.#parts = parts;
    this.#names = names;
    for (const part of parts) {
      for (const { module, statements } of part.modules) {
        for (const name of statements.flatMap(({ declares }) => declares)) {
          this.#owners.set(names.of(module, name), part);
        }
      }
    }
    for (const part of parts) {
      const named = part.modules.flatMap(({ module, statements }) =>
        statements.flatMap((statement) => linker.declarationsIn(module, statement))
      );
      const exported = part.demanded === undefined ? [] : linker.exportsOf(part.demanded).map(([, each]) => each);
      const outside = [...named, ...exported].map((each) => this.#nameOf(each)).filter((name) => {
        const owner = this.#owners.get(name);
        return owner !== undefined && owner !== part;
      });
      this.#taken.set(part, new Set(outside));
    }
  }

  importsOf(part: LinkedScript): string {
    const lines = this.#parts.map((other, index) => {
      const names = [...this.#taken.get(part)!].filter((name) => this.#owners.get(name) === other);
      return names.length === 0 ? "" : `import {${names.join(",")}} from "./${fileName(index)}";\n`;
    });
    return lines.join("");
  }

  /** A module can export its own names and those that it imports: a name of the main script gets another one for that. */
  exportsOf(part: LinkedScript, exported: readonly [name: string, Declared][]): string {
    const shared = new Set([...this.#taken.values()].flatMap((names) => [...names]));
    const own = [...shared].filter((name) => this.#owners.get(name) === part);
    const copies: string[] = [];
    const list = exported.map(([name, declared]) => {
      const written = this.#nameOf(declared);
      if (this.#owners.has(written)) return `${written} as ${name}`;
      // No other name has a digit there.
      copies.push(`const $${copies.length}=${written};\n`);
      return `$${copies.length - 1} as ${name}`;
    });
    const all = [...own, ...list];
    return all.length === 0 ? "" : `${copies.join("")}export {${all.join(",")}};\n`;
  }

  #nameOf({ module, name }: Declared): string {
    return this.#names.of(module, name);
  }
}
