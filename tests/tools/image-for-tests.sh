#!/usr/bin/env bash
# image-for-tests.sh: publishes the program, which the tests then start instead of what lies beside them, makes the image of it, and installs
# what starts that. Never a failure: without an image the tests that start machines are skipped, and why is said here. So are they where all
# this takes so long that the rest of an automatic check would not end in its half an hour.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
most=200                                # seconds; two quiet processors take 85
log=artifacts/test-results/image.log
mkdir -p "${log%/*}"
rm -rf out/image out/appliance          # of an earlier program
if make --no-print-directory image >"$log" 2>&1; then
  tests/tools/install-needs.sh vm
  [ "$SECONDS" -le "$most" ] || [ "${APPLIANCE_TEST_SIZE:-}" = soak ] || {
    rm -rf out/image
    echo "The image took $SECONDS s, more than $most: this machine has too much else to do, and skipped are the tests that start machines" >&2
  }
else
  echo "Without an image ($(grep -v '^make: \*\*\*' "$log" | tail -n 1)): skipped are the tests that start machines; $log has more" >&2
fi
exit 0
