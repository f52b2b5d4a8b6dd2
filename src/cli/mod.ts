/**
 * The command line: the only part that chooses implementations of the ports, reads options, and ends the program.
 * It may import everything; nothing but `main.ts` and the tests imports it.
 *
 * Its folders import downwards only, in this order:
 * - `wizard/`: `confab` without arguments asks what to do.
 * - `commands/`: one file for each command.
 * - `doctor/`, `top/`: the parts of these commands.
 * - `completions/`: scripts that complete the commands in shells.
 * - `joining/`: dialing servers and running the client of `connect`, `send` and `invite`.
 * - `service/`: the unit of systemd of `service`.
 * - `hosting/`: listeners, certificates and the server of `serve`.
 * - `config/`, `log/`: the configuration file, and the log of a server.
 * - `invites/`: invite lines, passphrases, QR codes, and links that open the program.
 * - `args/`: options, help, man page and exit codes.
 * - `platform/`: the operating system.
 *
 * Start with `cli.ts`, which loads its command by `command_loader.ts`, then read `commands/connect.ts` and `commands/serve.ts`.
 *
 * @module
 */

export { runCli } from "./cli.ts";
