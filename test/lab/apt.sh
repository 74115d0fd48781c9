# shellcheck shell=bash
# Debian's archive for the lab's builds, through an apt configuration of their own: this machine's sources, keys, lists and
# packages stay as they are, and nothing is installed. Sourced; the caller sets `apt_root`, an existing folder.
#
#   apt_update SUITE…      binary and source lists of the suites, from this machine's own archive
#   apt_get ARGS…          apt-get with that configuration
#   apt_unpack DIR PKG…    downloads the packages (no dependencies) and unpacks them below DIR

# The archive that this machine's own apt uses, its mirror or proxy included.
apt_archive() {
  # shellcheck disable=SC2016 # apt's own format fields
  apt-get indextargets --format '$(REPO_URI) $(COMPONENT) $(RELEASE)' 'Created-By: Packages' |
    awk '$2 == "main" && $3 ~ /^[a-z]+$/ && $1 ~ /\/debian\/?$/ { print $1; exit }'
}

apt_get() {
  local dirs=(-o "Dir::State=$apt_root/state" -o "Dir::Cache=$apt_root/cache" -o "Dir::Etc::sourceparts=/dev/null" -o "Dir::Etc::preferencesparts=/dev/null"
    -o "Dir::Etc::sourcelist=$apt_root/sources.list" -o "Dir::State::status=$apt_root/state/status")
  apt-get -qq "${dirs[@]}" -o Acquire::Retries=3 -o APT::Sandbox::User=root -o APT::Get::List-Cleanup=0 -o APT::Update::Post-Invoke-Success= "$@" >&2
}

apt_update() {
  local archive suite
  archive=$(apt_archive)
  [[ -n $archive ]] || {
    echo "apt: this machine's apt names no Debian archive" >&2
    return 1
  }
  mkdir -p "$apt_root"/state/lists/partial "$apt_root"/cache/archives/partial
  : >"$apt_root/state/status"
  for suite in "$@"; do
    printf '%s [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' deb "$archive" "$suite" deb-src "$archive" "$suite"
  done >"$apt_root/sources.list"
  apt_get update
}

apt_unpack() {
  local dir=$1 package
  shift
  mkdir -p "$apt_root/debs" "$dir"
  (cd "$apt_root/debs" && apt_get download "$@")
  for package in "$@"; do
    dpkg-deb --extract "$apt_root/debs/${package%%[=/]*}"_*.deb "$dir"
  done
}
