/** A worker thread for the attacker, so that it does not slow the bystander. */

import { attack, type CostOrder } from "./costs.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<CostOrder>) => void;
  postMessage: (what: "written" | "done") => void;
};

scope.onmessage = async ({ data }) => {
  await attack(data, () => scope.postMessage("written"));
  scope.postMessage("done");
};
