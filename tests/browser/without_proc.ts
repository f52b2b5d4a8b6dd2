/**
 * Import this before playwright-core, which looks in `/proc/sys` for signs of Windows. Deno allows that only with all
 * permissions, and the tests run with few.
 */

import fs from "node:fs";

const { existsSync } = fs;
fs.existsSync = (path) => !String(path).startsWith("/proc/") && existsSync(path);
