#include "mailbox/log/keys.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { SLAB = 4096, TABLE_MIN = 64 };

struct owner {
    uint64_t owner;       /* 0: not in use */
    uint32_t first, last; /* its oldest and youngest key, slot + 1 */
    uint32_t count;
    uint32_t prev, next; /* owners with the same count, index + 1; of an unused one: next unused */
};

struct td_keys {
    uint64_t keys_max, per_owner_max;
    td_key_gone *gone;
    void *ctx;

    td_key_slot **slabs; /* owned */
    size_t slabs_n;
    uint32_t slots_used, free_slot; /* free_slot: slot + 1, linked by next */
    uint32_t *table;                /* owned: slot + 1 by hash, linear probing */
    size_t table_n;
    uint64_t count;

    struct owner *owners; /* owned */
    uint32_t owners_used, owners_cap, free_owner;
    uint64_t owners_n;
    uint32_t *owner_table; /* owned: owner + 1 by number */
    size_t owner_table_n;
    uint32_t
        *by_count; /* owned: first owner with that many keys, index + 1; per_owner_max + 1 places */
    uint32_t most; /* no owner has more keys than this */
    uint32_t swept; /* owner that td_keys_expire() looks at next */
};

int td_keys_new(uint64_t keys_max, uint64_t per_owner_max, td_key_gone *gone, void *ctx,
                td_keys **ret, td_error *err)
{
    td_keys *k;

    if (keys_max == 0 || keys_max > UINT32_MAX / 2 || per_owner_max == 0)
        return td_fail(err, TD_EINVAL, "idempotency keys: a bound is out of range");
    if (per_owner_max > keys_max)
        per_owner_max = keys_max;
    k = calloc(1, sizeof *k);
    if (k == NULL)
        return td_fail(err, TD_ENOMEM, "idempotency keys: no memory");
    k->keys_max = keys_max;
    k->per_owner_max = per_owner_max;
    k->gone = gone;
    k->ctx = ctx;
    k->table_n = k->owner_table_n = TABLE_MIN;
    k->table = calloc(TABLE_MIN, sizeof *k->table);
    k->owner_table = calloc(TABLE_MIN, sizeof *k->owner_table);
    k->by_count = calloc(per_owner_max + 2, sizeof *k->by_count);
    if (k->table == NULL || k->owner_table == NULL || k->by_count == NULL) {
        td_keys_free(k);
        return td_fail(err, TD_ENOMEM, "idempotency keys: no memory");
    }
    *ret = k;
    return 0;
}

td_keys *td_keys_free(td_keys *k)
{
    if (k == NULL)
        return NULL;
    for (size_t i = 0; i < k->slabs_n; i++)
        free(k->slabs[i]);
    free(k->slabs);
    free(k->table);
    free(k->owners);
    free(k->owner_table);
    free(k->by_count);
    free(k);
    return NULL;
}

td_key_slot *td_keys_at(td_keys *k, uint32_t slot_plus_1)
{
    return &k->slabs[(slot_plus_1 - 1) / SLAB][(slot_plus_1 - 1) % SLAB];
}

td_key_slot *td_keys_find(td_keys *k, uint64_t hash, uint64_t *it)
{
    for (size_t p = (hash + *it) & (k->table_n - 1); k->table[p] != 0;
         p = (p + 1) & (k->table_n - 1)) {
        td_key_slot *s = td_keys_at(k, k->table[p]);
        ++*it;
        if (s->hash == hash)
            return s;
    }
    return NULL;
}

/* Owner numbers are dense; the multiplier spreads them. */
static size_t owner_home(const td_keys *k, uint64_t owner)
{
    return (size_t)(owner * 0x9E3779B97F4A7C15u >> 32) & (k->owner_table_n - 1);
}

static size_t owner_place(const td_keys *k, uint64_t owner)
{
    size_t p = owner_home(k, owner);

    while (k->owner_table[p] != 0 && k->owners[k->owner_table[p] - 1].owner != owner)
        p = (p + 1) & (k->owner_table_n - 1);
    return p;
}

static void unlink_count(td_keys *k, struct owner *o)
{
    if (o->prev != 0)
        k->owners[o->prev - 1].next = o->next;
    else
        k->by_count[o->count] = o->next;
    if (o->next != 0)
        k->owners[o->next - 1].prev = o->prev;
}

