/**
 * A full-window table of figures for `confab top`. `dashboard.ts` lays it out (pure),
 * `dashboard_app.ts` draws it until the user quits. It knows nothing of the figures themselves.
 *
 * @module
 */

export { runDashboard } from "./dashboard_app.ts";
