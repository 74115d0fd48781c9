#!/bin/bash
# Packs knode as npm would publish it, installs it elsewhere without any registry and runs the main job with it. A file that the
# package lacks makes it fail: behind an air gap there is nothing else.
#
#   scripts/smoke.sh             the Node that `node` is
#   scripts/smoke.sh 22 24 ...   that one, then each of these (node-program.sh); all must render every example to the same bytes
set -Eeuo pipefail
repo=$(cd "$(dirname "$0")/.." && pwd)
bins=()
for version; do bins+=("$("$repo/scripts/node-program.sh" "$version")"); done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'echo "smoke: line $LINENO failed" >&2' ERR

cd "$repo"
tarball=$(npm pack --silent --pack-destination "$work" | tail -n 1)
mkdir "$work/elsewhere"
cd "$work/elsewhere"
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit --offline --cache "$work/empty" "$work/$tarball"
test "$(ls node_modules)" = knode

package=node_modules/knode
for file in LICENSE THIRD-PARTY-NOTICES sbom.cdx.json docs/cluster-file.md; do test -s "$package/$file"; done

# Prints each link of a shipped page that leads to no shipped file.
dead_links() {
  local page link
  while read -r page; do
    while read -r link; do
      if [[ ! -e ${page%/*}/$link ]]; then printf '%s: %s\n' "${page#"$package/"}" "$link"; fi
    done < <(grep -oP '\]\(\K[^)#\s]+' "$page" | grep -vP "^[a-z]+:" || true)
  done < <(find "$package" -name '*.md')
}
dead=$(dead_links)
if [[ -n $dead ]]; then
  printf 'smoke: links in the package that lead nowhere:\n%s\n' "$dead" >&2
  exit 1
fi

# The main job, from nothing, in a new folder.
main_job() {
  mkdir "$1"
  cd "$1"
  knode init smoke
  knode validate
  knode render --role master --index 0 >user-data
  test "$(head -n 1 user-data)" = '#cloud-config'
  knode render --all -o out
  test -s out/w1/user-data && test -s out/w1/meta-data && test -s out/w1/network-config
  knode explain --role worker --index 0 | grep -q kubelet.service
  knode pki list --json | grep -q '"id": "kube-apiserver@m1"'
  knode kubeconfig | grep -q 'kind: Config'
  export AWS_ACCESS_KEY_ID=smoke AWS_SECRET_ACCESS_KEY=smoke AWS_REGION=us-east-1
  knode mirror presign s3://smoke --expires 1h | grep -q X-Amz-Signature
  knode schema | grep -q '"title": "knode cluster file"'
}

# Every example, with keys that the first Node makes. Of the same input and state every Node makes the same bytes.
examples() {
  local example lock
  for example in examples/*/cluster.yaml; do
    example=${example%/cluster.yaml}
    if [[ -e $example/knode.lock.yaml ]]; then lock=(); else lock=(--unlocked); fi
    knode -f "$example/cluster.yaml" --state "$work/state/$example" --quiet render --all "${lock[@]}" -o "$1/$example"
  done
  diff -r "$work/first" "$1" >&2
}

cp -r "$package/examples" .
mkdir "$work/state"
ln -s "rendered-$(node --version)" "$work/first"
for bin in "$(dirname "$(command -v node)")" "${bins[@]}"; do
  version=$("$bin/node" --version)
  knode() { PATH=$bin:$PATH "$work/elsewhere/node_modules/.bin/knode" "$@"; }
  printf 'smoke: knode %s on Node %s\n' "$(knode --version)" "$version"
  if [[ -e $version ]]; then continue; fi # the first one was asked for again
  (main_job "$version")
  if ((${#bins[@]})); then examples "$work/rendered-$version"; fi # one Node alone has nothing to compare
done
echo "smoke: knode from $tarball ($(wc -c <"$work/$tarball") bytes) works"
