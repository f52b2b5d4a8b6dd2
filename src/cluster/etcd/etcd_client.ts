import { LogLost } from "../command_log.ts";
import { pause } from "./deadline.ts";
import type { EtcdEndpoint } from "./etcd_address.ts";
import { AnswerMalformed, asObject, asText, type EtcdHeader, headerOf, type JsonObject } from "./etcd_answer.ts";
import { EtcdFault, type EtcdFaultKind, malformedFault } from "./etcd_fault.ts";
import { type EtcdFetch, EtcdGateway, type GatewayRequest } from "./etcd_gateway.ts";
import { EtcdTroubles } from "./etcd_troubles.ts";

export interface EtcdLogin {
  readonly user: string;
  readonly password: string;
}

/** How long the client waits, in milliseconds. */
export interface EtcdTiming {
  /** For a small answer of each endpoint, in the first rounds; then twice as long in each round, up to the maximum. */
  readonly firstTimeoutMs: number;
  /** For an answer that etcd must search for. */
  readonly searchTimeoutMs: number;
  readonly maxTimeoutMs: number;
  /** After a round without success; twice as long after each of the next three, and the maximum after many. */
  readonly firstPauseMs: number;
  readonly maxPauseMs: number;
  /** A watch without any line for this time is opened again. */
  readonly silenceMs: number;
  /** So is one that does not show an entry for this time after etcd has confirmed it to this server. */
  readonly lagMs: number;
  /** Troubles that pass within this time are not told. */
  readonly troubleMs: number;
}

export const ETCD_TIMING: EtcdTiming = {
  firstTimeoutMs: 300,
  searchTimeoutMs: 2_000,
  maxTimeoutMs: 8_000,
  firstPauseMs: 25,
  maxPauseMs: 1_000,
  silenceMs: 5_000,
  lagMs: 500,
  troubleMs: 2_000,
};

export interface EtcdClientOptions {
  /** At least one. */
  readonly endpoints: readonly EtcdEndpoint[];
  readonly fetch: EtcdFetch;
  readonly login?: EtcdLogin;
  /** Called with one sentence for the operator when calls keep failing, and with `undefined` when they succeed again. */
  readonly onTrouble?: (trouble: string | undefined) => void;
  readonly timing?: Partial<EtcdTiming>;
}

/** A request that any endpoint may answer. */
export interface EtcdCall<T> {
  /** Names the kind of the call: its troubles end when one of this kind succeeds. */
  readonly kind: string;
  readonly path: string;
  readonly body: unknown;
  /** Faults of these kinds end the call; `refused` when no endpoint accepts it. All others are tried again until the signal aborts. */
  readonly ends?: readonly EtcdFaultKind[];
  readonly maxBytes?: number;
  /** Whether etcd looks at the whole log for the answer. */
  readonly isSearch?: boolean;
  /** True if the endpoint has answered the part before: so it is alive, and gets the full time for this one. */
  readonly isNextPart?: boolean;
  /** Bytes of the request, which a slow network needs time for. */
  readonly sentBytes?: number;
  readonly read: (answer: JsonObject, header: EtcdHeader) => T;
}

/** Rounds in which quick answers and short pauses let a call succeed soon after etcd has chosen another leader. */
const QUICK_ROUNDS = 12;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
/** The slowest network that is expected between a server and etcd. */
const BYTES_PER_MS = 500;

/**
 * Sends each request to one endpoint after the other until one answers, for as long as the caller's signal allows.
 * Every request may therefore arrive several times. Throws the faults that `EtcdCall.ends` names, and `LogLost` when
 * etcd lacks what it has confirmed to this client.
 */
export class EtcdClient {
  readonly gateways: readonly EtcdGateway[];
  readonly timing: EtcdTiming;
  readonly troubles: EtcdTroubles;
  readonly #login: EtcdLogin | undefined;
  #token: string | undefined;
  /** Index of the endpoint that answered last. */
  #current = 0;
  #clusterId: string | undefined;
  /** The highest revision that etcd has confirmed. */
  #revision = 0;

  constructor({ endpoints, fetch, login, onTrouble = () => {}, timing = {} }: EtcdClientOptions) {
    this.gateways = endpoints.map((endpoint) => new EtcdGateway(endpoint, fetch));
    this.timing = { ...ETCD_TIMING, ...timing };
    this.troubles = new EtcdTroubles(this.timing.troubleMs, onTrouble);
    this.#login = login;
  }

