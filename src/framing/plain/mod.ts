/**
 * The codec for users of nc and telnet: lines of text in place of JSON.
 *
 * It knows the protocol, slash commands and sentences of `presentation`, and nothing of sockets or rooms. It adapts them:
 * a name comes before anything else, commands become commands of the protocol, and events become lines.
 *
 * Read `plain_text.ts` first, then `plain_commands.ts` and `plain_view.ts`. `telnet.ts` removes telnet's own bytes.
 *
 * @module
 */

export { PLAIN_FORMAT, PlainText } from "./plain_text.ts";
