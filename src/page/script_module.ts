/** One JavaScript module, cut into its statements: what each declares, and what the module imports and exports. */

import { parse } from "sucrase/dist/parser/index.js";
import { IdentifierRole as Role } from "sucrase/dist/parser/tokenizer/index.js";
import { TokenType as Type } from "sucrase/dist/parser/tokenizer/types.js";
import { ScriptScopes } from "./script_scopes.ts";
import {
  declaresAtTop,
  declaresInBlock,
  declaresInFunction,
  isDynamicImport,
  isPrivateMark,
  isVariable,
  type ScriptToken,
  textOfToken,
} from "./script_tokens.ts";

/** A name in a module. */
export interface ExportedName {
  /** As the import names the module. */
  readonly from: string;
  /** `*` is the namespace of all its exports. */
  readonly name: string;
}

/** A range of tokens at the top level. */
export interface ScriptStatement {
  readonly start: number;
  readonly end: number;
  /** Names that it declares. Without any, it runs for its effect. */
  readonly declares: readonly string[];
  /** Its tokens that name something: variables, private names by their `#`, and imports on demand. */
  readonly names: readonly number[];
}

export interface ScriptModule {
  readonly id: string;
  readonly code: string;
  readonly tokens: readonly ScriptToken[];
  /** All but imports and lists of exports. */
  readonly statements: readonly ScriptStatement[];
  /** By the name here. */
  readonly imports: ReadonlyMap<string, ExportedName>;
  /** Names here, or names of other modules, by the exported name. */
  readonly exports: ReadonlyMap<string, string | ExportedName>;
  /** The modules that run before it, in order. */
  readonly requires: readonly string[];
  /** The modules that it imports on demand. */
  readonly demands: readonly string[];
  readonly scopes: ScriptScopes;
}

const OPENING: ReadonlySet<number> = new Set([Type.braceL, Type.dollarBraceL, Type.parenL, Type.bracketL]);
const CLOSING: ReadonlySet<number> = new Set([Type.braceR, Type.parenR, Type.bracketR]);
const WITH_BODY: ReadonlySet<number> = new Set([Type._function, Type._class]);
const DECLARING: ReadonlySet<number> = new Set([...WITH_BODY, Type._const, Type._let, Type._var]);

/** Parses a module without types. Throws what is no JavaScript, and what the packing does not support. */
export function parseScript(id: string, code: string): ScriptModule {
  return new ModuleReader(id, code).read();
}

class ModuleReader {
  readonly #id: string;
  readonly #code: string;
  readonly #tokens: readonly ScriptToken[];
  readonly #scopes: ScriptScopes;
  readonly #statements: ScriptStatement[] = [];
  readonly #imports = new Map<string, ExportedName>();
  readonly #exports = new Map<string, string | ExportedName>();
  readonly #requires = new Set<string>();
  readonly #demands = new Set<string>();

  constructor(id: string, code: string) {
    this.#id = id;
    this.#code = code;
    const { tokens, scopes } = parse(code, false, false, false);
    this.#tokens = tokens;
    this.#scopes = new ScriptScopes(scopes, tokens.length);
  }

