/** Opens the store in the given folder and prints the time it took, as JSON. */

import { openSqliteHistory } from "../../src/history/sqlite/sqlite_history.ts";

const rssBefore = Deno.memoryUsage().rss;
const start = performance.now();
const store = openSqliteHistory({ folder: Deno.args[0]! });
const ms = performance.now() - start;
const { rss } = Deno.memoryUsage();
store.close();
console.log(
  JSON.stringify({
    ms: Math.round(ms * 10) / 10,
    rssMb: Math.round(rss / 1e6),
    grownMb: Math.round((rss - rssBefore) / 1e6),
  }),
);