static void link_count(td_keys *k, struct owner *o)
{
    uint32_t i = (uint32_t)(o - k->owners) + 1;

    o->prev = 0;
    o->next = k->by_count[o->count];
    if (o->next != 0)
        k->owners[o->next - 1].prev = i;
    k->by_count[o->count] = i;
    if (o->count > k->most)
        k->most = o->count;
}

/* Takes place p out of a table of places; home(q) is where q's content would stand alone. */
static void vacate_key(td_keys *k, size_t p)
{
    size_t mask = k->table_n - 1;

    for (size_t q = (p + 1) & mask; k->table[q] != 0; q = (q + 1) & mask) {
        size_t home = td_keys_at(k, k->table[q])->hash & mask;
        if (((q - home) & mask) >= ((q - p) & mask)) {
            k->table[p] = k->table[q];
            p = q;
        }
    }
    k->table[p] = 0;
}

static void vacate_owner(td_keys *k, size_t p)
{
    size_t mask = k->owner_table_n - 1;

    for (size_t q = (p + 1) & mask; k->owner_table[q] != 0; q = (q + 1) & mask) {
        size_t home = owner_home(k, k->owners[k->owner_table[q] - 1].owner);
        if (((q - home) & mask) >= ((q - p) & mask)) {
            k->owner_table[p] = k->owner_table[q];
            p = q;
        }
    }
    k->owner_table[p] = 0;
}

/* Forgets the oldest key of o; an owner without keys goes too. */
static void pop(td_keys *k, struct owner *o, bool early)
{
    uint32_t slot = o->first;
    td_key_slot *s = td_keys_at(k, slot);
    size_t p = s->hash & (k->table_n - 1);

    while (k->table[p] != slot)
        p = (p + 1) & (k->table_n - 1);
    vacate_key(k, p);
    k->count--;
    if (k->gone != NULL)
        k->gone(k->ctx, s, early);
    unlink_count(k, o);
    o->first = s->next;
    o->count--;
    s->next = k->free_slot;
    k->free_slot = slot;
    if (o->count > 0) {
        link_count(k, o);
        return;
    }
    vacate_owner(k, owner_place(k, o->owner));
    *o = (struct owner){ .next = k->free_owner };
    k->free_owner = (uint32_t)(o - k->owners) + 1;
    k->owners_n--;
}

static int grow_table(td_keys *k, td_error *err)
{
    uint32_t *bigger = calloc(k->table_n * 2, sizeof *bigger);
    size_t mask = k->table_n * 2 - 1;

    if (bigger == NULL)
        return td_fail(err, TD_ENOMEM, "idempotency keys: no memory for %zu", k->table_n);
    for (size_t i = 0; i < k->table_n; i++) {
        size_t p;
        if (k->table[i] == 0)
            continue;
        for (p = td_keys_at(k, k->table[i])->hash & mask; bigger[p] != 0; p = (p + 1) & mask)
            ;
        bigger[p] = k->table[i];
    }
    free(k->table);
    k->table = bigger;
    k->table_n *= 2;
    return 0;
}

static int grow_owner_table(td_keys *k, td_error *err)
{
    uint32_t *old = k->owner_table;
    size_t old_n = k->owner_table_n;
    uint32_t *bigger = calloc(old_n * 2, sizeof *bigger);

    if (bigger == NULL)
        return td_fail(err, TD_ENOMEM, "idempotency keys: no memory for %zu owners", old_n);
    k->owner_table = bigger;
    k->owner_table_n = old_n * 2;
    for (size_t i = 0; i < old_n; i++)
        if (old[i] != 0)
            k->owner_table[owner_place(k, k->owners[old[i] - 1].owner)] = old[i];
    free(old);
    return 0;
}

/* The owner's entry, made when there is none; it has no keys and no count list yet. */
static int owner_of(td_keys *k, uint64_t number, struct owner **ret, td_error *err)
{
    size_t p = owner_place(k, number);
    struct owner *more;
    uint32_t i;
    int r;

    if (k->owner_table[p] != 0) {
        *ret = &k->owners[k->owner_table[p] - 1];
        return 0;
    }
    if ((k->owners_n + 1) * 4 > k->owner_table_n * 3) {
        r = grow_owner_table(k, err);
        if (r < 0)
            return r;
    }
    if (k->free_owner == 0 && k->owners_used == k->owners_cap) {
        uint32_t cap = k->owners_cap == 0 ? 64 : k->owners_cap * 2;
        more = realloc(k->owners, cap * sizeof *more);
        if (more == NULL)
            return td_fail(err, TD_ENOMEM, "idempotency keys: no memory for %u owners", cap);
        k->owners = more;
        k->owners_cap = cap;
    }
    if (k->free_owner != 0) {
        i = k->free_owner - 1;
        k->free_owner = k->owners[i].next;
    } else {
        i = k->owners_used++;
    }
    k->owners[i] = (struct owner){ 0 };
    k->owner_table[owner_place(k, number)] = i + 1;
    k->owners[i].owner = number;
    k->owners_n++;
    *ret = &k->owners[i];
    return 0;
}

