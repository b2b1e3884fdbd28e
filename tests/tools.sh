# Finds the tools that the stages need, and installs missing ones where permitted: components of the
# Rust toolchain, packages of the distribution (as root or by sudo without a password), and cargo
# subcommands. Sourced by tests/run.

has() { command -v "$1" >/dev/null 2>&1; }

# Runs a command with a limit of seconds, where the system has `timeout`.
within() { if has timeout; then timeout "$@"; else "${@:2}"; fi; }

# Whether a program is there, in a folder of root's as well.
has_program() { PATH=$PATH:/usr/sbin:/usr/local/sbin command -v "$1" >/dev/null 2>&1; }

# The browser to test with; empty if there is none.
chromium_path() {
    local name
    for name in "${DRUMBEAT_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
        if [[ -n $name ]] && has "$name"; then command -v "$name" && return; fi
    done
}

# Firefox; empty if there is none.
firefox_path() {
    local name
    for name in "${DRUMBEAT_FIREFOX:-}" firefox-esr firefox /Applications/Firefox.app/Contents/MacOS/firefox; do
        if [[ -n $name ]] && has "$name"; then command -v "$name" && return; fi
    done
}

# The driver of WebKitGTK and its browser, a line each; empty if there are none, or no screen for them.
webkit_paths() {
    local path
    has WebKitWebDriver && has xvfb-run || return 0
    for path in /usr/lib/*/webkit2gtk-4.*/MiniBrowser /usr/lib*/webkit2gtk-4.*/MiniBrowser /usr/libexec/webkit2gtk-4.*/MiniBrowser; do
        if [[ -x $path ]]; then printf '%s\n%s\n' "$(command -v WebKitWebDriver)" "$path" && return; fi
    done
}

# The Python that the Autobahn suite runs on; empty if there is none.
python2_path() {
    local path
    for path in "${DRUMBEAT_PYTHON2:-}" python2.7 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/2.7.*/bin/python2.7; do
        # What is found may be a switch between versions, with none behind it.
        if [[ -n $path ]] && "$path" -c 'import ssl' >/dev/null 2>&1; then command -v "$path" && return; fi
    done
}

# The Python that foreign clients run on, with the packages of tests/python/requirements.txt; empty if
# there is none.
python_websockets() {
    local path=$python_dir/bin/python
    if cmp -s tests/python/requirements.txt "$python_dir/installed" && "$path" -c 'import websockets' >/dev/null 2>&1; then
        echo "$path"
    fi
}

# A Python 3 that can make an environment of its own; empty if there is none.
python3_path() {
    local path
    for path in python3 /usr/bin/python3; do
        if "$path" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            command -v "$path" && return
        fi
    done
}

has_nightly() { has rustup && rustup toolchain list 2>/dev/null | grep -q '^nightly'; }

# The packages of the distribution that build the client core.
wasm_packages=(rustc-web cargo-web rust-web-src lld-19)
# Those of WebKit; xauth is what xvfb-run needs.
webkit_packages=(webkit2gtk-driver xvfb xauth)

# Whether a target's standard library is installed, if need be by this function.
has_target() {
    has rustup || return
    rustup target list --installed 2>/dev/null | grep -x "$1" >/dev/null ||
        { [[ $install -eq 1 ]] && within 60 rustup target add "$1" >/dev/null 2>&1; }
}

# Whether a version of Rust is installed, if need be by this function.
has_toolchain() {
    has rustup || return
    rustup toolchain list 2>/dev/null | grep "^$1" >/dev/null ||
        { [[ $install -eq 1 ]] && within 60 rustup toolchain install "$1" --profile minimal >/dev/null 2>&1; }
}

# The oldest version of Node that the tests of the page support.
node_min=20.19

