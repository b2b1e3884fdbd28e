# The stages of tests/run, one function each. A stage calls `check` (one command, one check),
# `runner` (a command that counts its own tests), `remark` or `skip`.

# One set of flags for all stages, so that each reuses the artefacts of the previous one.
workspace=(--workspace --all-features --locked)
browser=tests/browser

stage_format() {
    need_tools || return
    check cargo fmt --all --check
}

stage_lints() {
    need_tools || return
    check cargo clippy "${workspace[@]}" --all-targets --keep-going -- -D warnings
}

stage_docs() {
    check env RUSTDOCFLAGS="-D warnings" cargo doc "${workspace[@]}" --no-deps --keep-going
}

stage_deny() {
    need_tools || return
    check cargo deny --locked check --hide-inclusion-graph licenses bans sources
    if within 30 cargo deny fetch db >"$logs/advisory-database.log" 2>&1; then
        check cargo deny --locked check --hide-inclusion-graph advisories
    else
        remark "advisories not checked, their database cannot be reached from here"
    fi
}

stage_rust() {
    need_tools || return
    local bots=50
    [[ $long -eq 0 ]] || bots=300
    # Many tests wait for a time limit of the server: others run meanwhile.
    FAULT_BOTS=$bots runner count_nextest cargo nextest run "${workspace[@]}" --no-fail-fast \
        --status-level slow --test-threads $(($(getconf _NPROCESSORS_ONLN) * 4))
}

stage_doctests() {
    # A workspace need not have examples in its documentation, so having none is no failure.
    check cargo test "${workspace[@]}" --doc --quiet
}

stage_fuzz() {
    if ! has_nightly; then
        skip "no nightly toolchain (rustup toolchain install nightly); the property tests on stable ran the same code"
        return
    fi
    if ! present cargo-fuzz; then
        skip "cargo-fuzz is missing: $(how_to_install cargo-fuzz)"
        return
    fi
    cargo +nightly fuzz build --fuzz-dir tests/fuzz || { count 0 1 && return; }
    local target
    for target in $(cargo +nightly fuzz list --fuzz-dir tests/fuzz); do
        check fuzz_target "$target" "${DRUMBEAT_FUZZ_SECONDS:-60}"
    done
}

# Runs a target for a number of seconds; shows its output only if it finds something. It begins with the
# inputs in tests/fuzz/corpus, and adds those of its own that lead it further to target/fuzz-corpus. Leaks are
# not looked for: the library for metrics does not free what it has recorded when a server ends.
fuzz_target() {
    local output=$logs/fuzz-$1.log found=${CARGO_TARGET_DIR:-$root/target}/fuzz-corpus/$1
    mkdir -p "$found"
    if ASAN_OPTIONS=detect_leaks=0 cargo +nightly fuzz run --fuzz-dir tests/fuzz \
        "$1" "$found" "tests/fuzz/corpus/$1" -- -max_total_time="$2" \
        -rss_limit_mb=1024 -timeout=40 -max_len=4096 -print_final_stats=1 >"$output" 2>&1; then
        echo "$1: $(awk '/number_of_executed_units/ { print $2 }' "$output") inputs in $2 s"
    else
        tail -n 100 "$output"
        return 1
    fi
}

stage_core() {
    local game page crate compiler built=$root/target/web/check
    # An old build proves nothing about the current sources.
    rm -f target/web/verify.wasm target/web/toy.wasm
    while read -r game page crate; do
        check core_is_current "$page" "$crate"
    done < <(assets/web/build --games)
    if ! compiler=$(assets/web/build --compiler); then
        skip "the cores were not built anew: no Rust for the browser is installed"
        return
    fi
    check assets/web/build "$built"
    # The core of another game, built as its author would.
    check env CARGO_TARGET_DIR="$root/target" assets/web/build --crate tests/web target/web/toy.wasm --locked
    while read -r game page crate; do
        if [[ $compiler == "$(sed -n 2p "$page/core.wasm.sources")" ]]; then
            check core_is_the_same "$page" "$built/$game"
        else
            remark "built by another compiler than the committed core, so compared by what it does (stage js)"
        fi
    done < <(assets/web/build --games)
}

core_is_current() {
    local hash
    hash=$(assets/web/sources-hash "$2") && [[ -n $hash && $hash == "$(sed -n 1p "$1/core.wasm.sources")" ]] && return
    echo "$1/core.wasm was built from other sources than these: run assets/web/build"
    return 1
}

core_is_the_same() {
    cmp "$1/core.wasm" "$2/core.wasm" && return
    echo "$1/core.wasm is not what its sources and its compiler give: run assets/web/build"
    return 1
}

stage_platforms() {
    local at_least target left_out="" others=(x86_64-pc-windows-gnu x86_64-apple-darwin)
    at_least=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
    if has_toolchain "$at_least"; then
        check cargo "+$at_least" check --workspace --locked
    else
        left_out="Rust $at_least"
    fi
    for target in "${others[@]}"; do
        if has_target "$target"; then
            # Nothing is linked, so nothing that a build script compiles is needed.
            check env "CC_${target//-/_}=true" "AR_${target//-/_}=true" SDKROOT=/ \
                cargo check --workspace --locked --target "$target"
        else
            left_out+="${left_out:+, }$target"
        fi
    done
    [[ $((stage_passed + stage_failed)) -gt 0 ]] || { skip "none of them is installed" && return; }
    [[ -z $left_out ]] || remark "not to be had here: $left_out"
}

