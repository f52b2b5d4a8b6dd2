import { assertEquals } from "@std/assert";
import { formatFilePath, parseFilePath } from "../../../src/protocol/address/file_paths.ts";

const ID = "01900000-0000-7000-8000-000000000001";

Deno.test("paths of files round-trip, with a grant and without", () => {
  for (const parts of [{ id: ID }, { id: ID, grant: "a-Z_9" }, { id: ID, grant: "x".repeat(128) }]) {
    assertEquals(parseFilePath(formatFilePath(parts)), parts);
  }
});

Deno.test("other paths are no paths of files", () => {
  const others = [
    ...[
      "/files",
      "/files/",
      `/files/${ID}/`,
      `/files/${ID}/a/b`,
      `/files/${ID}/a.b`,
      `/files/${ID}/${"x".repeat(129)}`,
    ],
    ...[
      `/files/${ID.toUpperCase()}A`,
      `/files/${ID}0`,
      `/files//${ID}`,
      `/Files/${ID}`,
      `x/files/${ID}`,
      `/files/${ID}\n`,
    ],
    ...["/files/..%2f..%2fetc%2fpasswd", `/files/../${ID}`, `/files/${"-".repeat(36)}`],
  ];
  for (const path of others) assertEquals(parseFilePath(path), undefined, path);
});
