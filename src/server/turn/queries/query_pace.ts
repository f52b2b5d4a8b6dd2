import { QUERY_SLICE_MS } from "../../../protocol/limits.ts";

/** The milliseconds that the first queries are taken for. */
const EXPECTED_MS = 1;
/** The weight of the last query in the average. */
const WEIGHT = 0.2;

/** Bounds the queries that are on their way through an order: together they take about as long as one slice of the `QueryQueue`. */
export class QueryPace {
  #underWay = 0;
  /** The average time of the last queries, in milliseconds. */
  #average = EXPECTED_MS;

  /** Whether another query may begin. */
  get mayBegin(): boolean {
    return this.#underWay === 0 || this.#underWay * this.#average < QUERY_SLICE_MS;
  }

  /** Counts a query. The function that it returns must be called when the query was answered, with the milliseconds that this took. */
  begin(): (ms: number) => void {
    this.#underWay++;
    return (ms) => {
      this.#underWay--;
      this.#average += WEIGHT * (ms - this.#average);
    };
  }

  /** Forgets the queries that are on their way: they are never answered. */
  clear(): void {
    this.#underWay = 0;
  }
}
