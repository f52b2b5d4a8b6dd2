/**
 * The chat server: it accepts connections, runs the core's decisions in turns, stores them and sends the events.
 * It imports the ports of transports and history, but no implementation of them, and neither client nor terminal nor web.
 *
 * Start with `server.ts`, which assembles the parts and drains them. Then follow a connection: `accept/` admits it,
 * `connection/` hands it to its owner, `turn/` handles its commands, `output/` queues and writes its events. `monitor/` counts,
 * logs and maintains. `transfers/` moves files. `web_exchange.ts` answers other HTTP requests, and `web_document.ts` is
 * a page in the forms that browsers ask for.
 * @module
 */

export { Server, type ServerOptions } from "./server.ts";
