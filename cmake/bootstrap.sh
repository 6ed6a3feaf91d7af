# Shared by the two commands of the README: the Debian packages that Pentimento needs, how they are installed, and how a
# preset is built. Source it from bash.
# shellcheck shell=bash disable=SC2034

# Exit code of a command that needs packages it may not install.
readonly pentimento_packages_missing=3

# To build the libraries and the command line program.
pentimento_build_packages=(
  g++ cmake ninja-build pkg-config
  libboost1.81-dev libboost-json1.81-dev libssl-dev libsqlite3-dev libvips-dev libcli11-dev
)

# Also needed to build and run the tests and benchmarks.
pentimento_test_packages=(
  "${pentimento_build_packages[@]}"
  ccache git doctest-dev libbenchmark-dev python3 abigail-tools
)

# Any cargo can test the Rust binding; Debian's is installed if there is none.
if ! command -v cargo >/dev/null; then pentimento_test_packages+=(cargo); fi

# For builds with clang; the second package has its sanitizers and libFuzzer.
pentimento_clang_packages=(clang-16 libclang-rt-16-dev)

pentimento_say() { printf '%s\n' "==> $*"; }

# Prints those of the given packages that are not installed, one per line.
pentimento_missing_packages() {
  local wanted status name
  local -A installed=()
  while read -r status name; do
    if [ "$status" = ii ]; then installed[$name]=1; fi
  done < <(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "$@" 2>/dev/null || true)
  for wanted in "$@"; do
    if [ -z "${installed[$wanted]:-}" ]; then printf '%s\n' "$wanted"; fi
  done
}

# Installs the missing ones of the given packages as root; otherwise prints how and exits.
pentimento_require_packages() {
  local missing
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    pentimento_say "This is not Debian: continuing without a check. The equivalents of these packages are needed: $*"
    return
  fi
  mapfile -t missing < <(pentimento_missing_packages "$@")
  if [ ${#missing[@]} -eq 0 ]; then return; fi
  if [ "$(id -u)" -ne 0 ]; then
    {
      echo "Not installed: ${missing[*]}"
      echo "Run this, then start again:"
      echo "  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}"
    } >&2
    exit "$pentimento_packages_missing"
  fi
  pentimento_say "Installing ${missing[*]}"
  local -x DEBIAN_FRONTEND=noninteractive
  local apt=(apt-get -q -y -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3)
  "${apt[@]}" update </dev/null
  "${apt[@]}" install --no-install-recommends "${missing[@]}" </dev/null
}

# The measuring critic is tested on the photographs in the Debian package python3-skimage. The package conflicts with
# libboost1.81-dev (it depends on Boost 1.74), so only its images are unpacked, into build/photographs.
pentimento_require_photographs() {
  local package=python3-skimage target=build/photographs folder
  if [ -d "$target" ]; then return; fi
  if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
    pentimento_say "This is not Debian: tests on photographs fail unless those of scikit-image 0.19 are in $target."
    return
  fi
  pentimento_say "Fetching the photographs of $package into $target"
  folder=$(mktemp -d)
  if ! (cd "$folder" && apt-get -q download "$package") 2>"$folder/errors"; then
    if [ "$(id -u)" -eq 0 ]; then apt-get -q -y -o DPkg::Lock::Timeout=600 update </dev/null; fi
    if ! (cd "$folder" && apt-get -q download "$package") 2>"$folder/errors"; then
      cat "$folder/errors" >&2
      rm -rf "$folder"
      {
        echo "The photographs that the tests need could not be fetched."
        echo "Run this, then start again (or go on without them: tests/run --no-install):"
        echo "  sudo apt-get update"
      } >&2
      exit "$pentimento_packages_missing"
    fi
  fi
  dpkg-deb --fsys-tarfile "$folder"/*.deb | tar -x -C "$folder" --wildcards './usr/lib/python3/dist-packages/skimage/data/*'
  mkdir -p build
  mv "$folder/usr/lib/python3/dist-packages/skimage/data" "$target"
  rm -rf "$folder"
}

# The number of compilers to run at once: CMAKE_BUILD_PARALLEL_LEVEL, by default one per processor.
pentimento_jobs() { printf '%s\n' "${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}"; }

# Configures and builds a preset. Further arguments go to cmake --build.
pentimento_build() {
  local preset=$1 log
  shift
  # ccache fails without a place for its cache.
  if [ -z "${CCACHE_DIR:-}" ] && [ ! -w "${HOME:-/nowhere}" ]; then export CCACHE_DISABLE=1; fi
  log=$(mktemp)
  if ! cmake --preset "$preset" >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
  cmake --build --preset "$preset" --parallel "$(pentimento_jobs)" "$@"
}
