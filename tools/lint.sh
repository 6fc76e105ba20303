#!/bin/sh
# What a tool can say about style and mistakes. Exit status 0: nothing to say.
set -eu
cd "$(dirname "$0")/.."
rc=0
sh tools/includes.sh || rc=1
find src tests bench -name '*.[ch]' -print0 | xargs -0 clang-format-14 --dry-run -Werror || rc=1
cppcheck --quiet --error-exitcode=1 --enable=warning,portability,performance --inline-suppr \
    --suppress=missingIncludeSystem --suppress=normalCheckLevelMaxBranches -I src -D_GNU_SOURCE src || rc=1
exit $rc
