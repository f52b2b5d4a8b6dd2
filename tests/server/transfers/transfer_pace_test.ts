import { assertEquals } from "@std/assert";
import { TRANSFER_TURN_BYTES } from "../../../src/protocol/limits.ts";
import { TransferPace } from "../../../src/server/transfers/transfer_pace.ts";

const PIECE = TRANSFER_TURN_BYTES / 4;

Deno.test("pieces beyond those of a turn wait for the next turns, in the order in which they came", async () => {
  const pace = new TransferPace();
  const order: number[] = [];
  const turns = Array.from({ length: 11 }, (_, nth) => pace.take(PIECE)?.then(() => void order.push(nth)));
  assertEquals(turns.map((turn) => turn === undefined), [...Array(4).fill(true), ...Array(7).fill(false)]);
  await turns[7];
  assertEquals(order, [4, 5, 6, 7]);
  // One that comes now does not overtake those that wait.
  const late = pace.take(PIECE)!.then(() => void order.push(11));
  await late;
  assertEquals(order, [4, 5, 6, 7, 8, 9, 10, 11]);
  pace.close();
});

Deno.test("a single transfer never waits while it takes less than the bytes of a turn, and a large piece is not refused", async () => {
  const pace = new TransferPace();
  assertEquals(pace.take(3 * TRANSFER_TURN_BYTES), undefined);
  await pace.take(1);
  assertEquals(pace.take(PIECE), undefined);
  pace.close();
});

Deno.test("at the end of the server nothing waits any more", async () => {
  const pace = new TransferPace();
  pace.take(TRANSFER_TURN_BYTES);
  const waiting = [pace.take(1), pace.take(1)];
  pace.close();
  await Promise.all(waiting);
  assertEquals(pace.take(TRANSFER_TURN_BYTES), undefined);
});
