import { assert, assertEquals } from "@std/assert";
import { messageLines, searchLines } from "../../../src/terminal/render/message_lines.ts";
import { createPalette, MONOCHROME } from "../../../src/terminal/render/palette.ts";
import { INDENT, type Style } from "../../../src/terminal/render/line_style.ts";
import { createTimes } from "../../../src/terminal/render/time_format.ts";
import type { RoomMessage } from "../../../src/protocol/messages/messages.ts";
import { FORMATTING_SAMPLES } from "../../helpers/formatting_samples.ts";
import { FORMATTING_VIEWS } from "../../helpers/formatting_views.ts";
import { start } from "../app_stage.ts";
import { roomMessage, YOU } from "../memory_terminal.ts";

const FORMATTED: Style = { palette: createPalette(true), times: createTimes("UTC"), formatting: true };
const message = (text: string) => roomMessage(text) as RoomMessage;
const linesOf = (text: string, style = FORMATTED) => messageLines(message(text), style, { you: YOU, place: "lobby" });
const visible = (line: string) => line.replaceAll("\x1b", "␛");

for (const { text } of FORMATTING_SAMPLES) {
  Deno.test(`${JSON.stringify(text)} has its lines in the terminal`, () => {
    const [first, ...rest] = linesOf(text).map(visible);
    const head = /^.*?ada␛\[39m:? ?/.exec(first!)![0];
    assertEquals([first!.slice(head.length), ...rest], FORMATTING_VIEWS[text]!.lines);
  });
}

/** The lines of a message as typed. */
function typedLines(text: string): string[] {
  const [first, ...rest] = text.replace(/^\/me /, "").split("\n");
  return [`[12:03] ${text.startsWith("/me ") ? "* ada" : "ada:"} ${first}`, ...rest.map((line) => INDENT + line)];
}

/** Draws all samples in a real client, and returns each one's rows. */
async function drawn(options: Parameters<typeof start>[0]): Promise<string[][]> {
  const { screen, client, settled, quit } = await start({ columns: 200, rows: 500, ...options });
  const begun = screen.joined.length - 1;
  const ends: number[] = [];
  for (const [nth, { text }] of FORMATTING_SAMPLES.entries()) {
    client.receive(roomMessage(text, nth + 1));
    await settled();
    ends.push(screen.joined.length - 1);
  }
  const rows = ends.map((end, nth) => screen.joined.slice(ends[nth - 1] ?? begun, end));
  await quit();
  return rows;
}

const trimmed = (lines: readonly string[]) => lines.map((line) => line.trimEnd());
const expanded = (lines: readonly string[]) => trimmed(lines.map((line) => line.replaceAll("\t", "        ")));

Deno.test("without colour, and with the setting off, each sample is shown as typed", async () => {
  const typed = FORMATTING_SAMPLES.map(({ text }) => typedLines(text));
  for (const style of [{ ...FORMATTED, formatting: false }, { ...FORMATTED, palette: MONOCHROME, formatting: false }]) {
    const plain = (text: string) => linesOf(text, style).map((line) => line.replace(/\p{Cc}\[[\d;]*m/gu, ""));
    assertEquals(FORMATTING_SAMPLES.map(({ text }) => plain(text)), typed);
  }
  assertEquals((await drawn({ color: false })).map(expanded), typed.map(expanded));
  assertEquals((await drawn({ color: true, settings: { formatting: false } })).map(expanded), typed.map(expanded));
});

Deno.test("/set formatting changes how later messages are shown", async () => {
  const { screen, client, type, settled, quit } = await start({ columns: 60, rows: 30, color: true });
  const last = async (seq: number) => {
    client.receive(roomMessage("*now*", seq));
    await settled();
    return screen.joined.at(-2);
  };
  assertEquals(await last(1), "[12:03] ada: now");
  await type("/set formatting off\r");
  assertEquals(await last(2), "[12:03] ada: *now*");
  await type("/set formatting on\r");
  assertEquals(await last(3), "[12:03] ada: now");
  await quit();
});

Deno.test("found messages, quotes of replies and changes are shown as they were typed", () => {
  const found = searchLines(
    { type: "search", room: "lobby", query: "a", messages: [message("*a*")], more: false },
    FORMATTED,
    { you: YOU, place: "lobby" },
  );
  assert(found.some((line) => line.endsWith(": *a*")), found.join("\n"));
  const reply = { seq: 1, from: YOU, text: "*a*" };
  const [quote] = messageLines({ ...message("b"), reply } as RoomMessage, FORMATTED, { you: YOU, place: "lobby" });
  assertEquals(visible(quote!), `␛[2m${INDENT}> zoe: *a*␛[22m`);
});

Deno.test("the mark of an edited message follows its last line of text, and is on a line of its own after code", () => {
  const edited = (text: string) =>
    messageLines({ ...message(text), edited: true } as RoomMessage, FORMATTED, { you: YOU, place: "lobby" }).at(-1)!;
  assertEquals(visible(edited("*a*")), "␛[2m[12:03]␛[22m ␛[38;5;135mada␛[39m: ␛[3ma␛[23m ␛[2m(edited)␛[22m");
  assertEquals(visible(edited("- a\nb")), `${INDENT}b ␛[2m(edited)␛[22m`);
  assertEquals(visible(edited("```\na\n```")), `${INDENT}␛[2m(edited)␛[22m`);
});

Deno.test("a link with a label is one link of the terminal on each line, and shows its address", () => {
  const [first, second] = linesOf("[a\nb](https://a.example)", { ...FORMATTED, links: true });
  const link = (text: string) => `\x1b]8;;https://a.example/\x1b\\\x1b[4m${text}\x1b[24m\x1b]8;;\x1b\\`;
  assert(first!.endsWith(link("a")));
  assertEquals(second, `${INDENT}${link("b")}\x1b[2m (https://a.example)\x1b[22m`);
});
