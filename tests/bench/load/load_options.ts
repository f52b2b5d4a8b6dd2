import { parseArgs } from "@std/cli/parse-args";
import { isMode, type Mode } from "./dialects.ts";

/** Options of the load generator, with the names and meanings of fanload's. */
export interface LoadOptions {
  readonly mode: Mode;
  readonly port: number;
  /** Ports of further servers of the chat: the clients take turns. Not an option of fanload. */
  readonly morePorts: readonly number[];
  /** Process id of the server, for its memory and processor time; 0 if unknown. */
  readonly pid: number;
  /** Without receivers, each sender waits for its own messages, which no other client gets. */
  readonly receivers: number;
  readonly senders: number;
  readonly messages: number;
  readonly warmup: number;
  readonly window: number;
  /** Messages a second of all senders together; 0 for as many as the windows allow. */
  readonly rate: number;
  /** Size of a text in bytes. */
  readonly size: number;
  readonly room: string;
  /** Lines of mode jsonl: %d is the number of the connection, %s the room or the text, %i the number of the message. */
  readonly join: string;
  readonly msg: string;
  /** The text in a server's line that confirms the join. */
  readonly expect: string;
  readonly connWindow: number;
  readonly joinSeconds: number;
  readonly maxSeconds: number;
  readonly stallSeconds: number;
  readonly idleSeconds: number;
  readonly spin: boolean;
  /** Not an option of fanload. */
  readonly tls: boolean;
}

const MIN_TEXT_BYTES = 32;
const MAX_TEXT_BYTES = 60_000;
const NUMBERS = {
  port: 0,
  pid: 0,
  receivers: 100,
  senders: 4,
  messages: 1_000,
  warmup: 0,
  window: 64,
  rate: 0,
  size: 100,
  "conn-window": 32,
  "join-secs": 180,
  "max-secs": 120,
  "stall-secs": 5,
  "idle-secs": 0,
  // Accepted and ignored: Deno cannot connect from a given address.
  "src-ips": 0,
};
const TEXTS = {
  mode: "raw",
  room: "load",
  join: '{"type":"join","room":"%s","name":"u%d"}',
  msg: '{"type":"message","room":"load","text":"%s"}',
  expect: "",
  "more-ports": "",
};

/** Throws an `Error` that names the invalid option. */
export function parseLoadOptions(args: readonly string[]): LoadOptions {
  const unknown: string[] = [];
  const given = parseArgs([...args], {
    string: [...Object.keys(NUMBERS), ...Object.keys(TEXTS)],
    boolean: ["spin", "tls"],
    unknown: (word) => void unknown.push(word),
  }) as Record<string, unknown>;
  if (unknown.length > 0) throw new Error(`There is no option ${unknown.join(", ")}`);
  const number = (name: keyof typeof NUMBERS) => wholeNumber(name, given[name] ?? NUMBERS[name]);
  const text = (name: keyof typeof TEXTS) => String(given[name] ?? TEXTS[name]);
  const mode = text("mode");
  if (!isMode(mode)) throw new Error(`There is no mode ${mode}`);
  const size = number("size");
  if (size < MIN_TEXT_BYTES || size > MAX_TEXT_BYTES) throw new Error("--size wants 32 to 60000");
  for (const name of ["port", "senders", "messages", "window", "conn-window"] as const) {
    if (number(name) === 0) throw new Error(`--${name} wants a number above 0`);
  }
  return {
    mode,
    size,
    port: number("port"),
    morePorts: text("more-ports").split(",").filter((word) => word !== "").map((word) =>
      wholeNumber("more-ports", word)
    ),
    pid: number("pid"),
    receivers: number("receivers"),
    senders: number("senders"),
    messages: number("messages"),
    warmup: number("warmup"),
    window: number("window"),
    rate: number("rate"),
    room: text("room"),
    join: text("join"),
    msg: text("msg"),
    expect: text("expect"),
    connWindow: number("conn-window"),
    joinSeconds: number("join-secs"),
    maxSeconds: number("max-secs"),
    stallSeconds: number("stall-secs"),
    idleSeconds: number("idle-secs"),
    spin: given.spin === true,
    tls: given.tls === true,
  };
}

function wholeNumber(name: string, value: unknown): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0 || value === "") throw new Error(`--${name} wants a whole number`);
  return number;
}
