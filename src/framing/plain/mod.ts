/**
 * The codec for users of nc and telnet: lines of text in place of JSON.
 *
 * The first line is the user's name. Slash commands become commands of the protocol, and events become lines.
 * The folder knows the protocol, slash commands and sentences of `presentation`, and nothing of sockets or rooms.
 *
 * Read `plain_text.ts` first, then `plain_commands.ts` and `plain_view.ts`. `telnet.ts` removes telnet's own bytes.
 *
 * @module
 */

export { PLAIN_FORMAT, PlainText } from "./plain_text.ts";
