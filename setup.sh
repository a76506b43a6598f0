#!/usr/bin/env bash
# Installs what building, running and testing need; `make` calls it, and a person may. Looks first at what is there, so
# that a second start takes no time and no network.
#
#   ./setup.sh run     what `make run` needs
#   ./setup.sh test    that, and what only the tests need (a browser, fonts, network tools, CPython's own tests)
#   ./setup.sh bench   that, and a switch to measure the wire against
#
# SOCKLAB_WASM_FROM=debian skips rustup and takes the wasm standard library from Debian's sources.
set -euo pipefail
cd "$(dirname "$0")"

readonly RUST_MIN=1.95
readonly NODE_MIN=18
readonly WASM=wasm32-unknown-unknown
readonly DEBIAN_RUSTC=/usr/bin/rustc

say() { printf 'setup: %s\n' "$*"; }
stop() {
    printf 'setup: %s\n' "$@" >&2
    exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n1)" = "$1" ]; } # minimum, version

# --- root's work -----------------------------------------------------------------------------------------------------

# Runs a command as root, or says what an administrator has to run.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif have sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        sudo "$@"
    else
        stop "this needs root, and there is no sudo here. Ask an administrator to run:" "    $*" "then start again."
    fi
}

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# Runs a command as root while no package may start a service: the tests want nginx's program, and nobody a web server
# on this machine's port 80.
readonly POLICY=/usr/sbin/policy-rc.d
without_services() {
    local status=0
    [ -e $POLICY ] && { as_root "$@"; return; }
    as_root sh -c "printf '#!/bin/sh\nexit 101\n' >$POLICY && chmod +x $POLICY"
    as_root "$@" || status=$?
    as_root rm -f $POLICY
    return $status
}