  /** The endpoint that answered last. */
  get current(): EtcdGateway {
    return this.gateways[this.#current]!;
  }

  async call<T>(call: EtcdCall<T>, signal: AbortSignal): Promise<T> {
    try {
      for (let round = 0;; round++) {
        const faults: EtcdFault[] = [];
        for (let nth = 0; nth < this.gateways.length; nth++) {
          const outcome = await this.#attempt(call, round, signal);
          if (!(outcome instanceof EtcdFault)) return outcome.result;
          faults.push(outcome);
        }
        this.#checkForeign(faults);
        const refused = faults.find(({ kind }) => kind === "refused");
        if (refused !== undefined && call.ends?.includes("refused")) throw refused;
        const worst = this.troubles.add(call.kind, faults);
        const needsOperator = worst.kind === "full" || worst.kind === "refused";
        await pause(needsOperator ? this.timing.maxPauseMs : this.pauseAfter(round), signal);
      }
    } finally {
      this.troubles.end(call.kind);
    }
  }

  /** How long to wait after this many rounds that failed before. */
  pauseAfter(rounds: number): number {
    const { firstPauseMs, maxPauseMs } = this.timing;
    return rounds < QUICK_ROUNDS ? Math.min(firstPauseMs * 2 ** Math.min(rounds, 3), maxPauseMs) : maxPauseMs;
  }

  /** Goes on with the next endpoint, if this one is the current one. */
  leave(gateway: EtcdGateway): void {
    if (gateway === this.current) this.#current = (this.#current + 1) % this.gateways.length;
  }

  /** Sends a request with the token of the login, and logs in first where it is necessary. */
  async authorized<T>(
    gateway: EtcdGateway,
    signal: AbortSignal,
    send: (token: string | undefined) => Promise<T>,
  ): Promise<T> {
    if (this.#login === undefined) return await send(undefined);
    const token = this.#token ??= await this.#logIn(gateway, signal);
    try {
      return await send(token || undefined);
    } catch (error) {
      if (!(error instanceof EtcdFault) || error.kind !== "expired") throw error;
      if (this.#token === token) this.#token = undefined;
      return await send((this.#token ??= await this.#logIn(gateway, signal)) || undefined);
    }
  }

  /** Throws an `EtcdFault` if the endpoint belongs to another etcd than the first one that answered. */
  checkCluster(gateway: EtcdGateway, { clusterId }: Pick<EtcdHeader, "clusterId">): void {
    this.#clusterId ??= clusterId;
    if (clusterId === this.#clusterId) return;
    throw new EtcdFault(
      "foreign",
      `etcd at ${gateway.endpoint.name} is another one than before: it was set up anew, or the address is wrong`,
    );
  }

  /** Tries the current endpoint. Returns a fault that another endpoint may not have. */
  async #attempt<T>(
    call: EtcdCall<T>,
    round: number,
    signal: AbortSignal,
  ): Promise<{ readonly result: T } | EtcdFault> {
    signal.throwIfAborted();
    const gateway = this.current;
    try {
      return { result: await this.#ask(call, gateway, this.#timeoutOf(call, round), signal) };
    } catch (error) {
      if (!(error instanceof EtcdFault)) throw error;
      // One endpoint may refuse what another one accepts, such as a login or a certificate.
      if (error.kind !== "refused" && call.ends?.includes(error.kind)) throw error;
      this.leave(gateway);
      return error;
    }
  }

  async #ask<T>(call: EtcdCall<T>, gateway: EtcdGateway, timeoutMs: number, signal: AbortSignal): Promise<T> {
    const { path, body, maxBytes = MAX_ANSWER_BYTES } = call;
    const confirmed = this.#revision;
    const post = (token: string | undefined) => gateway.post({ path, body, token }, { timeoutMs, maxBytes }, signal);
    const answer = await this.authorized(gateway, signal, post);
    return wellFormed(gateway, () => {
      const object = asObject(answer);
      const header = headerOf(object);
      this.checkCluster(gateway, header);
      checkRevision(gateway, header, confirmed);
      const result = call.read(object, header);
      this.#revision = Math.max(this.#revision, header.revision);
      return result;
    });
  }

  /** Returns an empty token if etcd needs none. */
  async #logIn(gateway: EtcdGateway, signal: AbortSignal): Promise<string> {
    const { user, password } = this.#login!;
    const request: GatewayRequest = { path: "/v3/auth/authenticate", body: { name: user, password }, token: undefined };
    try {
      const answer = await gateway.post(request, { timeoutMs: 5_000, maxBytes: MAX_ANSWER_BYTES }, signal);
      return wellFormed(gateway, () => asText(asObject(answer).token));
    } catch (error) {
      if (error instanceof EtcdFault && error.kind === "open") return "";
      throw error;
    }
  }

  #timeoutOf({ isSearch = false, isNextPart = false, sentBytes = 0 }: EtcdCall<unknown>, round: number): number {
    const { firstTimeoutMs, searchTimeoutMs, maxTimeoutMs } = this.timing;
    const first = isNextPart ? maxTimeoutMs : isSearch ? searchTimeoutMs : firstTimeoutMs;
    return Math.min(first * 2 ** Math.min(Math.max(0, round - 3), 10), maxTimeoutMs) +
      Math.ceil(sentBytes / BYTES_PER_MS);
  }

  /** When most endpoints have become another etcd, the old one will not come back. */
  #checkForeign(faults: readonly EtcdFault[]): void {
    const foreign = faults.filter(({ kind }) => kind === "foreign");
    if (foreign.length * 2 > this.gateways.length) throw new LogLost(foreign[0]!.message);
  }
}

/** Each answer is at least as new as all that etcd had confirmed before the request. */
function checkRevision({ endpoint }: EtcdGateway, { revision }: EtcdHeader, confirmed: number): void {
  if (revision >= confirmed) return;
  throw new LogLost(
    `etcd at ${endpoint.name} has lost data: it is at revision ${revision}, and was at ${confirmed} before`,
  );
}

/** Runs a reader of an answer; an answer of another form becomes an `EtcdFault`. */
export function wellFormed<T>(gateway: EtcdGateway, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof AnswerMalformed) throw malformedFault(gateway.endpoint.name, { cause: error });
    throw error;
  }
}