# Whether the first version is not older than the second.
is_at_least() { [[ $(printf '%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]; }

# Whether a tool is there, new enough; the names are those of tools_of().
present() {
    case $1 in
        rustfmt) cargo fmt --version >/dev/null 2>&1 ;;
        clippy) cargo clippy --version >/dev/null 2>&1 ;;
        # Through cargo, which also looks where it installs.
        cargo-*) cargo "${1#cargo-}" --version 2>/dev/null | grep -qwF "$(version_of "$1")" ;;
        node) has node && is_at_least "$(node --version | tr -d v)" "$node_min" ;;
        chromium) [[ -n $(chromium_path) ]] ;;
        firefox) [[ -n $(firefox_path) ]] ;;
        webkit) [[ -n $(webkit_paths) ]] ;;
        packages) cmp -s "$browser/package-lock.json" "$browser/node_modules/.installed-lock.json" ;;
        wasm) assets/web/build --compiler >/dev/null 2>&1 ;;
        # Debian installs both where only root looks.
        nginx) has_program nginx && [[ -f /usr/lib/nginx/modules/ngx_stream_module.so ]] ;;
        haproxy) has_program haproxy ;;
        autobahn) [[ -f $autobahn_dir/installed ]] ;;
        python) [[ -n $(python_websockets) ]] ;;
        websocat) websocat --version 2>/dev/null | grep -qwF "$(version_of websocat)" ;;
        *) has "$1" ;;
    esac
}

# The versions of what cargo installs: other versions may judge the same code differently.
version_of() {
    case $1 in
        cargo-nextest) echo 0.9.143 ;;
        cargo-deny) echo 0.20.2 ;;
        cargo-fuzz) echo 0.13.2 ;;
        websocat) echo 1.14.1 ;;
    esac
}
# They are installed in the target directory, unless these versions are there already.
tools_dir=${CARGO_TARGET_DIR:-$root/target}/tools
PATH=$tools_dir/bin:$PATH
autobahn_dir=$tools_dir/autobahn-0.8.2
python_dir=$tools_dir/python

# The tools that a stage needs.
tools_of() {
    case $1 in
        format) echo rustfmt ;;
        lints) echo clippy ;;
        deny) echo cargo-deny ;;
        rust)
            echo cargo-nextest
            # Steps the clocks of servers under test.
            if has apt-get; then echo faketime; fi
            ;;
        fuzz) if has_nightly; then echo cargo-fuzz; fi ;;
        core) echo wasm ;;
        types) echo node npm packages ;;
        js) echo node npm packages ;;
        conformance) echo node && if [[ -n $(python2_path) ]]; then echo autobahn; fi ;;
        proxies) echo node openssl nginx haproxy ;;
        clients) echo node npm packages websocat python ;;
        new) echo node npm packages chromium ;;
        browser)
            echo node npm packages chromium firefox
            # Without it the stage leaves that browser out.
            if has apt-get; then echo webkit; fi
            ;;
    esac
}

# How a person installs a tool.
how_to_install() {
    case $1 in
        rustfmt | clippy) echo "rustup component add $1" ;;
        cargo-*) echo "cargo install --locked $1@$(version_of "$1")" ;;
        node) echo "the package nodejs ($node_min or newer), for example: apt-get install nodejs" ;;
        packages) echo "npm ci --prefix $browser && cp $browser/package-lock.json $browser/node_modules/.installed-lock.json" ;;
        wasm) echo "rustup target add wasm32-unknown-unknown, or apt-get install ${wasm_packages[*]}" ;;
        nginx) echo "nginx and its stream module, for example: apt-get install nginx libnginx-mod-stream" ;;
        haproxy) echo "the package haproxy (2.6 or newer), for example: apt-get install haproxy" ;;
        autobahn) echo "$(python2_path) -m pip install --target $autobahn_dir autobahntestsuite==0.8.2 && touch $autobahn_dir/installed" ;;
        python) echo "Python 3.11 or newer (for example: apt-get install python3-venv), then python3 -m venv $python_dir && $python_dir/bin/pip install -r tests/python/requirements.txt && cp tests/python/requirements.txt $python_dir/installed" ;;
        websocat) echo "cargo install --locked websocat@$(version_of websocat)" ;;
        faketime) echo "the package faketime, for example: apt-get install faketime" ;;
        openssl) echo "the package openssl, for example: apt-get install openssl" ;;
        npm) echo "the package npm, for example: apt-get install npm" ;;
        chromium) echo "the package chromium, for example: apt-get install chromium fonts-liberation" ;;
        firefox) echo "Firefox, for example: apt-get install firefox-esr" ;;
        webkit) echo "WebKitGTK's driver and a virtual screen, for example: apt-get install ${webkit_packages[*]}" ;;
    esac
}

