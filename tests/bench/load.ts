/**
 * A load generator in a process of its own: senders that wait for acknowledgements, receivers that count lines.
 * Usage: deno run --allow-net tests/bench/load.ts PORT SENDERS RECEIVERS MESSAGES WINDOW. Prints one JSON object.
 */

const ROOM = "bench";
const TEXT = "x".repeat(100);
const LF = 10;
const MARK = "the-race-begins";
const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

export interface LoadResult {
  readonly messages: number;
  readonly seconds: number;
  readonly messagesPerSecond: number;
  readonly deliveriesPerSecond: number;
  /** From sending to the acknowledgement, in milliseconds. */
  readonly ackMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** From a `ping` to its `pong` while all of this went on: no shorter than any pause of the server's event loop. */
  readonly pingMs: { readonly p50: number; readonly p99: number; readonly max: number };
}

async function dial(port: number, name: string, room: string): Promise<Reader> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  conn.setNoDelay(true);
  await writeAll(conn, JSON.stringify({ type: "join", room, name }) + "\n");
  const reader = new Reader(conn);
  await reader.skipPast('"type":"joined"');
  return reader;
}

async function writeAll(conn: Deno.Conn, text: string): Promise<void> {
  let chunk = ENCODER.encode(text);
  while (chunk.length > 0) chunk = chunk.subarray(await conn.write(chunk));
}

/** Reads without making strings of what it reads, which would make this program the limit. */
class Reader {
  readonly conn: Deno.Conn;
  readonly bytes = new Uint8Array(128 * 1024);
  length = 0;

  constructor(conn: Deno.Conn) {
    this.conn = conn;
  }

  /** Reads behind what is kept. False once the other end has closed. */
  async read(): Promise<boolean> {
    const count = await this.conn.read(this.bytes.subarray(this.length));
    this.length += count ?? 0;
    return count !== null;
  }

  /** Keeps what begins at `start`, and forgets what was before. */
  keepFrom(start: number): void {
    this.bytes.copyWithin(0, start, this.length);
    this.length -= start;
  }

  /** Reads until `text` has come, and keeps what is behind the line that has it. */
  async skipPast(text: string): Promise<void> {
    while (true) {
      const found = DECODER.decode(this.bytes.subarray(0, this.length)).indexOf(text);
      const end = found < 0 ? -1 : this.bytes.indexOf(LF, found);
      if (end >= 0 && end < this.length) return this.keepFrom(end + 1);
      if (found < 0) this.keepFrom(Math.max(0, this.length - text.length));
      if (!await this.read()) throw new Error(`Cut off while waiting for ${text}`);
    }
  }
}

/** Resolves when `expected` lines have come behind the mark, at which `ready` is called. */
async function receive(reader: Reader, expected: number, ready: () => void): Promise<void> {
  await reader.skipPast(MARK);
  ready();
  let seen = 0;
  while (true) {
    const { bytes, length } = reader;
    for (let at = bytes.indexOf(LF); at >= 0 && at < length; at = bytes.indexOf(LF, at + 1)) seen++;
    reader.keepFrom(length);
    if (seen >= expected) return;
    if (!await reader.read()) throw new Error(`A receiver was cut off after ${seen} of ${expected} messages`);
  }
}

/** Where the type of a line begins: only acknowledgements begin with an a. */
const TYPE_OFFSET = '{"type":"'.length;
const LETTER_A = 0x61;

/** Sends `count` messages with `window` of them unacknowledged at most, and notes how long each took. */
async function send(reader: Reader, room: string, count: number, window: number, took: number[]): Promise<void> {
  const sentAt = new Float64Array(count);
  let sent = 0;
  let acked = 0;
  while (acked < count) {
    if (sent < count && sent - acked <= window / 2) {
      let text = "";
      while (sent < count && sent - acked < window) {
        sentAt[sent] = performance.now();
        text += JSON.stringify({ type: "message", room, text: TEXT, ref: String(sent++) }) + "\n";
      }
      await writeAll(reader.conn, text);
    }
    if (!await reader.read()) throw new Error(`A sender was cut off after ${acked} of ${count} acknowledgements`);
    const now = performance.now();
    const { bytes, length } = reader;
    let start = 0;
    for (let at = bytes.indexOf(LF); at >= 0 && at < length; at = bytes.indexOf(LF, start)) {
      if (bytes[start + TYPE_OFFSET] === LETTER_A) took.push(now - sentAt[acked++]!);
      start = at + 1;
    }
    reader.keepFrom(start);
  }
}

async function ping(conn: Deno.Conn, took: number[], over: () => boolean): Promise<void> {
  const buffer = new Uint8Array(4096);
  while (!over()) {
    const start = performance.now();
    await writeAll(conn, '{"type":"ping"}\n');
    let answer = "";
    while (!answer.includes("pong")) answer += DECODER.decode(buffer.subarray(0, await conn.read(buffer) ?? 0));
    took.push(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function percentiles(values: number[]): LoadResult["ackMs"] {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => Math.round(100 * (sorted[Math.floor(share * (sorted.length - 1))] ?? 0)) / 100;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** With receivers everybody is in one room; without, each sender has a room of its own, and only the store is measured. */
async function run(port: number, senders: number, receivers: number, messages: number, window: number): Promise<void> {
  const each = Math.floor(messages / senders);
  const total = each * senders;
  const roomOf = (index: number) => receivers > 0 ? ROOM : `${ROOM}${index}`;
  const listening = await Promise.all(Array.from({ length: receivers }, (_, index) => dial(port, `r${index}`, ROOM)));
  const talking = await Promise.all(
    Array.from({ length: senders }, (_, index) => dial(port, `s${index}`, roomOf(index))),
  );
  let waiting = receivers;
  const start = Promise.withResolvers<void>();
  const received = listening.map((reader) => receive(reader, total, () => --waiting === 0 && start.resolve()));
  await writeAll(talking[0]!.conn, JSON.stringify({ type: "message", room: roomOf(0), text: MARK }) + "\n");
  if (receivers > 0) await start.promise;
  const acks: number[] = [];
  const pings: number[] = [];
  let over = false;
  const probe = await Deno.connect({ hostname: "127.0.0.1", port });
  const began = performance.now();
  const pinging = ping(probe, pings, () => over);
  await Promise.all(talking.map((reader, index) => send(reader, roomOf(index), each, window, acks)));
  await Promise.all(received);
  const seconds = (performance.now() - began) / 1000;
  over = true;
  await pinging;
  probe.close();
  for (const { conn } of [...listening, ...talking]) conn.close();
  const result: LoadResult = {
    messages: total,
    seconds,
    messagesPerSecond: Math.round(total / seconds),
    deliveriesPerSecond: Math.round(total * receivers / seconds),
    ackMs: percentiles(acks),
    pingMs: percentiles(pings),
  };
  console.log(JSON.stringify(result));
}

if (import.meta.main) {
  const [port, senders, receivers, messages, window] = Deno.args.map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  await run(port, senders, receivers, messages, window);
}
