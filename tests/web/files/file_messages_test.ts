import { assertEquals, assertThrows } from "@std/assert";
import type { MessageFile, RoomMessage } from "../../../src/protocol/messages/messages.ts";
import { ADA, joined, roomMessage, YOU } from "../../terminal/memory_terminal.ts";
import { PageStage } from "../page_stage.ts";

const FILE: MessageFile = {
  ...{ id: "01a1fc07-c0de-7000-8a2b-6c11d3f09e55", name: "plan.pdf", size: 48_213, media: "application/pdf" },
  sha256: "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
};

const MESSAGE = { ...roomMessage("", 1, ADA) as RoomMessage, file: FILE };

function entered(): PageStage {
  const stage = new PageStage();
  stage.receive(joined("lobby"), MESSAGE, roomMessage("mine", 2, YOU));
  return stage;
}

function fileAt(stage: PageStage, seq: number): MessageFile | undefined {
  return stage.chat.conversations.current!.timeline.messageWithSeq(seq)!.message.file;
}

Deno.test("a message keeps its file when it is edited or gets a reaction, and loses it when it is deleted", () => {
  const stage = entered();
  const { id, at } = MESSAGE;
  const change = { of: { id, seq: 1, from: ADA }, room: "lobby", from: ADA, at };
  stage.receive({ type: "edited", ...change, id: "c-3", seq: 3, text: "read it" });
  stage.receive({ type: "reacted", ...change, id: "c-4", seq: 4, emoji: "👍", count: 1 });
  assertEquals([fileAt(stage, 1), stage.shown("#lobby")[0]], [FILE, "ada: read it"]);
  stage.receive({ type: "deleted", ...change, id: "c-5", seq: 5 });
  assertEquals([fileAt(stage, 1), stage.shown("#lobby")[0]], [undefined, "ada: "]);
});

Deno.test("the line beside chosen files is their text or a reply, unless it does something else", () => {
  const { actions } = entered();
  assertEquals(actions.messageOf("look at this"), { text: "look at this" });
  assertEquals(actions.messageOf("/me shows a plan"), { text: "/me shows a plan" });
  assertEquals(actions.messageOf("/reply 1 my plan"), {
    text: "my plan",
    intent: { kind: "reply", to: MESSAGE.id },
  });
  assertEquals([actions.messageOf("/topic tea"), actions.messageOf("/edit other")], [undefined, undefined]);
  assertThrows(() => actions.messageOf("/nosuch"), Error, "/nosuch");
});

Deno.test("a message with a file that failed is sent again with its file", () => {
  const stage = entered();
  stage.client.send({ room: "lobby" }, "", undefined, FILE);
  stage.client.refuse("The server has no such file");
  const lobby = stage.chat.conversations.current!;
  stage.actions.resend(lobby, lobby.failed[0]!);
  assertEquals([stage.client.pending.at(-1)!.file, lobby.failed], [FILE, []]);
});

Deno.test("a bar at a file without a text names the file", () => {
  assertEquals(entered().actions.allowed(1)?.label, "ada: plan.pdf");
});
