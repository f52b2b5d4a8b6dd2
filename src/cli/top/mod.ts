/**
 * The parts of the command `top`: `scrape.ts` requests a server's metrics, and `top_view.ts` turns them into text and into
 * the dashboard's rows. The command itself is in `commands/`.
 *
 * @module
 */

export { scrape } from "./scrape.ts";
export { dashboardOf, figureTable, lineOf } from "./top_view.ts";