# Runs apt-get as root, if that is possible without a password.
apt() {
    local -a as_root=()
    has apt-get || return 1
    if [[ $(id -u) -ne 0 ]]; then
        has sudo && sudo -n true 2>/dev/null || return 1
        as_root=(sudo -n)
    fi
    ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@"
}

# Without optimization, which would take longer than all that they do here.
cargo_install() {
    CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_DEV_OPT_LEVEL=0 CARGO_INCREMENTAL=0 \
        cargo install --debug --locked --root "$tools_dir" "$1@$(version_of "$1")" "${@:2}"
}

install_tool() {
    case $1 in
        rustfmt | clippy) has rustup && rustup component add "$1" ;;
        cargo-*) cargo_install "$1" ;;
        # It needs neither TLS nor compression here.
        websocat) cargo_install websocat --no-default-features --features signal_handler,tokio-process,unix_stdio ;;
        node) apt install -y --no-install-recommends nodejs ;;
        nginx) apt install -y --no-install-recommends nginx libnginx-mod-stream ;;
        haproxy) apt install -y --no-install-recommends haproxy ;;
        autobahn)
            "$(python2_path)" -m pip install --quiet --disable-pip-version-check --target "$autobahn_dir" \
                autobahntestsuite==0.8.2 && touch "$autobahn_dir/installed"
            ;;
        python)
            [[ -n $(python3_path) ]] || apt install -y --no-install-recommends python3-venv
            [[ -n $(python3_path) ]] && "$(python3_path)" -m venv --clear "$python_dir" &&
                "$python_dir/bin/pip" install --quiet --disable-pip-version-check --no-deps --only-binary :all: \
                    --require-hashes -r tests/python/requirements.txt &&
                cp tests/python/requirements.txt "$python_dir/installed"
            ;;
        faketime) apt install -y --no-install-recommends faketime ;;
        openssl) apt install -y --no-install-recommends openssl ;;
        npm) apt install -y --no-install-recommends npm ;;
        packages)
            npm ci --prefix "$browser" --no-audit --no-fund --loglevel=error &&
                cp "$browser/package-lock.json" "$browser/node_modules/.installed-lock.json"
            ;;
        wasm)
            { has rustup && within 60 rustup target add wasm32-unknown-unknown 2>/dev/null; } ||
                apt install -y --no-install-recommends "${wasm_packages[@]}"
            ;;
        chromium) apt install -y --no-install-recommends chromium fonts-liberation ;;
        firefox) apt install -y --no-install-recommends firefox-esr ;;
        webkit) apt install -y --no-install-recommends "${webkit_packages[@]}" ;;
    esac
}

say_missing() { echo "missing (or too old): $1. $logs/tools.log says why it was not installed, if that was tried. Install it: $(how_to_install "$1")"; }

# Installs the missing tools of the given stages, and says what to do about those it cannot install. Makes a
# file STAGE.tools when it is done with those of a stage.
install_tools() {
    local stage tool updated=0
    for stage in "$@"; do
        for tool in $(tools_of "$stage"); do
            present "$tool" && continue
            if [[ $install -eq 1 ]]; then
                echo "installing $tool"
                case $tool in
                    node | npm | chromium | firefox | webkit | wasm | nginx | haproxy | faketime | openssl | python)
                        [[ $updated -eq 1 ]] || apt update
                        updated=1
                        ;;
                esac
                install_tool "$tool"
                hash -r
            fi
            present "$tool" || say_missing "$tool"
        done
        : >"$logs/$stage.tools"
    done
    echo "$(rustc --version); node $(node --version 2>/dev/null || echo missing);" \
        "$("$(chromium_path)" --version 2>/dev/null || echo "no chromium");" \
        "$("$(firefox_path)" --version 2>/dev/null || echo "no firefox")"
}

# Counts a failure for every tool of the running stage that is missing.
need_tools() {
    local tool missing=0
    for tool in $(tools_of "$stage"); do
        present "$tool" && continue
        say_missing "$tool"
        missing=1
    done
    [[ $missing -eq 0 ]] && return 0
    count 0 1
    return 1
}
