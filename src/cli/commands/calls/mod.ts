/**
 * Commands about the devices of calls: `mirror` shows a camera, and `call` lists devices. Calls themselves are a part of `connect`.
 *
 * @module
 */

export { CALL } from "./call_command.ts";
export { MIRROR } from "./mirror.ts";
