#!/usr/bin/env bash
# One command that sets everything up and runs every test: `./test.sh`. People and CI run the same one.
# Debian 12 with Node >= 20.19; root or sudo, because the referees boot machines and start daemons.
set -uo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" || exit 1

results=()
unhappy=() # the names of the stages that failed
failed=0
total=0

as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo env "PATH=$PATH" "CI=${CI:-}" "$@"
  else
    "$@" # each program says by itself that it needs root
  fi
}

# judge NAME SECONDS CODE: writes down how a stage ended.
judge() {
  local verdict=passed
  if (($3)); then
    verdict="FAILED (exit code $3)"
    failed=$((failed + 1))
    unhappy+=("$1")
  fi
  total=$((total + 1))
  results+=("$(printf '%5s s  %-10s %s' "$2" "$1" "$verdict")")
  return "$3"
}

logs=$(mktemp -d)
declare -A running=()

stage() {
  local name=$1 started=$SECONDS code=0
  shift
  printf '\n==> %s\n' "$name"
  "$@" > >(tee "$logs/$name") 2>&1 || code=$?
  wait "$!" # for the last lines of tee
  judge "$name" $((SECONDS - started)) "$code"
}

# beside NAME COMMAND...: a stage that runs while others do. It gives way to them (nice), and its output waits for its end.
beside() {
  local name=$1
  shift
  printf '\n==> %s, beside what follows\n' "$name"
  # In a process group of its own, so that an interrupt ends all of it.
  set -m
  (
    code=0
    renice -n 5 -p "$BASHPID" >/dev/null # not `nice`, which runs programs alone: "$@" may be a function of this script
    "$@" || code=$?
    echo "$SECONDS $code" >"$logs/$name.end"
  ) >"$logs/$name" 2>&1 </dev/null &
  set +m
  running[$name]="$! $SECONDS"
}

# joined NAME: waits for a stage that `beside` began.
joined() {
  local pid started ended code
  read -r pid started <<<"${running[$1]}"
  wait "$pid"
  unset "running[$1]"
  read -r ended code <"$logs/$1.end" || { ended=$SECONDS code=1; }
  printf '\n==> %s, which ran beside\n' "$1"
  cat "$logs/$1"
  judge "$1" $((ended - started)) "$code"
}

give_up() {
  local one
  for one in "${running[@]}"; do kill -- "-${one%% *}" 2>/dev/null; done
  rm -rf "$logs"
}
trap give_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# reasons NAME: what a failed stage said. Of tests, each that failed with its first lines; of anything else, the last lines.
# It is repeated at the end of the whole output, because that end is often all that a CI system keeps.
reasons() {
  local plain
  plain=$(sed 's/\x1b\[[0-9;]*m//g' "$logs/$1")
  printf '\n==> why %s failed\n' "$1"
  awk '/^ *FAIL /{left = 6} left-- > 0 && NF && said < 60 {print substr($0, 1, 300); said++} END {exit !said}' <<<"$plain" ||
    tail -n 20 <<<"$plain"
}

finish() {
  local name again
  for name in "${!running[@]}"; do joined "$name"; done
  for name in "${unhappy[@]}"; do reasons "$name"; done
  again=$(cat "$logs"/* 2>/dev/null | sed 's/\x1b\[[0-9;]*m//g' | grep '(retry x')
  if [[ -n $again ]]; then printf '\n==> passed or failed at the second try: each is a fault to be found\n%s\n' "$again"; fi
  printf '\n'
  printf '%s\n' "${results[@]}"
  if ((failed)); then
    printf 'test.sh: FAILED: %s of %s stages, in %s s\n' "$failed" "$total" "$SECONDS"
    exit 1
  fi
  printf 'test.sh: all %s stages passed, in %s s\n' "$total" "$SECONDS"
}

# True when node_modules holds what package-lock.json asks for; npm writes down there what it installed.
modules_are_current() {
  node -e '
    const { readFileSync } = require("node:fs");
    const packages = (file) => JSON.parse(readFileSync(file, "utf8")).packages;
    const want = Object.entries(packages("package-lock.json")).filter(([path]) => path !== "");
    const have = packages("node_modules/.package-lock.json");
    const stale = want.some(([path, { version, optional }]) => (have[path] ? have[path].version !== version : !optional));
    const known = new Set(want.map(([path]) => path));
    process.exit(stale || Object.keys(have).some((path) => !known.has(path)) ? 1 : 0);
  ' 2>/dev/null
}

node_modules() {
  if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; then
    printf 'test.sh: needs Node >= 20.19; found: %s\n' "$(node --version 2>/dev/null || echo none)" >&2
    return 1
  fi
  if modules_are_current; then
    echo 'node_modules is current'
  else
    npm ci --no-audit --no-fund
  fi
}

# When no program is missing there is nothing to ask root for.
referees() { scripts/setup-referees.sh --check || as_root scripts/setup-referees.sh; }

stage modules node_modules || finish
stage programs referees || finish
# Kubernetes is built once, in about ten minutes, and kept in ~/.cache/knode/lab: referees and lab ask its programs. The
# referees mostly wait, so the checks, which compute, run beside them.
beside kubernetes as_root test/lab/kubernetes.sh
# Newer Debians judge the first boot too.
beside trixie as_root test/referee/machines/image.sh trixie
beside forky as_root test/referee/machines/image.sh forky
stage image as_root test/referee/machines/image.sh || finish
beside check npm run --silent check
joined kubernetes || finish
joined trixie
joined forky
referee() { as_root npx vitest run --config vitest.referee.config.ts --project "$1"; }
stage referees referee 'side by side'
joined check
beside machines referee machines
# After the checks, which build what it packs.
beside nodes npm run --silent smoke:nodes
stage alone referee alone
joined machines
joined nodes
stage lab as_root npm run --silent lab -- test/lab/clusters/docker --ci
finish
