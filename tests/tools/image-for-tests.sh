#!/usr/bin/env bash
# image-for-tests.sh: publishes the program, which the tests then start instead of what lies beside them, makes the image of it, and installs
# what starts that. Never a failure: without an image the tests that start machines are skipped, and why is said here.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
log=artifacts/test-results/image.log
mkdir -p "${log%/*}"
rm -rf out/image out/appliance          # of an earlier program
if make --no-print-directory image >"$log" 2>&1; then
  tests/tools/install-needs.sh vm
else
  echo "Without an image ($(grep -v '^make: \*\*\*' "$log" | tail -n 1)): skipped are the tests that start machines; $log has more" >&2
fi
exit 0
