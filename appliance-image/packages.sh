# Sourced by build.sh: the locked packages, in $work/debs, each with the digest that the lock says.

deb_of() { echo "$work/debs/$1_${2//:/%3a}.deb"; }

has_digest() { [ -f "$1" ] && [ "$(sha256sum "$1" | cut -d' ' -f1)" = "$2" ]; }

locked() { grep -vE '^(#|epoch )' "$here/packages.lock"; }

# From the files of an earlier build where they are, else by apt-get, which checks the archive's signature.
fetch_packages() {
  local package version digest missing=()
  mkdir -p "$work/debs"
  while read -r package version digest; do
    has_digest "$(deb_of "$package" "$version")" "$digest" || missing+=("$package=$version")
  done < <(locked)
  [ ${#missing[@]} = 0 ] || download "${missing[@]}"
  while read -r package version digest; do
    has_digest "$(deb_of "$package" "$version")" "$digest" && continue
    echo "make image: what apt has as $package $version is not what packages.lock says" >&2
    exit 1
  done < <(locked)
  rm -f "$work"/debs/Packages
  (cd "$work/debs" && locked | while read -r package version digest; do
    deb=$(basename "$(deb_of "$package" "$version")")
    dpkg-deb -f "$deb"
    printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "$deb" "$(stat -c %s "$deb")" "$digest"
  done >Packages)
}

download() {
  local fresh=$work/download file package version
  rm -rf "$fresh" && mkdir -p "$fresh"
  prepare_apt
  apt_get update
  (cd "$fresh" && apt_get download "$@") || {
    echo 'make image: apt does not serve all of the locked versions any more; appliance-image/lock.sh locks those that it has now' >&2
    exit 1
  }
  for file in "$fresh"/*.deb; do
    package=$(dpkg-deb -f "$file" Package) version=$(dpkg-deb -f "$file" Version)
    mv "$file" "$(deb_of "$package" "$version")"
  done
}

# unpack PACKAGE DIRECTORY: what is only taken from.
unpack() {
  local version
  version=$(locked | awk -v package="$1" '$1 == package { print $2 }')
  mkdir -p "$2"
  dpkg-deb -x "$(deb_of "$1" "$version")" "$2"
}
