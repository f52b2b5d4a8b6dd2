import { BodyReader } from "./body_reader.ts";
import { DeadlinePassed, withDeadline } from "./deadline.ts";
import type { EtcdEndpoint } from "./etcd_address.ts";
import { EtcdFault, faultOfAnswer, faultOfConnection, malformedFault, slowFault } from "./etcd_fault.ts";
import { LineStream } from "./line_stream.ts";

/** Like the global `fetch`. The caller chooses the certificates that it trusts and presents. */
export type EtcdFetch = (url: string, init: RequestInit) => Promise<Response>;

/** One request of etcd's JSON gateway. */
export interface GatewayRequest {
  /** Such as `/v3/kv/range`. */
  readonly path: string;
  /** Becomes JSON. */
  readonly body: unknown;
  /** The token of the login. */
  readonly token: string | undefined;
}

export interface GatewayLimits {
  /** Until the answer begins, and between its parts. */
  readonly timeoutMs: number;
  /** The most bytes of the answer. */
  readonly maxBytes: number;
}

/** The most bytes of an error's body. */
const MAX_ERROR_BYTES = 64 * 1024;

/** One endpoint of etcd: sends requests to its JSON gateway, and throws an `EtcdFault` if one fails. It tries nothing twice. */
export class EtcdGateway {
  readonly endpoint: EtcdEndpoint;
  readonly #fetch: EtcdFetch;

  constructor(endpoint: EtcdEndpoint, fetch: EtcdFetch) {
    this.endpoint = endpoint;
    this.#fetch = fetch;
  }

  /** Resolves with the answer's JSON. Throws the signal's reason if it aborts. */
  async post(request: GatewayRequest, { timeoutMs, maxBytes }: GatewayLimits, signal: AbortSignal): Promise<unknown> {
    return await this.#within(signal, timeoutMs, async (inner, extend) => {
      const response = await this.#send(request, inner);
      if (!response.ok) throw await this.#faultOf(response, inner);
      return this.#parse(await this.#read(response, maxBytes, inner, extend));
    });
  }

  /** The text of a page that etcd serves beside the gateway. */
  async get(path: string, { timeoutMs, maxBytes }: GatewayLimits, signal: AbortSignal): Promise<string> {
    return await this.#within(signal, timeoutMs, async (inner) => {
      const response = await this.#fetch(this.endpoint.url + path, { signal: inner, redirect: "error" });
      const text = await this.#read(response, maxBytes, inner);
      if (!response.ok) throw malformedFault(this.endpoint.name);
      return text;
    });
  }

  /** Opens an answer that comes line by line. The caller cancels it, or aborts the signal. */
  async stream(request: GatewayRequest, maxLineBytes: number, signal: AbortSignal): Promise<LineStream> {
    const response = await this.#send(request, signal);
    if (!response.ok) throw await this.#faultOf(response, signal);
    if (response.body === null) throw malformedFault(this.endpoint.name);
    return new LineStream(new BodyReader(response.body, signal), maxLineBytes);
  }

  async #send({ path, body, token }: GatewayRequest, signal: AbortSignal): Promise<Response> {
    const headers = new Headers({ "content-type": "application/json" });
    if (token !== undefined) headers.set("authorization", token);
    const init = { method: "POST", headers, body: JSON.stringify(body), redirect: "error", signal } as const;
    return await this.#fetch(this.endpoint.url + path, init);
  }

  /** Maps everything but an abort of `signal` to an `EtcdFault`. */
  async #within<T>(
    signal: AbortSignal,
    ms: number,
    run: (signal: AbortSignal, extend: () => void) => Promise<T>,
  ): Promise<T> {
    try {
      return await withDeadline(signal, ms, run);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof EtcdFault) throw error;
      if (error instanceof DeadlinePassed) throw slowFault(this.endpoint.name, ms);
      throw faultOfConnection(this.endpoint.name, error);
    }
  }

  async #faultOf(response: Response, signal: AbortSignal): Promise<EtcdFault> {
    const text = await this.#read(response, MAX_ERROR_BYTES, signal);
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch {
      body = text;
    }
    return faultOfAnswer(this.endpoint.name, response.status, body);
  }

  #parse(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch (error) {
      throw malformedFault(this.endpoint.name, { cause: error });
    }
  }

  async #read(
    { body }: Response,
    maxBytes: number,
    signal: AbortSignal,
    onChunk: () => void = () => {},
  ): Promise<string> {
    if (body === null) return "";
    const reader = new BodyReader(body, signal);
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    try {
      let bytes = 0;
      for (let chunk = await reader.read(); chunk !== undefined; chunk = await reader.read()) {
        onChunk();
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes <= maxBytes) continue;
        throw new EtcdFault("tooLarge", `etcd at ${this.endpoint.name} answers with more than ${maxBytes} bytes`);
      }
    } catch (error) {
      await reader.cancel();
      throw error;
    }
    return chunks.length === 1 ? new TextDecoder().decode(chunks[0]) : await new Blob(chunks).text();
  }
}
