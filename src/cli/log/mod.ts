/**
 * The log of a server: options, formats and output. Only `serve` loads the logging library.
 *
 * Start with `log_options.ts`; `log_sink.ts` writes without waiting and counts lost lines, and `log_file.ts` opens the file again after a rotation.
 *
 * @module
 */

export { openLog } from "./log_options.ts";
