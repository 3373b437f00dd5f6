# Sourced by the other scripts: makes the virtual environment .venv beside the project and installs the project
# into it, once for each state of setup.cfg and of the pinned versions; kam_extra names an extra of setup.cfg to
# install with it.
set -euo pipefail
project="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
extra="${kam_extra:-}"
venv="${KAM_VENV:-$project/.venv}"
python="${PYTHON:-python3}"

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "kam-connector needs Python 3.11 or later; $python is $("$python" --version 2>&1)." \
        "Set PYTHON=/path/to/python3.11 and run this again." >&2
    exit 2
fi
if [ ! -x "$venv/bin/python" ] && ! "$python" -m venv "$venv"; then
    echo "$python cannot make a virtual environment in $venv. On Debian: apt-get install python3-venv." >&2
    exit 2
fi
stamp="$venv/.kam-$(cat "$project/setup.cfg" "$project/pyproject.toml" "$project/scripts/constraints.txt" | sha256sum | cut -c1-16)-${extra:-run}"
if [ ! -e "$stamp" ]; then
    echo "Installing kam-connector into $venv ..." >&2
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --upgrade pip "setuptools>=77" wheel >&2
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
        -c "$project/scripts/constraints.txt" -e "$project${extra:+[$extra]}" >&2
    rm -f "$venv"/.kam-*-"${extra:-run}"
    touch "$stamp"
fi
