import { assertEquals } from "@std/assert";
import { initialState } from "../../../src/client/state/client_state.ts";
import { MAX_CONVERSATIONS_KNOWN } from "../../../src/protocol/limits.ts";
import type { DirectMessage } from "../../../src/protocol/messages/messages.ts";
import { NewMessages } from "../../../src/terminal/model/new_messages.ts";
import { AT } from "../memory_terminal.ts";

function message(partner: number, seq: number): DirectMessage {
  const from = { id: `m-${partner}`, name: `guest${partner}` };
  return { type: "message", id: "x", with: from, from, seq, text: "hi", at: AT };
}

Deno.test("the separator comes before the first missed entry, and never before what is read or arrives later", () => {
  const missed = new NewMessages();
  const listed = (partner: number) => ({ with: message(partner, 1).with, seq: 9, mark: { seq: 5 }, unread: 3 });
  missed.listed({ type: "conversations", conversations: [listed(1), listed(2)], more: false });
  const before = (partner: number, seq: number) => missed.before(message(partner, seq), initialState);
  assertEquals([before(1, 4), before(1, 5)], [undefined, undefined]);
  assertEquals([before(1, 6), before(1, 7)], ["3 new with @m-1 since you left", undefined]);
  assertEquals([before(2, 10), before(2, 6)], [undefined, undefined]);
});

Deno.test("the places with missed entries are limited, and the first are forgotten first", () => {
  const missed = new NewMessages();
  for (let partner = 0; partner <= MAX_CONVERSATIONS_KNOWN; partner++) {
    const conversations = [{ with: message(partner, 1).with, seq: 1, unread: 1 }];
    missed.listed({ type: "conversations", conversations, more: false });
  }
  const first = (partner: number) => missed.before(message(partner, 1), initialState);
  assertEquals([first(0), first(1)], [undefined, "1 new with @m-1 since you left"]);
});
