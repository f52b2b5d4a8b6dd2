import type { RoomEntry } from "../../src/protocol/messages/messages.ts";
import type { ChaosReport } from "./chaos.ts";
import { EDIT } from "./chaos_device.ts";

/** The parts of a report that the verdict uses. */
export type Evidence = Pick<
  ChaosReport,
  "sent" | "unsaved" | "acks" | "received" | "conversationFaults" | "complaints"
>;

/** Returns one sentence for each broken promise. `stored` is the room's content in the store, by seq. */
export function findFaults(report: Evidence, stored: readonly RoomEntry[]): string[] {
  return [
    ...gapsIn(stored),
    ...lostOrDoubled(report, stored),
    ...report.received.flatMap((shown, index) => misshown(shown, stored, `Receiver ${index}`)),
    ...report.conversationFaults,
    ...(/internal error|stack|uncaught/i.test(report.complaints)
      ? [`The server complained: ${report.complaints}`]
      : []),
  ];
}

function gapsIn(stored: readonly RoomEntry[]): string[] {
  return stored.flatMap(({ seq }, index) => seq === index + 1 ? [] : [`Stored message ${index + 1} has seq ${seq}`]);
}

/** Compares messages by their texts, which are unique, and edits and edited messages by their ids. */
function lostOrDoubled(report: Evidence, stored: readonly RoomEntry[]): string[] {
  const faults: string[] = [];
  const byId = Map.groupBy(stored, ({ id }) => id);
  const unchanged = stored.filter((entry) => entry.type === "message").filter(({ edited }) => !edited);
  const byText = Map.groupBy(unchanged, ({ text }) => text);
  for (const [text, { id, seq }] of report.acks) {
    const [entry] = byId.get(id) ?? [];
    const isChanged = entry?.type === "edited" || (entry?.type === "message" && entry.edited);
    const copies = (isChanged ? byId.get(id) : byText.get(text)) ?? [];
    if (copies.length !== 1) faults.push(`Acknowledged ${text} is stored ${copies.length} times`);
    else if (copies[0]!.id !== id || copies[0]!.seq !== seq) {
      faults.push(`Acknowledged ${text} is stored as a different message`);
    }
  }
  for (const [text, copies] of byText) if (copies.length > 1) faults.push(`${text} is stored ${copies.length} times`);
  const edits = stored.filter(({ type }) => type === "edited").length;
  const acknowledged = [...report.acks.keys()].filter((text) => text.startsWith(EDIT)).length;
  if (edits !== acknowledged) faults.push(`${edits} of ${acknowledged} acknowledged edits are stored`);
  const due = report.sent - report.unsaved.length;
  if (report.acks.size !== due) faults.push(`${report.acks.size} of ${due} sent messages were acknowledged`);
  for (const text of report.unsaved) if (byText.has(text)) faults.push(`${text} was sent before it was saved`);
  return faults;
}

/** Each receiver must show every message once and in order, from its first to the last. */
function misshown(shown: readonly RoomEntry[], stored: readonly RoomEntry[], who: string): string[] {
  if (shown.length === 0) return [`${who} was shown nothing`];
  const first = shown[0]!.seq;
  for (const [index, message] of shown.entries()) {
    const expected = stored[first - 1 + index];
    if (message.id !== expected?.id) return [`${who} showed seq ${message.seq} in place of ${expected?.seq}`];
  }
  const last = shown.at(-1)!.seq;
  return last === stored.length ? [] : [`${who} showed messages up to seq ${last} of ${stored.length}`];
}
