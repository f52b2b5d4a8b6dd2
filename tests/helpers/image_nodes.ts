import { type GraphImage, type GraphValue, PAIRED_KINDS } from "../../src/core/image/graph_table.ts";

/** The nodes of an image, each with what comes before its values. */
export function nodesOf({ classes, nodes }: GraphImage): { head: readonly GraphValue[]; values: GraphValue[] }[] {
  const found = [];
  for (let at = 0; at < nodes.length;) {
    const kind = nodes[at]!;
    const fields = typeof kind === "number" ? classes[kind]![1].length : undefined;
    const start = at + (fields === undefined ? 2 : 1);
    const end = start + (fields ?? Number(nodes[at + 1]) * (PAIRED_KINDS.has(kind) ? 2 : 1));
    found.push({ head: nodes.slice(at, start), values: nodes.slice(start, end) });
    at = end;
  }
  return found;
}
