# Sourced: apt-get and apt-cache with a state of their own, as for an empty system, so that neither needs nor changes what is installed on
# this machine. The sources are the machine's; APPLIANCE_IMAGE_APT_SOURCES names another file of them, in either of apt's formats.

apt_state=${apt_state:-$(git rev-parse --show-toplevel 2>/dev/null || pwd)/artifacts/image/apt}

prepare_apt() {
  mkdir -p "$apt_state"/{lists/partial,archives/partial,parts}
  : >"$apt_state/status"
  apt_options=(
    -o "Dir::State::status=$apt_state/status" -o "Dir::State::lists=$apt_state/lists"
    -o "Dir::Cache=$apt_state"
    -o APT::Sandbox::User=root -o Acquire::Languages=none -o Acquire::Retries=2 -o DPkg::Lock::Timeout=120
  )
  if [ -n "${APPLIANCE_IMAGE_APT_SOURCES:-}" ]; then
    rm -f "$apt_state"/parts/*
    cp "$APPLIANCE_IMAGE_APT_SOURCES" "$apt_state/parts/"
    apt_options+=(-o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$apt_state/parts")
  fi
}

apt_get() { apt-get -qq "${apt_options[@]}" "$@"; }
apt_cache() { apt-cache "${apt_options[@]}" "$@"; }
