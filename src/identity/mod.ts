/**
 * Keys of members: it makes them, signs and verifies. It knows neither the chat, nor Deno, nor the document, nor where
 * keys are kept. What is signed is in `src/protocol/identity`.
 *
 * Read `identity_keys.ts` first (the port), then `web_crypto_keys.ts`, `noble_keys.ts` (loaded only where Web Crypto
 * lacks the curves), `text_signature.ts`, and `host_signature.ts` for shared chats.
 *
 * @module
 */

export { chooseKeys, createVerifier } from "./key_choice.ts";
