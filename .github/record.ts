// Makes `.github/session.svg`, the picture in README.md, from a real session: a server, two terminal clients and `nc`,
// each typed into a terminal of its own under tmux. By hand, after a change of what they show; port 5050 must be free:
//   deno task compile && deno run --allow-run=tmux --allow-read --allow-write=.github/session.svg .github/record.ts ./confab
// It ends with the picture, or with the screen on which something that was waited for did not come.
import { unicodeWidth } from "@std/cli/unicode-width";

const COLUMNS = 58;
const PATIENCE_MS = 10_000;
/** Of one run: no other tmux sees these terminals. */
const SOCKET = `confab-record-${Deno.pid}`;

const executable = await Deno.realPath(Deno.args[0] ?? "confab");

async function tmux(...args: string[]): Promise<string> {
  const command = new Deno.Command("tmux", { args: ["-u", "-L", SOCKET, "-f", "/dev/null", ...args] });
  const { success, stdout, stderr } = await command.output();
  if (!success) throw new Error(`Cannot run tmux ${args[0]}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

interface Pane {
  readonly title: string;
  readonly lines: readonly string[];
  readonly rows: number;
  readonly cursor: { readonly column: number; readonly row: number };
}

/** A shell in a terminal of its own, on which somebody types. */
class Desk {
  readonly #name: string;
  readonly #title: string;
  readonly #rows: number;

  private constructor(name: string, title: string, rows: number) {
    this.#name = name;
    this.#title = title;
    this.#rows = rows;
  }

  static async open(name: string, title: string, rows: number): Promise<Desk> {
    const folder = executable.slice(0, executable.lastIndexOf("/"));
    const shell = `PATH="${folder}:$PATH" PS1='$ ' ENV= NO_COLOR= LC_ALL=C.UTF-8 exec sh -i`;
    await tmux("new-session", "-d", "-s", name, "-x", String(COLUMNS), "-y", String(rows), shell);
    await tmux("set-option", "-t", name, "status", "off");
    await tmux("resize-window", "-t", name, "-x", String(COLUMNS), "-y", String(rows));
    const desk = new Desk(name, title, rows);
    await desk.shows("$ ");
    return desk;
  }

  async type(text: string): Promise<void> {
    await tmux("send-keys", "-t", this.#name, "-l", text);
  }

  /** Types a line, and waits for what it leads to here. */
  async enter(text: string, shown: string): Promise<void> {
    await this.type(text);
    await tmux("send-keys", "-t", this.#name, "Enter");
    await this.shows(shown);
  }

  async shows(text: string): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const screen = await tmux("capture-pane", "-p", "-J", "-t", this.#name);
      if (screen.includes(text)) return;
      if (Date.now() > end) throw new Error(`Terminal ${this.#name} does not show ${JSON.stringify(text)}:\n${screen}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async capture(): Promise<Pane> {
    const lines = (await tmux("capture-pane", "-p", "-e", "-t", this.#name)).trimEnd().split("\n");
    const position = await tmux("display-message", "-p", "-t", this.#name, "#{cursor_x} #{cursor_y}");
    const [column, row] = position.trim().split(" ").map(Number) as [number, number];
    return { title: this.#title, lines, rows: this.#rows, cursor: { column, row } };
  }
}

async function record(): Promise<Pane[]> {
  const server = await Desk.open("server", "the server", 13);
  await server.enter("confab serve --title Workshop", "Join with");
  const ada = await Desk.open("ada", "ada, on a terminal", 14);
  await ada.enter("confab connect --name ada", "#lobby> ");
  const bob = await Desk.open("bob", "bob, on another one", 14);
  await bob.enter("confab connect --name bob", "#lobby> ");
  await ada.enter("Hello! Who is here?", "ada: Hello!");
  await bob.shows("Who is here?");
  await bob.enter("Me, ada. 今天好, ça va?", "bob: Me, ada.");
  await ada.shows("ça va?");

  const mia = await Desk.open("mia", "mia, with nothing but nc", 13);
  await mia.enter("nc localhost 5050", "Your name?");
  await mia.enter("mia", "You are mia");
  await mia.enter("And me. I have no Confab, only nc.", "And me.");
  await ada.shows("only nc.");
  await ada.enter("/topic Lunch at noon", "set the topic");
  await bob.shows("set the topic");
  await bob.enter("/me is hungry", "* bob is hungry");
  await mia.shows("is hungry");
  await mia.enter("/msg ada keep me a seat", "you to ada");
  await ada.shows("keep me a seat");
  await bob.type("What I type stays, while others wr");
  await ada.enter("See you there!", "ada: See you there!");
  await bob.shows("See you there!");
  await bob.shows("others wr");
  await mia.shows("See you there!");
  return await Promise.all([server, mia, ada, bob].map((desk) => desk.capture()));
}

// From here on: terminal text with colours (SGR, ECMA-48 section 8.3.117) to SVG.

const CELL_WIDTH = 8.4;
const CELL_HEIGHT = 19;
const FONT_SIZE = 14;
const PADDING = 12;
const TITLE_HEIGHT = 24;
const GAP = 14;
const PANE_WIDTH = COLUMNS * CELL_WIDTH + 2 * PADDING;
const FOREGROUND = "#d8dbe0";
const BACKGROUND = "#14161a";

interface Look {
  color?: string;
  bold?: boolean;
  dim?: boolean;
  reverse?: boolean;
}

interface Run {
  readonly column: number;
  readonly cells: number;
  readonly text: string;
  readonly look: Look;
}

/** xterm's 256 colours. */
function colorOf(index: number): string {
  const basic = ["#000", "#e0605e", "#7fb069", "#d9a441", "#6a9fd8", "#b07fc9", "#5fb0b0", "#d8dbe0"];
  if (index < 16) return basic[index % 8]!;
  if (index >= 232) return rgb([index, index, index].map((gray) => 8 + 10 * (gray - 232)));
  const levels = [0, 95, 135, 175, 215, 255];
  const cube = index - 16;
  return rgb([Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((step) => levels[step]!));
}

function rgb(parts: readonly number[]): string {
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

function restyle(look: Look, parameters: readonly number[]): Look {
  const next = { ...look };
  for (let index = 0; index < parameters.length; index++) {
    const code = parameters[index]!;
    if (code === 0) { for (const key of Object.keys(next)) delete next[key as keyof Look]; }
    else if (code === 1) next.bold = true;
    else if (code === 2) next.dim = true;
    else if (code === 7) next.reverse = true;
    else if (code === 22) next.bold = next.dim = false;
    else if (code === 27) next.reverse = false;
    else if (code === 39) delete next.color;
    else if (code === 49) continue;
    else if (code >= 30 && code <= 37) next.color = colorOf(code - 30);
    else if (code === 38 && parameters[index + 1] === 5) next.color = colorOf(parameters[index += 2]!);
    else throw new Error(`Cannot draw the rendition ${code}`);
  }
  return next;
}

const ESCAPE = "\x1b";
/** SGR with its parameters, or what stands up to the next one. */
const LOOK_OR_TEXT = new RegExp(`${ESCAPE}\\[([0-9;]*)m|[^${ESCAPE}]+`, "g");

/** A run ends where the look changes, and around each wide character, so that no font can shift what follows. */
function runsOf(line: string, start: Look): { runs: Run[]; look: Look } {
  const runs: Run[] = [];
  let look = start;
  let column = 0;
  for (const [part, sequence] of line.matchAll(LOOK_OR_TEXT)) {
    if (sequence !== undefined) {
      look = restyle(look, sequence.split(";").map(Number));
      continue;
    }
    for (const text of part.match(/[\x20-\x7e]+|[^\x20-\x7e]\p{M}*/gu) ?? []) {
      const cells = unicodeWidth(text);
      runs.push({ column, cells, text, look });
      column += cells;
    }
  }
  return { runs, look };
}

function drawRun({ column, cells, text, look }: Run, row: number): string {
  const x = PADDING + column * CELL_WIDTH;
  const y = TITLE_HEIGHT + PADDING + row * CELL_HEIGHT;
  const color = look.color ?? FOREGROUND;
  const width = cells * CELL_WIDTH;
  const block = look.reverse ? rectangle(x, y, width, CELL_HEIGHT, color) : "";
  if (text.trim() === "") return block;
  const attributes = [
    `x="${round(x)}" y="${round(y + 14)}" textLength="${round(width)}"`,
    `fill="${look.reverse ? BACKGROUND : color}"`,
    look.bold ? `font-weight="bold"` : "",
    look.dim ? `opacity="0.6"` : "",
  ];
  return `${block}<text ${attributes.filter((part) => part !== "").join(" ")}>${escape(text)}</text>`;
}

function drawPane({ title, lines, rows, cursor }: Pane, x: number, y: number): string {
  const height = TITLE_HEIGHT + rows * CELL_HEIGHT + 2 * PADDING;
  let look: Look = {};
  const text = lines.map((line, row) => {
    const result = runsOf(line, look);
    look = result.look;
    return result.runs.map((run) => drawRun(run, row)).join("");
  });
  const cursorX = PADDING + cursor.column * CELL_WIDTH;
  const cursorY = TITLE_HEIGHT + PADDING + cursor.row * CELL_HEIGHT;
  return [
    `<g transform="translate(${round(x)} ${round(y)})">`,
    `<rect width="${round(PANE_WIDTH)}" height="${height}" rx="6" fill="${BACKGROUND}"/>`,
    `<text x="${PADDING}" y="18" fill="#8b929e" font-size="12">${escape(title)}</text>`,
    ...text.filter((row) => row !== ""),
    rectangle(cursorX, cursorY, CELL_WIDTH, CELL_HEIGHT - 2, "#8b929e"),
    "</g>",
  ].join("\n");
}

function rectangle(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${fill}"/>`;
}

function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Two panes a row. */
function picture(panes: readonly Pane[]): string {
  const drawn: string[] = [];
  let y = 0;
  for (let index = 0; index < panes.length; index += 2) {
    const row = panes.slice(index, index + 2);
    row.forEach((pane, column) => drawn.push(drawPane(pane, column * (PANE_WIDTH + GAP), y)));
    y += TITLE_HEIGHT + row[0]!.rows * CELL_HEIGHT + 2 * PADDING + GAP;
  }
  const width = round(2 * PANE_WIDTH + GAP);
  const font = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
  return [
    "<!-- deno-fmt-ignore-file -->",
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y - GAP}" width="${width}" height="${y - GAP}" ` +
    `font-family="${font}" font-size="${FONT_SIZE}" xml:space="preserve">`,
    "<title>A session of Confab: a server, two terminal clients and nc in one room</title>",
    ...drawn,
    "</svg>",
    "",
  ].join("\n");
}

try {
  const panes = await record();
  await Deno.writeTextFile(new URL("session.svg", import.meta.url), picture(panes));
} finally {
  await tmux("kill-server");
}
