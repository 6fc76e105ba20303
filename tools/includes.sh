#!/bin/sh
# Includes point one way: a file may include its own folder and those before it. Prints each break of that rule.
set -eu
cd "$(dirname "$0")/.."
rc=0

allowed() {
    case $1 in
    util) echo 'util' ;;
    os) echo 'util os' ;;
    mailbox) echo 'util os mailbox' ;;
    json) echo 'util os json' ;;
    config) echo 'util os json config' ;;
    state) echo 'util os json config state' ;;
    http) echo 'util os json config state http' ;;
    core) echo 'util os json config state http mailbox core' ;;
    api) echo 'util os json config state http mailbox core api' ;;
    fed) echo 'util os json config state http mailbox core fed' ;;
    *) echo 'util os json config state http mailbox core api fed admin daemon' ;;
    esac
}

for folder in src/*/; do
    own=$(basename "$folder")
    may=" $(allowed "$own") "
    for file in $(find "$folder" -name '*.[ch]'); do
        for seen in $(sed -n 's/^#include "\([a-z]*\)\/.*/\1/p' "$file" | sort -u); do
            case $may in
            *" $seen "*) ;;
            *) echo "$file includes $seen/, which does not stand before $own/"; rc=1 ;;
            esac
        done
    done
done
exit $rc
