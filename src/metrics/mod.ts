/**
 * The server's counters for Prometheus and `confab top`: `metrics_server.ts` answers `/metrics` and `/health` over
 * `http_server.ts`, `prometheus.ts` writes the exposition format, `figures.ts` reads it back.
 * This folder knows a snapshot of the server. It knows neither the chat nor its sockets.
 * @module
 */

export { serveMetrics } from "./metrics_server.ts";
