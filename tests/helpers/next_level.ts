/** Takes the place of `src/cluster/cluster_op.ts` in a program that knows newer rules than the checkout. */

import { CHAT_LEVEL as LEVEL } from "../../src/cluster/cluster_op.ts";

export * from "../../src/cluster/cluster_op.ts";

export const CHAT_LEVEL = LEVEL + 1;
