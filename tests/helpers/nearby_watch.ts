// Prints servers that appear (+) and disappear (-) on this machine's networks, until it is killed.

import { findNearby } from "../../src/nearby/discovery.ts";
import type { NearbyServer } from "../../src/nearby/dns_records.ts";

const line = (sign: string) => ({ title, host, tls }: NearbyServer) => console.log(`${sign} ${title} ${host} ${tls}`);

console.log("looking");
await findNearby({
  signal: new AbortController().signal,
  onFound: line("+"),
  onGone: line("-"),
  onError: (error) => console.error(error),
});
