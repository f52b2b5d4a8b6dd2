/**
 * Paths as users type, drop and paste them: words that may be quoted or escaped as in the shell of the system. On Windows a
 * backslash separates folders and escapes nothing.
 */

export interface PathWord {
  /** Without quotes and escapes. */
  readonly path: string;
  /** Offsets in the text, the second one after the word. */
  readonly start: number;
  readonly end: number;
  readonly isQuoted: boolean;
}

/** How one system writes words. */
export interface PathSyntax {
  /** Whether paths are those of Windows. */
  readonly windows: boolean;
}

/** The words of a text. An open quote goes to the end. */
export function pathWords(text: string, syntax: PathSyntax): PathWord[] {
  const words: PathWord[] = [];
  for (let at = 0; at < text.length;) {
    if (/\s/.test(text[at]!)) {
      at++;
      continue;
    }
    const word = readWord(text, at, syntax);
    words.push(word);
    at = word.end;
  }
  return words;
}

/** Reads the word that begins at `start`. */
function readWord(text: string, start: number, { windows }: PathSyntax): PathWord {
  let path = "";
  let quote: string | undefined;
  let isQuoted = false;
  let at = start;
  for (; at < text.length; at++) {
    const char = text[at]!;
    const isEscape = char === "\\" && !windows && quote !== "'" && at + 1 < text.length;
    if (isEscape && (quote === undefined || /["\\$`]/.test(text[at + 1]!))) path += text[++at];
    else if (quote === undefined && /["']/.test(char) && !(windows && char === "'")) {
      quote = char;
      isQuoted = true;
    } else if (char === quote) quote = undefined;
    else if (quote === undefined && /\s/.test(char)) break;
    else path += char;
  }
  return { path, start, end: at, isQuoted };
}

/** Writes a path as a word. An open one can be continued. */
export function quotePath(path: string, { windows }: PathSyntax, open = false): string {
  if (/^[^\s"'\\$`]+$/.test(path) || (windows && /^[^\s"]+$/.test(path))) return path;
  const escaped = windows ? path : path.replace(/["\\$`]/g, "\\$&");
  return `"${escaped}${open ? "" : '"'}`;
}

/** The paths and the text of a `/send`. */
export interface SendWords {
  /** At least one. */
  readonly paths: readonly string[];
  readonly text: string;
}

/**
 * Splits the argument of `/send`: a path, further ones while they name files, and a text. A further word without quotes, dots or
 * separators is text even if a file has its name, and so is everything after `--`. `undefined` for an empty argument.
 */
export function splitSend(
  argument: string,
  syntax: PathSyntax,
  isFile: (path: string) => boolean,
): SendWords | undefined {
  const words = pathWords(argument, syntax);
  const [first, ...others] = words;
  if (first === undefined) return undefined;
  const textAt = others.findIndex(({ path, isQuoted }) => !(isQuoted || /[./\\]/.test(path)) || !isFile(path));
  const textWord = textAt < 0 ? undefined : others[textAt];
  const paths = [first, ...textAt < 0 ? others : others.slice(0, textAt)].map(({ path }) => path);
  const text = textWord === undefined ? "" : argument.slice(textWord.start);
  return { paths, text: text.replace(/^--(?:\s+|$)/, "").trim() };
}

/**
 * A `/send` to one member: a name, which is no file, and paths of files alone. `undefined` for any other argument. A name may
 * have an `@` before it.
 */
export function splitStraight(
  argument: string,
  syntax: PathSyntax,
  isFile: (path: string) => boolean,
): { readonly name: string; readonly paths: readonly string[] } | undefined {
  const [first, ...others] = pathWords(argument, syntax);
  if (first === undefined || others.length === 0 || first.isQuoted || isFile(first.path)) return undefined;
  const paths = others.map(({ path }) => path);
  return paths.every(isFile) ? { name: first.path.replace(/^@/, ""), paths } : undefined;
}

/**
 * The paths of a line that consists of nothing but full paths of existing files, as terminals insert dropped files; `undefined`
 * for any other line. A name without a folder is an ordinary word of a chat.
 */
export function droppedPaths(
  line: string,
  syntax: PathSyntax,
  isFile: (path: string) => boolean,
): readonly string[] | undefined {
  if (!looksDropped(line, syntax)) return undefined;
  const whole = line.trim();
  // Some terminals insert a name with blanks as it is.
  if (isFull(whole, syntax) && isFile(whole)) return [whole];
  const paths = pathWords(whole, syntax).map(({ path }) => path);
  return paths.length <= MAX_DROPPED && paths.every((path) => isFull(path, syntax) && isFile(path)) ? paths : undefined;
}

/** Files that are dropped at once. A text of more words is not looked up on the disk. */
const MAX_DROPPED = 32;

function looksDropped(line: string, syntax: PathSyntax): boolean {
  return isFull(line.trim().replace(/^["']/, ""), syntax);
}

function isFull(path: string, { windows }: PathSyntax): boolean {
  // A line that begins with two slashes is a message.
  if (/^(?:\/[^/]|file:\/\/\/|~\/)/i.test(path)) return true;
  return windows && /^(?:[a-z]:[\\/]|\\\\)/i.test(path);
}
