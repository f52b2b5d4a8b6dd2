/** Tokens of JavaScript as sucrase's parser marks them, and what they are. */

import { IdentifierRole as Role } from "sucrase/dist/parser/tokenizer/index.js";
import { TokenType as Type } from "sucrase/dist/parser/tokenizer/types.js";

export interface ScriptToken {
  readonly type: number;
  readonly start: number;
  readonly end: number;
  readonly identifierRole: number | null;
}

const TOP_LEVEL: ReadonlySet<number | null> = new Set([
  Role.TopLevelDeclaration,
  Role.ObjectShorthandTopLevelDeclaration,
]);
const IN_BLOCK: ReadonlySet<number | null> = new Set([
  Role.BlockScopedDeclaration,
  Role.ObjectShorthandBlockScopedDeclaration,
]);
const IN_FUNCTION: ReadonlySet<number | null> = new Set([
  Role.FunctionScopedDeclaration,
  Role.ObjectShorthandFunctionScopedDeclaration,
]);
const SHORTHAND: ReadonlySet<number | null> = new Set([
  Role.ObjectShorthand,
  Role.ObjectShorthandTopLevelDeclaration,
  Role.ObjectShorthandBlockScopedDeclaration,
  Role.ObjectShorthandFunctionScopedDeclaration,
]);
const VARIABLE: ReadonlySet<number | null> = new Set([
  Role.Access,
  ...TOP_LEVEL,
  ...IN_BLOCK,
  ...IN_FUNCTION,
  ...SHORTHAND,
]);

/** Whether the token declares a name at the top level of its module; imports do not count. */
export function declaresAtTop({ identifierRole }: ScriptToken): boolean {
  return TOP_LEVEL.has(identifierRole);
}

/** Whether the token declares a name in its block. */
export function declaresInBlock({ identifierRole }: ScriptToken): boolean {
  return IN_BLOCK.has(identifierRole);
}

/** Whether the token declares a name in its function: a parameter, a `var`, or a function. */
export function declaresInFunction({ identifierRole }: ScriptToken): boolean {
  return IN_FUNCTION.has(identifierRole);
}

/** Whether the token names a variable, and not a property, a label or a keyword. */
export function isVariable({ type, identifierRole }: ScriptToken): boolean {
  return type === Type.name && VARIABLE.has(identifierRole);
}

/** Whether the token names a variable and a property of the same name, as in `{ name }`. */
export function isShorthand({ identifierRole }: ScriptToken): boolean {
  return SHORTHAND.has(identifierRole);
}

export function textOfToken(code: string, { start, end }: ScriptToken): string {
  return code.slice(start, end);
}

/** Whether `import("…")` begins there. */
export function isDynamicImport(tokens: readonly ScriptToken[], index: number): boolean {
  return tokens[index]!.type === Type._import && tokens[index + 1]?.type === Type.parenL &&
    tokens[index + 2]?.type === Type.string && tokens[index + 3]?.type === Type.parenR;
}

/** Whether the token is the `#` of a private name, which the next token is. */
export function isPrivateMark({ type }: ScriptToken): boolean {
  return type === Type.hash;
}
