#!/usr/bin/env bash
# lock.sh: writes packages.lock anew: of every package of packages.list the version that apt has now, with its digest. `make image` takes
# exactly these. To be run when a package is added, or when apt does not serve the locked versions any more; then look at the difference,
# build, test, commit.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./apt.sh

prepare_apt
apt_get update

listed() { awk -v where="$1" '!/^#/ && NF && (where == "" || $2 == where) { print $1 }' packages.list; }

# What apt would install into an empty system, to the last dependency, has to be what is listed.
mapfile -t roots < <(listed root)
resolved=$(apt_get --simulate --no-install-recommends install "${roots[@]}" | awk '$1 == "Inst" { print $2 }' | sort)
surprise=$(comm -13 <(listed root | sort) <(echo "$resolved"))
[ -z "$surprise" ] || { echo "packages.list does not say why these are there: ${surprise//$'\n'/ }" >&2; exit 1; }

{
  echo '# Written by lock.sh. The image is as old as this lock: `epoch` is the time of all that is in it, in seconds since 1970.'
  echo "epoch $(date +%s)"
  for package in $(listed ''); do
    version=$(apt_cache policy "$package" | awk '$1 == "Candidate:" { print $2 }')
    apt_cache show "$package=$version" |
      awk -v package="$package" -v version="$version" '$1 == "SHA256:" && !found { print package, version, $2; found = 1 } END { exit !found }' ||
      { echo "apt has no version of $package, or no digest of it" >&2; exit 1; }
  done
} >packages.lock.new
mv packages.lock.new packages.lock
echo "packages.lock: $(grep -vcE '^(#|epoch )' packages.lock) packages"