  read(): ScriptModule {
    for (let next = 0; this.#typeAt(next) !== Type.eof;) next = this.#readStatement(next);
    return {
      id: this.#id,
      code: this.#code,
      tokens: this.#tokens,
      statements: this.#statements,
      imports: this.#imports,
      exports: this.#exports,
      requires: [...this.#requires],
      demands: [...this.#demands],
      scopes: this.#scopes,
    };
  }

  /** Returns the index after it. */
  #readStatement(start: number): number {
    const type = this.#typeAt(start);
    if (!this.#isModuleStatement(start)) return this.#addStatement(start);
    if (type === Type._import) return this.#readImport(start);
    const next = this.#typeAt(start + 1);
    if (next === Type.braceL) return this.#readExportList(start);
    const isDeclaration = DECLARING.has(next) || this.#textAt(start + 1) === "async";
    if (!isDeclaration) throw new Error(`Cannot pack ${this.#id}: it exports by ${this.#textAt(start + 1)}`);
    const end = this.#addStatement(start + 1);
    for (const name of this.#statements.at(-1)!.declares) this.#exports.set(name, name);
    return end;
  }

  #addStatement(start: number): number {
    const end = this.#endOf(start);
    const declares: string[] = [];
    const names: number[] = [];
    for (let index = start; index < end; index++) {
      const token = this.#tokens[index]!;
      if (isVariable(token)) this.#noteDeclaration(index, token, declares);
      else if (isDynamicImport(this.#tokens, index)) this.#demands.add(this.#stringAt(index + 2));
      else if (!isPrivateMark(token)) continue;
      names.push(index);
    }
    this.#statements.push({ start, end, declares, names });
    return end;
  }

  /** The index after the statement, which ends with a semicolon, or with the body of a function or class. */
  #endOf(start: number): number {
    const isAsync = this.#textAt(start) === "async";
    const hasBody = WITH_BODY.has(this.#typeAt(isAsync ? start + 1 : start));
    for (let depth = 0, index = start;; index++) {
      const type = this.#typeAt(index);
      if (OPENING.has(type)) depth++;
      if (CLOSING.has(type)) depth--;
      if (type === Type.eof || (index > start && this.#isModuleStatement(index))) return index;
      if (depth === 0 && (type === Type.semi || (hasBody && type === Type.braceR))) return index + 1;
    }
  }

  /** Statements before it may lack their semicolon. */
  #isModuleStatement(index: number): boolean {
    const type = this.#typeAt(index);
    return type === Type._export || (type === Type._import && this.#typeAt(index + 1) !== Type.parenL);
  }

  #readImport(start: number): number {
    const end = this.#endOf(start);
    const from = this.#moduleAt(start, end);
    this.#requires.add(from);
    for (let index = start; index < end; index++) {
      if (this.#tokens[index]!.identifierRole !== Role.ImportDeclaration) continue;
      const [before, as] = [this.#textAt(index - 2), this.#textAt(index - 1)];
      const name = index === start + 1 ? "default" : as === "as" ? before : this.#textAt(index);
      this.#imports.set(this.#textAt(index), { from, name });
    }
    return end;
  }

  /** `export { a, b as c };`, perhaps from another module. */
  #readExportList(start: number): number {
    const end = this.#endOf(start);
    const from = this.#textAt(end - 2) === "}" ? undefined : this.#moduleAt(start, end);
    if (from !== undefined) this.#requires.add(from);
    for (let index = start + 2; this.#typeAt(index) !== Type.braceR; index++) {
      if (this.#typeAt(index) === Type.comma) continue;
      const name = this.#textAt(index);
      if (this.#textAt(index + 1) === "as") index += 2;
      this.#exports.set(this.#textAt(index), from === undefined ? name : { from, name });
    }
    return end;
  }

  /** The module that an import or export ends with. */
  #moduleAt(start: number, end: number): string {
    for (let index = start; index < end; index++) if (this.#typeAt(index) === Type.string) return this.#stringAt(index);
    throw new Error(`Cannot pack ${this.#id}: an import names no module`);
  }

  #noteDeclaration(index: number, token: ScriptToken, declares: string[]): void {
    const inFunction = declaresInFunction(token);
    if (declaresAtTop(token)) declares.push(this.#textAt(index));
    else if (inFunction || declaresInBlock(token)) this.#scopes.declare(index, this.#textAt(index), inFunction);
  }

  #typeAt(index: number): number {
    return this.#tokens[index]!.type;
  }

  #textAt(index: number): string {
    const token = this.#tokens[index];
    return token === undefined ? "" : textOfToken(this.#code, token);
  }

  #stringAt(index: number): string {
    return this.#textAt(index).slice(1, -1);
  }
}
