#pragma once

#include "util/arena.h"
#include "util/error.h"
#include "util/slice.h"

#include <stdbool.h>

/* Argon2id (libsodium). Slow on purpose: on a worker, never on a loop thread. test_cost: the
 * cheapest parameters, for tests. */
int td_password_hash(td_slice password, bool test_cost, td_arena *arena, td_slice *ret_hash,
                     td_error *err);

/* True when password is that of hash. An empty or bad hash takes the time of a true check and is
 * false. */
bool td_password_check(td_slice hash, td_slice password, bool test_cost);