# Installs those of the packages that are missing; all in one go, for one question for a password.
packages() {
    local missing=()
    for package in "$@"; do installed "$package" || missing+=("$package"); done
    [ ${#missing[@]} = 0 ] && return
    say "installing Debian packages: ${missing[*]}"
    local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${missing[@]}")
    # A package list that is older than what the mirror has, or none at all, is the usual reason to fail.
    without_services "${install[@]}" || {
        say "that failed; once more with fresh package lists"
        as_root apt-get update -q
        without_services "${install[@]}"
    }
}

# --- what is needed --------------------------------------------------------------------------------------------------

rust() {
    # rustup writes this file; a shell that was open before does not know it yet.
    # shellcheck disable=SC1091
    have cargo || { [ -f "$HOME/.cargo/env" ] && . "$HOME/.cargo/env"; }
    have cargo || stop "no cargo here. Install Rust with rustup, then start again."
    local version
    version=$(rustc --version | cut -d' ' -f2)
    at_least $RUST_MIN "$version" || stop "Rust $version is too old, $RUST_MIN is needed. Run: rustup update stable"
}

node_is_recent() {
    have node && have npm && at_least $NODE_MIN "$(node --version | tr -d v)"
}

# The programs by the names they have on any distribution, for those that have no apt-get.
programs() {
    local missing=()
    for program in bwrap python3 gcc node npm "$@"; do have "$program" || missing+=("$program"); done
    [ ${#missing[@]} = 0 ] ||
        stop "missing: ${missing[*]}" \
            "Only Debian is set up automatically. Please install these with your distribution's packages" \
            "(bwrap is in bubblewrap, chromedriver often in chromium or chromium-driver), then start again."
    [ -x /usr/bin/python3 ] || stop "the sandbox shows programs /usr only, so python3 has to be /usr/bin/python3"
    node_is_recent || stop "node $(node --version) is too old, $NODE_MIN is needed"
}

# Whether a compiler has the standard library for wasm, built by that very version, and a linker for it.
compiles_wasm() {
    local rustc=$1 folder
    [ "$rustc" != $DEBIAN_RUSTC ] || have rust-lld || return 1 # rustup brings its own
    folder=$("$rustc" --print sysroot 2>/dev/null)/lib/rustlib/$WASM/lib
    compgen -G "$folder/libstd-*.rlib" >/dev/null || return 1
    # What we built ourselves has a stamp, and is of no use any more when the package was updated.
    [ ! -f "$folder/.stamp" ] || [ "$(cat "$folder/.stamp")" = "$("$rustc" -vV)" ]
}

wasm() {
    if [ "${SOCKLAB_WASM_FROM:-}" != debian ]; then
        compiles_wasm rustc && return
        compiles_wasm $DEBIAN_RUSTC && return
        if have rustup; then
            say "installing Rust's standard library for $WASM"
            # A closed network answers late or never.
            timeout 90 rustup target add $WASM && return
            say "rustup could not download it"
        fi
    fi
    have apt-get || stop "the page is compiled to wasm; please run: rustup target add $WASM"
    say "taking Debian's compiler for the page instead"
    packages rustc-web cargo-web rust-web-src rust-web-llvm # the last for rust-lld, wasm's linker
    local version
    version=$($DEBIAN_RUSTC --version | cut -d' ' -f2)
    at_least $RUST_MIN "$version" || stop "Debian's rustc-web is $version, $RUST_MIN is needed: is bookworm-security enabled?"
    compiles_wasm $DEBIAN_RUSTC || build_std
}

# Debian has the compiler for wasm but not the library: builds it from Debian's source package, which carries all of
# its dependencies, and puts it where the compiler looks.
build_std() {
    say "building the standard library for $WASM (about a minute, once)"
    local work folder version
    version=$($DEBIAN_RUSTC -vV)
    folder=$($DEBIAN_RUSTC --print sysroot)/lib/rustlib/$WASM/lib
    work=$(mktemp -d)
    # shellcheck disable=SC2064 # the folder of now is meant
    trap "rm -rf '$work'" EXIT
    mkdir "$work/src"
    : >"$work/src/lib.rs"
    printf '[package]\nname = "stdbuild"\nversion = "0.0.0"\nedition = "2021"\n' >"$work/Cargo.toml"
    # Bitcode in the libraries, or link-time optimisation finds nothing to optimise.
    (cd "$work" && env -u RUSTUP_TOOLCHAIN RUSTFLAGS=-Cembed-bitcode=yes RUSTC_BOOTSTRAP=1 RUSTC=$DEBIAN_RUSTC \
        CARGO_TARGET_DIR="$work/target" \
        /usr/bin/cargo build --quiet --release --target $WASM -Zbuild-std=std,panic_abort,proc_macro,test)
    mkdir "$work/lib"
    cp "$work/target/$WASM/release/deps/"*.rlib "$work/lib/"
    rm -f "$work/lib/"libstdbuild*
    printf '%s' "$version" >"$work/lib/.stamp"
    as_root mkdir -p "$folder"
    as_root rm -rf "$folder.new"
    as_root cp -r "$work/lib" "$folder.new"
    as_root rm -rf "$folder"
    as_root mv "$folder.new" "$folder"
    as_root chmod -R a+rX "$folder"
}

# --- levels ----------------------------------------------------------------------------------------------------------

level=${1:-run}
case $level in
    run | test | bench) ;;
    *) stop "usage: ./setup.sh run|test|bench" ;;
esac

rust
if have apt-get; then
    need=(bubblewrap python3 gcc libc6-dev pkg-config ca-certificates)
    node_is_recent || need+=(nodejs npm)
    [ "$level" = run ] || need+=(chromium chromium-driver fonts-dejavu-core fonts-noto-cjk \
        strace tshark curl iperf3 iproute2 netcat-openbsd nginx-light socat)
    [ "$level" = bench ] && need+=(vde2)
    packages "${need[@]}"
    # Of the very version that programs run on.
    [ "$level" = run ] || packages "lib$(basename "$(readlink -f /usr/bin/python3)")-testsuite"
    node_is_recent || stop "node $(node --version) is too old, $NODE_MIN is needed: please install a newer one"
elif [ "$level" != run ]; then
    programs chromium chromedriver strace tshark curl iperf3 nc nginx socat
else
    programs
fi
wasm
