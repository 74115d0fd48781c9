#!/usr/bin/env bash
# Builds Kubernetes 1.20.2 from Debian's source package once and prints the folder with its programs.
#
#   test/lab/kubernetes.sh           build it if it is not there (about ten minutes on two cores), print its path
#   test/lab/kubernetes.sh --path    only print the path
#
# Go is 1.15 of Debian 11, unpacked beside the source and not installed: with Go 1.18 and later the vendored reflect2
# panics as soon as it encodes a map. Kept in ${XDG_CACHE_HOME:-~/.cache}/knode/lab, named after a digest of the recipe.
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=apt.sh
source "$here/apt.sh"

version=1.20.2
programs=(kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/knode/lab
arch=$(dpkg --print-architecture)
digest=$(printf '%s\n' "$arch" | cat - "$here/apt.sh" "$here/kubernetes.sh" | sha256sum | cut -c1-16)
result=$cache/kubernetes-$version-$digest

say() { printf 'kubernetes: %s\n' "$*" >&2; }

build() {
  local work=$1 source
  apt_root=$work/apt
  mkdir -p "$apt_root" "$work"/{goroot,home,bin,gopath/src/k8s.io}
  say 'downloading the source and Go'
  apt_update bookworm bullseye
  apt_unpack "$work/go" golang-1.15-go golang-1.15-src
  (cd "$work/gopath/src/k8s.io" && apt_get source kubernetes/bookworm && rm -f kubernetes_*)
  source=$work/gopath/src/k8s.io/kubernetes
  mv "$work"/gopath/src/k8s.io/kubernetes-* "$source"
  # Debian splits Go over two folders, with links between them; Go's own tools want one.
  cp -a "$work/go/usr/share/go-1.15/." "$work/goroot/"
  cp -a "$work"/go/usr/lib/go-1.15/{bin,VERSION} "$work/goroot/"
  cp -a "$work"/go/usr/lib/go-1.15/pkg/{linux_*,tool} "$work/goroot/pkg/"

  export GOROOT=$work/goroot GOPATH=$work/gopath GOCACHE=$work/gocache HOME=$work/home
  export GO111MODULE=off GOFLAGS=-trimpath CGO_ENABLED=0
  PATH=$GOROOT/bin:$PATH
  cd "$source"
  say "$(go version)"
  generate_openapi
  local stamp=k8s.io/kubernetes/vendor/k8s.io/component-base/version
  local ldflags="-s -w -X $stamp.gitVersion=v$version -X $stamp.gitMajor=1 -X $stamp.gitMinor=20 -X $stamp.gitTreeState=clean"
  say "building ${programs[*]}"
  go build -o "$work/bin/" -ldflags "$ldflags" "${programs[@]/#/k8s.io/kubernetes/cmd/}"
}

# Debian's package leaves generated files to its build: of those, only this one is missing in the source.
generate_openapi() {
  local packages
  say 'generating pkg/generated/openapi'
  # Upstream's list (build/root/Makefile.generated_files): the packages with the tag, staging ones by their vendored path.
  packages=$(find . \( -path './_*' -o -path './.*/*' -o -path ./vendor \) -prune -o -name '*.go' -print0 |
    xargs -0 grep -l '+k8s:openapi-gen=' | sed -n 's,^\./,,; s,^staging/src/,vendor/,; s,/[^/]*$,,p' |
    grep -v -e '^vendor/k8s.io/code-generator/' -e '^vendor/k8s.io/sample-apiserver/' | sort -u |
    sed 's,^,k8s.io/kubernetes/,' | paste -sd,)
  : >"$HOME/header"
  go run ./vendor/k8s.io/kube-openapi/cmd/openapi-gen --go-header-file "$HOME/header" -O zz_generated.openapi \
    --output-base "$GOPATH/src" -p k8s.io/kubernetes/pkg/generated/openapi -r "$HOME/violations" -i "$packages"
}

cleanup() { if [[ -n $temp ]]; then rm -rf "$temp"; fi; }

main() {
  if [[ ! -d $result ]]; then
    mkdir -p "$cache"
    exec 9>"$cache/kubernetes.lock"
    flock 9
  fi
  if [[ ! -d $result ]]; then # another process may have built it while this one waited
    rm -rf "$cache"/tmp-kubernetes.* # of builds that were killed: the lock says that none runs
    trap cleanup EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    temp=$(mktemp -d "$cache/tmp-kubernetes.XXXXXX")
    (build "$temp")
    rm -rf "$cache"/kubernetes-*/
    mv -T "$temp/bin" "$result"
    say "built in $SECONDS s"
  fi
  printf '%s\n' "$result"
}

temp=''
case ${1:-} in
  '') main ;;
  --path) printf '%s\n' "$result" ;;
  *)
    say 'usage: test/lab/kubernetes.sh [--path]'
    exit 2
    ;;
esac
