import { assertEquals } from "@std/assert";
import { falseSignatureSentence, signaturesSentence } from "../../../src/presentation/sentences/signature_sentences.ts";
import { asDirect } from "../../../src/protocol/messages/messages.ts";
import { PAGE_MARKUP } from "../../../src/web/page_commands.ts";
import { deleted, edited, reacted } from "../../contracts/changes_contract.ts";
import { ADA, BOB, message } from "../../contracts/history_store_contract.ts";

Deno.test("a false signature is told with the kind of entry, its author and its beginning", () => {
  const lines = [
    message(1, "tea"),
    asDirect(message(1, "x".repeat(300)), BOB),
    edited(2, 1, "b"),
    deleted(3, 1),
    reacted(4, 1, "+", BOB),
  ]
    .map((entry) => falseSignatureSentence(entry, PAGE_MARKUP));
  const next = "is false. It is not what they signed: ask them in another way";
  assertEquals(lines.map((line) => line.replace(/: "(.{1,9}).*"\./, ' "$1".')), [
    `The signature of this message of ada is false "tea". ${next.slice(10)}`,
    `The signature of this message of ada is false "xxxxxxxxx". ${next.slice(10)}`,
    `The signature of this edit of ada is false "b". ${next.slice(10)}`,
    `The signature of this deletion of ada ${next}`,
    `The signature of this reaction of bob ${next}`,
  ]);
});

Deno.test("whether the last messages of a member are signed is one sentence", () => {
  const sentence = (counts: object) =>
    signaturesSentence(ADA, { messages: 20, signed: 20, false: 0, otherKey: 0, ...counts }, PAGE_MARKUP);
  assertEquals(sentence({}), "Last 20 messages of ada here: all signed");
  assertEquals(sentence({ signed: 0 }), "Last 20 messages of ada here: none signed");
  assertEquals(sentence({ messages: 1, signed: 1 }), "Last message of ada here: signed");
  assertEquals(sentence({ messages: 1, signed: 0 }), "Last message of ada here: not signed");
  assertEquals(
    sentence({ signed: 17, false: 1, otherKey: 2 }),
    "Last 20 messages of ada here: 17 signed, 1 with a false signature, 2 with a key that is not one of theirs now",
  );
});
