/**
 * A call as a client sees it. `call_ports.ts` has the ports to the devices and the codecs of sound.
 *
 * @module
 */

export * from "./call_ports.ts";