static int new_slot(td_keys *k, uint32_t *ret, td_error *err)
{
    td_key_slot **slabs;

    if (k->free_slot != 0) {
        *ret = k->free_slot;
        k->free_slot = td_keys_at(k, *ret)->next;
        return 0;
    }
    if (k->slots_used == k->slabs_n * SLAB) {
        slabs = realloc(k->slabs, (k->slabs_n + 1) * sizeof(td_key_slot *));
        if (slabs == NULL)
            return td_fail(err, TD_ENOMEM, "idempotency keys: no memory");
        k->slabs = slabs;
        slabs[k->slabs_n] = malloc(SLAB * sizeof **slabs);
        if (slabs[k->slabs_n] == NULL)
            return td_fail(err, TD_ENOMEM, "idempotency keys: no memory");
        k->slabs_n++;
    }
    *ret = ++k->slots_used;
    return 0;
}

/* Keeps the bounds with room for one more key of this owner. */
static void make_room(td_keys *k, uint64_t owner)
{
    uint32_t o = k->owner_table[owner_place(k, owner)];

    if (o != 0 && k->owners[o - 1].count >= k->per_owner_max)
        pop(k, &k->owners[o - 1], true);
    while (k->count >= k->keys_max) {
        while (k->by_count[k->most] == 0)
            k->most--;
        pop(k, &k->owners[k->by_count[k->most] - 1], true);
    }
}

int td_keys_add(td_keys *k, uint64_t owner, uint64_t hash, uint32_t segment, uint32_t offset,
                uint32_t stored_s, td_error *err)
{
    struct owner *o = NULL;
    uint32_t slot = 0;
    size_t p;
    int r;

    assert(owner != 0);
    make_room(k, owner);
    if ((k->count + 1) * 4 > k->table_n * 3) {
        r = grow_table(k, err);
        if (r < 0)
            return r;
    }
    r = new_slot(k, &slot, err);
    if (r < 0)
        return r;
    r = owner_of(k, owner, &o, err);
    if (r < 0) {
        td_keys_at(k, slot)->next = k->free_slot;
        k->free_slot = slot;
        return r;
    }
    *td_keys_at(k, slot) = (td_key_slot){ hash, segment, offset, 0, stored_s };
    for (p = hash & (k->table_n - 1); k->table[p] != 0; p = (p + 1) & (k->table_n - 1))
        ;
    k->table[p] = slot;
    k->count++;
    if (o->count > 0) {
        unlink_count(k, o);
        td_keys_at(k, o->last)->next = slot;
    } else {
        o->first = slot;
    }
    o->last = slot;
    o->count++;
    link_count(k, o);
    return 0;
}

void td_keys_drop_owner(td_keys *k, uint64_t owner)
{
    uint32_t o = k->owner_table[owner_place(k, owner)];

    while (o != 0 && k->owners[o - 1].owner == owner)
        pop(k, &k->owners[o - 1], false);
}

void td_keys_expire(td_keys *k, uint32_t before_s, size_t owners_max)
{
    for (; owners_max > 0 && k->owners_used > 0; owners_max--) {
        struct owner *o;
        if (k->swept >= k->owners_used)
            k->swept = 0;
        o = &k->owners[k->swept++];
        while (o->owner != 0 && td_keys_at(k, o->first)->stored_s < before_s)
            pop(k, o, false);
    }
}

bool td_keys_each_owner(td_keys *k, uint64_t *it, uint64_t *ret_owner, uint32_t *ret_first)
{
    while (*it < k->owners_used) {
        const struct owner *o = &k->owners[(*it)++];
        if (o->owner == 0)
            continue;
        *ret_owner = o->owner;
        *ret_first = o->first;
        return true;
    }
    return false;
}

uint64_t td_keys_count(const td_keys *k)
{
    return k->count;
}
