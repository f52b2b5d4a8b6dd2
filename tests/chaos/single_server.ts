import { dialTcp } from "../../src/transports/tcp.ts";
import type { Random } from "../helpers/random.ts";
import type { ChaosDoor, ChaosWorld } from "./chaos.ts";
import { CuttingProxy } from "./lossy_proxy.ts";
import { fasterClock, repeat } from "./pace.ts";
import { ServerProcess } from "./server_process.ts";

/** One second holds as many reconnects as a bad minute. */
const CLOCK = fasterClock(20);
const MEAN_BYTES_TO_CUT = 30_000;

/** One server, which is killed and started again, behind a proxy that cuts connections. */
export class SingleServer implements ChaosWorld {
  killed = 0;
  readonly #server: ServerProcess;
  readonly #proxy: CuttingProxy;
  readonly #random: Random;

  private constructor(server: ServerProcess, random: Random) {
    this.#server = server;
    this.#random = random;
    this.#proxy = new CuttingProxy(server.port, random, MEAN_BYTES_TO_CUT);
  }

  newDoor(): ChaosDoor {
    return { clock: CLOCK, dial: (signal) => dialTcp("127.0.0.1", this.#proxy.port, signal), host: () => "127.0.0.1" };
  }

  /** Starts the server in this data folder, which is not removed. */
  static async start(folder: string, random: Random): Promise<SingleServer> {
    return new SingleServer(await ServerProcess.start("--data", folder, "--rate", "0"), random);
  }

  get cut(): number {
    return this.#proxy.cuts;
  }

  async disturb(until: number): Promise<void> {
    this.#proxy.cutting = true;
    await repeat(until, () => this.#random.between(300, 1_500), async () => {
      await this.#server.crash();
      this.killed++;
    });
  }

  calm(): Promise<void> {
    this.#proxy.cutting = false;
    return Promise.resolve();
  }

  async stop(): Promise<string> {
    await this.#proxy.close();
    return await this.#server.stop();
  }
}
