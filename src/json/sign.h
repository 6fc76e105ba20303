#pragma once

#include "json/json.h"

#include <stdint.h>

/* Ed25519 JSON signing (appendices, "Signing JSON"), by libsodium. sodium_init() must have run. */
enum { TD_SIGN_SEED = 32, TD_SIGN_PUBLIC = 32, TD_SIGN_BYTES = 64 };

/* Appends to out the object j (root) with a signature of `entity` by `key_id` ("ed25519:1") added
 * to the others it has; unsigned is kept. Canonical form. Errors: TD_EINVAL (no object, not
 * canonical), TD_ENOMEM. */
int td_json_sign(const td_json *j, td_slice entity, td_slice key_id,
                 const uint8_t seed[TD_SIGN_SEED], td_arena *arena, td_buf *out, td_error *err);

/* 0 when object r carries a good signature of entity by key_id; TD_EINVAL otherwise. */
int td_json_verify(const td_json *j, td_json_ref r, td_slice entity, td_slice key_id,
                   const uint8_t public_key[TD_SIGN_PUBLIC], td_arena *arena, td_error *err);
