/**
 * Images of the hub: its whole state as plain JSON, from which a server goes on where another one stood. The writer and the
 * reader know nothing of the chat.
 *
 * Start with `graph_table.ts`, which has the form of an image. `hub_parts.ts` lists the classes of the state: a new one goes there.
 *
 * @module
 */

export { readGraph } from "./graph_reader.ts";
export { writeGraph } from "./graph_writer.ts";
