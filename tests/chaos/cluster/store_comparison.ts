/** Compares the stores of servers that have ended in order. */

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** What a server writes when it has time, or at its own checkpoint, and completes from the messages when it starts. */
const OWN_TABLES = /^(acks|ack_generations|search|search_.*|checkpoint)$/;
const OWN_COLUMNS: ReadonlyMap<string, readonly string[]> = new Map([["rooms", [
  "room",
  "acked",
  "indexed",
  "seq",
  "in_order",
]]]);

/** Returns one sentence for each table of `others` whose rows differ from those of `folder`. */
export function compareStores(folder: string, others: readonly string[]): string[] {
  const rows = rowsOf(folder);
  return others.flatMap((other) => {
    const otherRows = rowsOf(other);
    const tables = new Set([...rows.keys(), ...otherRows.keys()]);
    return [...tables].flatMap((table) => difference(rows.get(table), otherRows.get(table)) ?? []).map((where) =>
      `The store of ${other} differs from that of ${folder}: ${where}`
    );
  });
}

function difference(rows: readonly string[] = [], others: readonly string[] = []): string | undefined {
  const at = rows.findIndex((row, index) => row !== others[index]);
  if (at < 0 && rows.length === others.length) return undefined;
  const first = at < 0 ? rows.length : at;
  return `${others.length} rows in place of ${rows.length}, the first other one is ${others[first]} in place of ${
    rows[first]
  }`;
}

/** The rows of each table as JSON, with the name of the table. */
function rowsOf(folder: string): Map<string, string[]> {
  using database = new DatabaseSync(join(folder, "confab.db"), { readOnly: true });
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all();
  const names = tables.map(({ name }) => String(name)).filter((name) => !OWN_TABLES.test(name));
  const rooms = new Map(database.prepare("SELECT room, id FROM rooms").all().map(({ room, id }) => [room, id]));
  return new Map(names.map((name) => {
    const own = OWN_COLUMNS.get(name) ?? [];
    const shared = (column: string, value: unknown) =>
      own.includes(column)
        ? undefined
        : column === "room"
        ? rooms.get(value as number)
        : name === "messages" && column === "key"
        ? keyOf(rooms, value as number)
        : plain(value);
    const rows = database.prepare(`SELECT * FROM ${name}`).all();
    return [name, rows.map((row) => `${name} ${JSON.stringify(row, shared)}`).sort()];
  }));
}

/** Each server numbers its rooms itself. The key of a message begins with that number. */
function keyOf(rooms: ReadonlyMap<unknown, unknown>, key: number): string {
  const room = Math.floor(key / 2 ** 37);
  return `${rooms.get(room)} ${key - room * 2 ** 37}`;
}

function plain(value: unknown): unknown {
  return value instanceof Uint8Array ? value.toHex() : value;
}
