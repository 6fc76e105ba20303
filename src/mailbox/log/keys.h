#pragma once

#include "util/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The idempotency keys that the log remembers: by a 64-bit keyed hash, 24 bytes each and 4 to 8 of
 * table; the key itself stands in its record, which the caller compares. Bounded for each owner and
 * in all. Owned by the commit thread: no locks.
 */
typedef struct td_keys td_keys;

typedef struct td_key_slot {
    uint64_t hash;
    uint32_t segment, offset; /* of its record */
    uint32_t next;            /* the owner's next younger key; slot + 1, 0: none */
    uint32_t stored_s;        /* store time, s: for the age; the exact one is in the record */
} td_key_slot;

/* What is told of a key that goes, for the living bytes of its segment. early: pushed out by a
 * bound, not by its age or its owner's end. */
typedef void td_key_gone(void *ctx, const td_key_slot *k, bool early);

/* Errors: TD_ENOMEM, TD_EINVAL (a bound of 0). */
int td_keys_new(uint64_t keys_max, uint64_t per_owner_max, td_key_gone *gone, void *ctx,
                td_keys **ret, td_error *err);
td_keys *td_keys_free(td_keys *k);

/* Walks the keys of this hash: start with *it = 0; NULL at the end. */
td_key_slot *td_keys_find(td_keys *k, uint64_t hash, uint64_t *it);

/* Remembers a key as its owner's youngest. At a bound the oldest of the owner, or of the owner with
 * the most keys, goes first. Errors: TD_ENOMEM. */
int td_keys_add(td_keys *k, uint64_t owner, uint64_t hash, uint32_t segment, uint32_t offset,
                uint32_t stored_s, td_error *err);

/* Forgets all keys of owner. */
void td_keys_drop_owner(td_keys *k, uint64_t owner);

/* Looks at up to owners_max owners, from where the last call stopped, and forgets what was stored
 * before before_s. */
void td_keys_expire(td_keys *k, uint32_t before_s, size_t owners_max);

/* Walks owners (*it begins at 0), and the keys of one by age from *ret_first on (td_keys_at(),
 * slot.next). False at the end. */
bool td_keys_each_owner(td_keys *k, uint64_t *it, uint64_t *ret_owner, uint32_t *ret_first);
td_key_slot *td_keys_at(td_keys *k, uint32_t slot_plus_1);

uint64_t td_keys_count(const td_keys *k);
