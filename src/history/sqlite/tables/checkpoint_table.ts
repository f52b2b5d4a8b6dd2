import type { DatabaseSync } from "node:sqlite";
import type { Checkpoint, Retention } from "../../store.ts";
import { decodeText, encodeText } from "./column_codec.ts";
import { Statement } from "./statement.ts";

type Row = readonly [position: number, state: string | null, upkeep: string];

/** How far the store's own work has come. */
export interface Upkeep {
  /** The retention that counts. */
  readonly retention: Retention;
  /** Progress with members to forget. */
  readonly members: object;
}

/** The last checkpoint, in the only row. Its state is null after a server has used the file without checkpoints. */
export class CheckpointTable {
  readonly #find: Statement<Row>;
  readonly #save: Statement;
  readonly #drop: Statement;

  constructor(database: DatabaseSync) {
    this.#find = new Statement(database, "SELECT position, state, upkeep FROM checkpoint");
    this.#save = new Statement(
      database,
      "INSERT OR REPLACE INTO checkpoint (nth, position, state, upkeep) VALUES (1, ?, ?, ?)",
    );
    this.#drop = new Statement(database, "UPDATE checkpoint SET state = NULL WHERE state IS NOT NULL");
  }

  get last(): Checkpoint | undefined {
    const [position, state] = this.#find.first() ?? [0, null];
    return state === null ? undefined : { position, state: decodeText(state) };
  }

  /** The `upkeep` of the last checkpoint. */
  get upkeep(): Upkeep | undefined {
    const row = this.#find.first();
    return row && JSON.parse(row[2]);
  }

  save({ position, state }: Checkpoint, upkeep: Upkeep): void {
    this.#save.run(position, encodeText(state), JSON.stringify(upkeep));
  }

  /** Must be called before the file is changed without checkpoints. */
  drop(): void {
    this.#drop.run();
  }
}
