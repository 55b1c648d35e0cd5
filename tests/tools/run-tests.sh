#!/usr/bin/env bash
# run-tests.sh [PART...]: runs the built test projects (those whose name contains a PART), the oracle's own tests among them, and ends
# with the line `N passed, N failed, N skipped`. The work is done by tests/Appliance.TestRunner.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exec artifacts/bin/Appliance.TestRunner/release/Appliance.TestRunner "$@"
