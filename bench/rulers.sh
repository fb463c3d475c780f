#!/usr/bin/env bash
# The rulers of a shared folder, where there is one: how well pages are read, stories found and retellings joined.
set -euo pipefail
shared=${1:-../shared}
command=.venv/bin/goodturn
if [ ! -d "$shared/eval" ]; then
  echo "no rulers: $shared/eval is not there; set SHARED to the folder that has eval/ and gold/"
  exit 0
fi
ruler() { echo "== $*"; "$shared/eval/$1" "$shared/gold/$2" "${@:3}"; echo; }
ruler score_pages.py pages.jsonl "$shared/gold/html" -- $command read
ruler score_stories.py stories.jsonl -- $command read
ruler score_stories.py stories.jsonl --long -- $command read
ruler score_stories.py real.jsonl -- $command read
ruler score_ordinary.py ordinary.jsonl -- $command read
ruler score_clusters.py stories.jsonl -- $command cluster
