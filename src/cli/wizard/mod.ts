/**
 * The guided start: `confab` without arguments asks for a name and a goal, and then hosts or joins a chat.
 *
 * Start with `wizard_steps.ts`, which is pure: questions, answers and the next step. `wizard.ts` asks them,
 * `wizard_host.ts` hosts the chat, and `own_server.ts` finds a chat that the user already hosts.
 *
 * @module
 */

export { runWizard } from "./wizard.ts";
