import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { fromBase64Url, toBase64Url } from "../../../src/protocol/identity/base64url.ts";
import { publicKeyBytes, signatureBytes } from "../../../src/protocol/identity/public_key.ts";
import { entryText } from "../../../src/protocol/identity/signed_text.ts";
import { parseCommand } from "../../../src/protocol/messages/validate.ts";
import { isGenuine } from "../../../src/server/turn/key_proof.ts";
import { pure, type Target } from "../target.ts";
import { protocolErrorOf } from "./checks.ts";

const KEY = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const SIGNATURE = `${KEY}${"A".repeat(43)}`;

export const KEYS: Target = {
  name: "keys",
  gateInputs: 4_000,
  words: [KEY, SIGNATURE, "A", "_", "-", "=", "+", "/", "8", "\u{1f600}"],
  arbitrary: fc.oneof(
    fc.string({ unit: fc.constantFrom(..."ABCwxyz0189-_"), minLength: 42, maxLength: 87 }),
    fc.string({ unit: "binary" }),
  ),
  open: pure(run),
};

/** Whatever comes as a key or a signature is refused, or is the one text of its bytes; and no text signs as another. */
function run(input: string): string {
  const bytes = fromBase64Url(input);
  if (bytes !== undefined) assertEquals(toBase64Url(bytes), input);
  const key = publicKeyBytes(input);
  const signature = signatureBytes(input);
  assert(key === undefined || key.length === 32);
  assert(signature === undefined || signature.length === 64);
  const refusal = protocolErrorOf(() => parseCommand({ type: "join", key: input, signature: SIGNATURE, host: input }));
  assert(refusal !== undefined || key !== undefined);
  assert(!isGenuine(KEY, input, input), "A text is its own signature");
  if (input.isWellFormed()) checkText(input);
  return `${key === undefined ? "no key" : "key"}, ${signature === undefined ? "no signature" : "signature"}`;
}

function checkText(text: string): void {
  const entry = { type: "message", chat: "c", room: "r", id: "i", author: "a", time: "t", text } as const;
  const [, json] = /^[^\n]*\n(.*)$/s.exec(entryText(entry))!;
  assertEquals(JSON.parse(json!), entry);
}
