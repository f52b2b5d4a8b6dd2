#!/usr/bin/env bash
# Runs tests with Deno for Windows under wine: .ci/windows_test.sh [FILE or FOLDER ...]
# Without arguments: the tests that need no program of Unix, but not the slowest of them.
# Exits with the code of `deno test`. No program of this run is left behind.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
exec </dev/null
# deps.ts runs here, so that Deno for Windows finds the packages.
deno task -q deps >/dev/null || exit 1
assignments=$(.ci/windows_deno.sh) || exit 1
eval "$assignments"
export WINEPREFIX WINEDEBUG=-all NO_COLOR=1 DENO_NO_UPDATE_CHECK=1
export DENO_TEST_SANITIZE_OPS=1 DENO_TEST_SANITIZE_RESOURCES=1
unset DISPLAY WAYLAND_DISPLAY

quick=(tests/framing tests/transports tests/history tests/files tests/fixtures tests/client tests/terminal tests/cli tests/chaos)
for name in bad_input browser data_folder history hostile_texts log moderation pipes reconnect send window; do
  quick+=("tests/e2e/${name}_test.ts")
done
if [ "$#" -eq 0 ]; then
  # Wine takes long to start a thread for each file.
  mapfile -t parts < <(deno run --allow-read --allow-write=tests/.parts .ci/test_parts.ts 8 "${quick[@]}")
  set -- "${parts[@]}"
fi

end_wine() { "${WINE%/*}/wineserver64" -k 2>/dev/null || wineserver -k 2>/dev/null || true; }
trap end_wine EXIT

"$WINE" "$DENO_EXE" test --no-check --lock=vendor/test.lock --v8-flags=--expose-gc --allow-net --allow-env --allow-read \
  --allow-write --allow-run --allow-sys --allow-ffi --parallel "$@"
