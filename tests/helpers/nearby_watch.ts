// Prints servers that appear (+) and disappear (-) on this machine's networks, until it is killed.

import { findNearby, type Nearby } from "../../src/nearby/nearby.ts";

const line = (sign: string) => ({ title, host, tls }: Nearby) => console.log(`${sign} ${title} ${host} ${tls}`);

console.log("looking");
await findNearby({
  signal: new AbortController().signal,
  onFound: line("+"),
  onGone: line("-"),
  onTrouble: (error) => console.error(error),
});
