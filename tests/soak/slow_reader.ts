import { pause } from "../chaos/pace.ts";
import { type Ledger, ROOM } from "./ledger.ts";

const ASK_MS = 100;
const ENCODER = new TextEncoder();

/** Joins, stops reading, requests much, and is closed for it. Repeats that as the same member until `until`. */
export async function readSlowly(name: string, port: number, until: number, ledger: Ledger): Promise<void> {
  let token: string | undefined;
  while (Date.now() < until) {
    using conn = await Deno.connect({ hostname: "127.0.0.1", port });
    await say(conn, { type: "join", room: ROOM, name, token });
    token = await tokenFrom(conn);
    ledger.count("slow readers");
    if (await askUntilCut(conn, until)) ledger.count("slow readers cut");
  }
}

/** Requests up to ten pages a second. Resolves to true when the server closes the connection. */
async function askUntilCut(conn: Deno.Conn, until: number): Promise<boolean> {
  while (Date.now() < until) {
    try {
      await say(conn, { type: "history", room: ROOM, limit: 200 });
    } catch {
      return true;
    }
    await pause(ASK_MS);
  }
  return false;
}

async function say(conn: Deno.Conn, command: object): Promise<void> {
  let rest = ENCODER.encode(JSON.stringify(command) + "\n");
  while (rest.length > 0) rest = rest.subarray(await conn.write(rest));
}

/** Reads the reply to the join, which is the second line. */
async function tokenFrom(conn: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(4_096);
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const token = /"token":"([^"]+)"/.exec(text)?.[1];
    if (token !== undefined) return token;
    const count = await conn.read(buffer);
    if (count === null) throw new Error(`The server closed a slow reader too early: ${text}`);
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
}
