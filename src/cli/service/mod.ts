/**
 * A server that the system starts: the unit of systemd, and the work of `confab service`.
 *
 * Start with `service_plan.ts`, which checks the options of `serve` and decides what the unit needs. `systemd_unit.ts`
 * writes the unit, and `systemd_service.ts` installs, removes and describes it. Nothing here knows other service
 * managers: the manual has a page about those.
 *
 * @module
 */

export { manageService } from "./systemd_service.ts";
