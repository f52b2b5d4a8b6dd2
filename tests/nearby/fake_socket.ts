import { Buffer } from "node:buffer";
import { EventEmitter } from "node:events";

/** A socket whose binding completes when the test calls `bound`. */
export class FakeSocket extends EventEmitter {
  readonly sent: Uint8Array[] = [];
  readonly to: unknown[] = [];
  readonly set: string[] = [];
  host = "";
  closed = false;
  sendError: Error | undefined;
  bound = () => {};

  bind(_port: number, host: string, bound: () => void): void {
    this.host = host;
    this.bound = bound;
  }
  addMembership(group: string, address: string): void {
    this.set.push(`${group} on ${address}`);
  }
  setMulticastInterface(address: string): void {
    this.set.push(`from ${address}`);
  }
  setMulticastTTL(): void {}
  setMulticastLoopback(): void {}
  send(
    bytes: Uint8Array,
    _from: number,
    _length: number,
    port: number,
    address: string,
    sent: (error?: Error) => void,
  ): void {
    this.sent.push(bytes);
    this.to.push({ address, port });
    queueMicrotask(() => sent(this.sendError));
  }
  close(): void {
    if (this.closed) throw new Error("closed twice");
    this.closed = true;
  }

  hear(bytes: Uint8Array, address = "10.1.2.9", port = 5353): void {
    this.emit("message", Buffer.from(bytes), { address, port });
  }
}