stage_types() {
    need_tools || return
    check "$browser/node_modules/.bin/tsc" --project tests/types/net.json
    check "$browser/node_modules/.bin/tsc" --project tests/types/page.json
    check "$browser/node_modules/.bin/tsc" --project tests/types/board.json
    check "$browser/node_modules/.bin/tsc" --project tests/types/chat.json
    check "$browser/node_modules/.bin/tsc" --project tests/types/jobs.json
}

stage_js() {
    need_tools || return
    if [[ ! -f target/web/verify.wasm ||
        -n $(find shared/src shared/macros/src shared/games/arena/src assets/web/src assets/web/arena/src -newer target/web/verify.wasm -print -quit) ]]; then
        rm -f target/web/verify.wasm target/web/toy.wasm
        skip "what the core computes was not compared: the stage core builds what does"
    fi
    check assets/web/bundle.mjs --check
    runner count_node node --test --test-reporter=spec tests/js/*.test.*js
}

# The verdicts of the Autobahn suite. Where it can't run, the tests of the stage rust have gone through
# the same cases.
stage_conformance() {
    need_tools || return
    if [[ -z $(python2_path) ]]; then
        stage_skipped=1
        remark "not run: the suite needs Python 2.7; the stage rust has its cases too"
        return
    fi
    cargo build "${workspace[@]}" || { count 0 1 && return; }
    DRUMBEAT_BIN=${CARGO_TARGET_DIR:-$root/target}/debug/drumbeat \
        DRUMBEAT_AUTOBAHN=$(python2_path)$'\n'$autobahn_dir runner count_node \
        node --test --test-reporter=spec tests/conformance/conformance.test.mjs
}

stage_new() {
    need_tools || return
    if ! assets/web/build --compiler >/dev/null; then
        skip "a new game has no core: no Rust for the browser is installed"
        return
    fi
    cargo build "${workspace[@]}" || { count 0 1 && return; }
    DRUMBEAT_BIN=${CARGO_TARGET_DIR:-$root/target}/debug/drumbeat \
        DRUMBEAT_CHROMIUM=$(chromium_path) runner count_node \
        node --test --test-reporter=spec "$browser/new.test.mjs"
}

stage_proxies() {
    need_tools || return
    cargo build "${workspace[@]}" || { count 0 1 && return; }
    # Two beside each other, on addresses of their own: a rolling restart waits most of the time.
    DRUMBEAT_BIN=${CARGO_TARGET_DIR:-$root/target}/debug/drumbeat runner count_node \
        node --test --test-reporter=spec --test-concurrency=2 tests/proxies/*.test.mjs
}

stage_clients() {
    need_tools || return
    cargo build "${workspace[@]}" || { count 0 1 && return; }
    DRUMBEAT_BIN=${CARGO_TARGET_DIR:-$root/target}/debug/drumbeat DRUMBEAT_PYTHON=$(python_websockets) runner count_node \
        node --test --test-reporter=spec tests/clients/*.test.mjs
}

stage_browser() {
    need_tools || return
    cargo build "${workspace[@]}" || { count 0 1 && return; }
    # So that the folder holds only pictures of this run.
    rm -rf tests/artefacts
    local -a browsers=("$browser"/{browser,circumstances,firefox,package}.test.mjs)
    if [[ -n $(webkit_paths) ]]; then browsers+=("$browser/webkit.test.mjs"); else skip "no WebKitGTK with a driver is installed"; fi
    # Two beside each other: each waits most of the time.
    DRUMBEAT_BIN=${CARGO_TARGET_DIR:-$root/target}/debug/drumbeat DRUMBEAT_FIREFOX=$(firefox_path) \
        DRUMBEAT_WEBKIT=$(webkit_paths) DRUMBEAT_CHROMIUM=$(chromium_path) \
        DRUMBEAT_UPDATE_PICTURE=${DRUMBEAT_UPDATE_PICTURE:-} LONG_TESTS=$long \
        runner count_node node --test --test-concurrency=2 --test-reporter=spec "${browsers[@]}"
    echo "screenshots: tests/artefacts/"
}

# The counters read a runner's output and print "passed failed".

# "Summary [ 1.2s] 9 tests run: 7 passed (1 slow), 1 failed, 1 timed out, 3 skipped"
count_nextest() {
    sed $'s/\x1b\\[[0-9;]*m//g' | awk '
        /Summary \[/ {
            for (i = 1; i < NF; i++) {
                if ($(i + 1) ~ /^passed/) good = $i
                if ($(i + 1) ~ /^failed/) bad += $i
                if ($(i + 1) == "timed" || $(i + 1) == "exec") bad += $i
            }
        }
        END { print good + 0, bad + 0 }'
}

# "ℹ pass 7", "ℹ fail 1", "ℹ cancelled 1"
count_node() {
    sed $'s/\x1b\\[[0-9;]*m//g' | awk '
        $2 == "pass" && NF == 3 { good = $3 }
        ($2 == "fail" || $2 == "cancelled") && NF == 3 { bad += $3 }
        END { print good + 0, bad + 0 }'
}
