import { assertEquals } from "@std/assert";
import { parseAnswer, parseQuestion, type SignedView, viewText } from "../../../src/protocol/hosts/candidate_answer.ts";
import { protocolErrorOf } from "../../helpers/throws.ts";

const KEY = "A".repeat(43);
const NONCE = "A".repeat(22);
const CONTEXT = { chat: "c-1", chatKey: "k", nonce: NONCE, tls: "t" };
const VIEW: SignedView = { key: KEY, term: 3, hosts: false, mayHost: true, progress: { term: 2, entries: 7 } };
const LINE = { type: "view", chat: "c-1", chatKey: KEY, ...VIEW, tls: "t", signature: "A".repeat(86) };

Deno.test("a candidate signs a label and all fields of its view, sorted", () => {
  const fields = `{"chat":"c-1","chatKey":"k","copyTerm":"2","entries":"7","follows":"f","hosts":"false",` +
    `"key":"${KEY}","mayHost":"true","nonce":"${NONCE}","term":"3","tls":"t"}`;
  assertEquals(viewText(CONTEXT, { ...VIEW, follows: "f" }), `confab-view-1\n${fields}`);
});

Deno.test("lines of the question and of the answer are read as they were written", () => {
  const question = { type: "ask", nonce: NONCE } as const;
  assertEquals(parseQuestion(JSON.stringify(question)), question);
  assertEquals(parseAnswer(JSON.stringify(LINE)), LINE as never);
});

Deno.test("lines that are no question or no answer are refused with the field", () => {
  const codes = new Set<string>();
  const refused = (parse: (line: string) => unknown, line: unknown) => {
    const { code, message } = protocolErrorOf(() => parse(typeof line === "string" ? line : JSON.stringify(line)));
    codes.add(code);
    return /Field ([\w.]+)/.exec(message)?.[1];
  };
  assertEquals(["", "{", "null", "[]"].map((line) => refused(parseQuestion, line)), [
    ...[undefined, undefined, "type", "type"],
  ]);
  assertEquals(refused(parseQuestion, { type: "ask", nonce: "short" }), "nonce");
  const bad = [{ type: "ask" }, { key: "k" }, { term: -1 }, { term: 2 ** 48 + 1 }, { hosts: "no" }, { follows: "k" }];
  const fields = [...bad, { signature: "s" }, { progress: { term: 1, entries: 0.5 } }];
  const named = fields.map((field) => refused(parseAnswer, { ...LINE, ...field }));
  assertEquals(named, ["type", "key", "term", "term", "hosts", "follows", "signature", "progress.entries"]);
  assertEquals([...codes], ["bad_frame"]);
});
