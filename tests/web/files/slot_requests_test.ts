import { assertEquals, assertRejects } from "@std/assert";
import { TransferError } from "../../../src/client/files/transfer_error.ts";
import type { ServerEvent } from "../../../src/protocol/messages/messages.ts";
import { SlotRequests } from "../../../src/web/files/slot_requests.ts";
import { joined } from "../../terminal/memory_terminal.ts";
import { PageStage } from "../page_stage.ts";

const ID = "01a1fc07-c0de-7000-8a2b-6c11d3f09e55";
const OTHER = "01a1fc07-c0de-7000-8a2b-6c11d3f09e56";
const SLOT = { type: "slot", id: ID, token: "t-1", path: `/files/${ID}`, until: "2026-11-22T02:55:26.045Z" } as const;
const ADDRESS = { type: "url", id: ID, path: `/files/${ID}/g-1`, until: SLOT.until } as const;

function entered() {
  const stage = new PageStage();
  stage.receive(joined("lobby"));
  return { stage, requests: new SlotRequests(stage.chat.replies, "/chat/") };
}

async function refused(event: ServerEvent, kind: TransferError["kind"], message: string): Promise<void> {
  const { stage, requests } = entered();
  const asked = requests.offer({ room: "lobby" }, "a.txt", 3);
  stage.receive(event);
  assertEquals((await assertRejects(() => asked, TransferError, message)).kind, kind);
  assertEquals(stage.shown("#lobby"), []);
}

Deno.test("a slot and a path are asked for over the chat, and their paths are below the folder of the page", async () => {
  const { stage, requests } = entered();
  const slot = requests.offer({ room: "lobby" }, "a.txt", 3);
  assertEquals(stage.client.asked.at(-1), { type: "offer", ref: "panel 1", room: "lobby", name: "a.txt", size: 3 });
  stage.receive({ ...SLOT, ref: "panel 1" });
  assertEquals(await slot, { id: ID, token: "t-1", path: `/chat/files/${ID}` });
  const path = requests.fetch(ID);
  assertEquals(stage.client.asked.at(-1), { type: "fetch", ref: "panel 2", id: ID });
  stage.receive({ ...ADDRESS, ref: "panel 2" });
  assertEquals(await path, `/chat/files/${ID}/g-1`);
  assertEquals(stage.shown("#lobby"), []);
});

Deno.test("a refusal is final, and what passes is not", async () => {
  const error = { type: "error", ref: "panel 1", message: "No" } as const;
  await refused({ ...error, code: "quota_exceeded" }, "refused", "No");
  await refused({ ...error, code: "rate_limited", retryAfter: 2 }, "busy", "No");
  const { stage, requests } = entered();
  stage.client.online = false;
  const asked = await assertRejects(() => requests.fetch(ID), TransferError, "Not connected");
  assertEquals(asked.kind, "broken");
});

Deno.test("an answer that names another place, or a token that is no header, is not followed", async () => {
  const message = "The server's answer is not valid: it names no place for the file";
  for (const path of ["", "//evil.example/", `/files/${OTHER}`, `https://evil.example/files/${ID}`, `/files/${ID}?a`]) {
    await refused({ ...SLOT, ref: "panel 1", path }, "invalid", message);
  }
  for (const token of ["", "a\r\nHost: b", "a b", "ö", "x".repeat(257)]) {
    await refused({ ...SLOT, ref: "panel 1", token }, "invalid", message);
  }
  await refused({ ...ADDRESS, ref: "panel 1" }, "refused", "The server answered offer with url");
});
