#include "mailbox/log/index.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    SLAB = 512,     /* mailboxes of one slab */
    TABLE_MIN = 64, /* places of the smallest table */
};

/* A closed slot's number is 0; it is linked by its head. */
static const uint64_t NO_SLOT = UINT64_MAX;

struct td_chunk {
    struct td_chunk *next;
    td_locator at[TD_CHUNK];
};

struct td_index {
    td_mbox **slabs; /* owned, slabs_n of SLAB mailboxes each: pointers into them stay good while
                        the table grows */
    size_t slabs_n;
    uint64_t slots_used; /* slots ever used */
    uint64_t free_slot;  /* first closed slot, or NO_SLOT */
    uint32_t *table;     /* owned: slot + 1 by hash, linear probing; 0: empty */
    size_t table_n;      /* places, a power of two */
    uint64_t count;      /* open mailboxes */
};

/* The splitmix64 finisher: numbers are dense, places must not be. */
static uint64_t mix(uint64_t n)
{
    n = (n ^ n >> 30) * 0xBF58476D1CE4E5B9u;
    n = (n ^ n >> 27) * 0x94D049BB133111EBu;
    return n ^ n >> 31;
}

static td_mbox *slot(const td_index *x, uint64_t i)
{
    return &x->slabs[i / SLAB][i % SLAB];
}

int td_index_new(td_index **ret, td_error *err)
{
    td_index *x = calloc(1, sizeof *x);

    if (x == NULL)
        return td_fail(err, TD_ENOMEM, "index: no memory");
    x->table = calloc(TABLE_MIN, sizeof *x->table);
    if (x->table == NULL) {
        free(x);
        return td_fail(err, TD_ENOMEM, "index: no memory");
    }
    x->table_n = TABLE_MIN;
    x->free_slot = NO_SLOT;
    *ret = x;
    return 0;
}

static void free_chunks(td_mbox *m)
{
    while (m->first != NULL) {
        struct td_chunk *next = m->first->next;
        free(m->first);
        m->first = next;
    }
    m->last = NULL;
}

td_index *td_index_free(td_index *x)
{
    if (x == NULL)
        return NULL;
    for (uint64_t i = 0; i < x->slots_used; i++)
        if (slot(x, i)->number != 0)
            free_chunks(slot(x, i));
    for (size_t i = 0; i < x->slabs_n; i++)
        free(x->slabs[i]);
    free(x->slabs);
    free(x->table);
    free(x);
    return NULL;
}

/* The place where number stands, or the empty one where it would. */
static size_t place(const td_index *x, uint64_t number)
{
    size_t p = mix(number) & (x->table_n - 1);

    while (x->table[p] != 0 && slot(x, x->table[p] - 1)->number != number)
        p = (p + 1) & (x->table_n - 1);
    return p;
}

td_mbox *td_index_find(td_index *x, uint64_t number)
{
    size_t p = place(x, number);

    return number == 0 || x->table[p] == 0 ? NULL : slot(x, x->table[p] - 1);
}

static int grow_table(td_index *x, td_error *err)
{
    uint32_t *old = x->table;
    size_t old_n = x->table_n;
    uint32_t *bigger = calloc(old_n * 2, sizeof *bigger);

    if (bigger == NULL)
        return td_fail(err, TD_ENOMEM, "index: no memory for %zu mailboxes", old_n * 2);
    x->table = bigger;
    x->table_n = old_n * 2;
    for (size_t i = 0; i < old_n; i++)
        if (old[i] != 0)
            x->table[place(x, slot(x, old[i] - 1)->number)] = old[i];
    free(old);
    return 0;
}

static int new_slot(td_index *x, uint64_t *ret, td_error *err)
{
    td_mbox **slabs;

    if (x->free_slot != NO_SLOT) {
        *ret = x->free_slot;
        x->free_slot = slot(x, *ret)->head;
        return 0;
    }
    if (x->slots_used >= UINT32_MAX - 1)
        return td_fail(err, TD_ELIMIT, "index: too many mailboxes");
    if (x->slots_used == x->slabs_n * SLAB) {
        slabs = realloc(x->slabs, (x->slabs_n + 1) * sizeof(td_mbox *));
        if (slabs == NULL)
            return td_fail(err, TD_ENOMEM, "index: no memory");
        x->slabs = slabs;
        slabs[x->slabs_n] = calloc(SLAB, sizeof **slabs);
        if (slabs[x->slabs_n] == NULL)
            return td_fail(err, TD_ENOMEM, "index: no memory");
        x->slabs_n++;
    }
    *ret = x->slots_used++;
    return 0;
}

int td_index_open(td_index *x, uint64_t number, td_mbox **ret, td_error *err)
{
    td_mbox *m = td_index_find(x, number);
    uint64_t i = 0;
    int r;

    assert(number != 0);
    if (m == NULL) {
        if ((x->count + 1) * 4 > x->table_n * 3) {
            r = grow_table(x, err);
            if (r < 0)
                return r;
        }
        r = new_slot(x, &i, err);
        if (r < 0)
            return r;
        m = slot(x, i);
        *m = (td_mbox){ .head = 1, .tail = 1 };
        x->table[place(x, number)] = (uint32_t)i + 1;
        m->number = number;
        x->count++;
    }
    *ret = m;
    return 0;
}

/* Takes a place out of the table: what stands behind it in the same run moves up, so that no search
 * stops early. */
static void vacate(td_index *x, size_t p)
{
    size_t mask = x->table_n - 1;

    for (size_t q = (p + 1) & mask; x->table[q] != 0; q = (q + 1) & mask) {
        size_t home = mix(slot(x, x->table[q] - 1)->number) & mask;
        if (((q - home) & mask) >= ((q - p) & mask)) {
            x->table[p] = x->table[q];
            p = q;
        }
    }
    x->table[p] = 0;
}

void td_index_drop(td_index *x, uint64_t number, void (*each)(void *ctx, const td_locator *l),
                   void *ctx)
{
    td_mbox *m = td_index_find(x, number);
    uint64_t bytes;
    size_t p;

    if (m == NULL)
        return;
    td_mbox_acknowledge(m, m->tail - 1, each, ctx, &bytes);
    free_chunks(m);
    p = place(x, number);
    m->number = 0;
    m->head = x->free_slot;
    x->free_slot = x->table[p] - 1;
    vacate(x, p);
    x->count--;
}

int td_mbox_append(td_mbox *m, const td_locator *l, td_error *err)
{
    uint64_t held = m->tail - m->head + m->skip; /* locators in the chunks */
    struct td_chunk *c = m->last;

    if (held % TD_CHUNK == 0) {
        if (m->first != NULL && held == 0) {
            m->skip = 0; /* the one chunk is kept, empty */
        } else {
            c = malloc(sizeof *c);
            if (c == NULL)
                return td_fail(err, TD_ENOMEM, "index: no memory for an entry");
            c->next = NULL;
            if (m->last == NULL)
                m->first = c;
            else
                m->last->next = c;
            m->last = c;
        }
    }
    c->at[held % TD_CHUNK] = *l;
    m->tail++;
    if (l->len > 0) {
        m->pending++;
        m->bytes += l->len;
    }
    return 0;
}

uint64_t td_mbox_acknowledge(td_mbox *m, uint64_t seq, void (*each)(void *ctx, const td_locator *l),
                             void *ctx, uint64_t *ret_bytes)
{
    uint64_t gone = 0, bytes = 0;

    while (m->head < m->tail && m->head <= seq) {
        const td_locator *l = &m->first->at[m->skip];
        if (l->len > 0) {
            gone++;
            bytes += l->len;
            if (each != NULL)
                each(ctx, l);
        }
        m->head++;
        if (++m->skip == TD_CHUNK) {
            struct td_chunk *next = m->first->next;
            free(m->first);
            m->first = next;
            m->skip = 0;
            if (next == NULL)
                m->last = NULL;
        }
    }
    if (m->head == m->tail) { /* an empty mailbox holds no chunk */
        free_chunks(m);
        m->skip = 0;
    }
    m->pending -= (uint32_t)gone;
    m->bytes -= bytes;
    *ret_bytes = bytes;
    return gone;
}

uint64_t td_mbox_count(const td_mbox *m, uint64_t seq, uint64_t *ret_bytes)
{
    const struct td_chunk *c = m->first;
    uint64_t gone = 0, bytes = 0;
    size_t i = m->skip;

    for (uint64_t s = m->head; s < m->tail && s <= seq; s++, i++) {
        if (i == TD_CHUNK) {
            c = c->next;
            i = 0;
        }
        gone += c->at[i].len > 0;
        bytes += c->at[i].len;
    }
    *ret_bytes = bytes;
    return gone;
}

/* The locator of seq in head..tail-1, hole or not. Reads begin near the head, so the walk is short.
 */
static td_locator *at(const td_mbox *m, uint64_t seq)
{
    uint64_t i = seq - m->head + m->skip;
    struct td_chunk *c = m->first;

    for (; i >= TD_CHUNK; i -= TD_CHUNK)
        c = c->next;
    return &c->at[i];
}

td_locator *td_mbox_locate(td_mbox *m, uint64_t seq)
{
    td_locator *l;

    if (seq < m->head || seq >= m->tail)
        return NULL;
    l = at(m, seq);
    return l->len == 0 ? NULL : l;
}

bool td_mbox_remove(td_mbox *m, uint64_t seq)
{
    td_locator *l = td_mbox_locate(m, seq);

    if (l == NULL)
        return false;
    m->pending--;
    m->bytes -= l->len;
    *l = (td_locator){ 0 };
    return true;
}

size_t td_mbox_page(const td_mbox *m, uint64_t after, size_t max, uint64_t *ret_seqs,
                    td_locator *ret, bool *ret_more)
{
    uint64_t seq = after < m->head ? m->head : after + 1;
    struct td_chunk *c = m->first;
    uint64_t i;
    size_t n = 0;

    *ret_more = false;
    if (seq >= m->tail)
        return 0;
    for (i = seq - m->head + m->skip; i >= TD_CHUNK; i -= TD_CHUNK)
        c = c->next;
    for (; seq < m->tail; seq++, i++) {
        if (i == TD_CHUNK) {
            c = c->next;
            i = 0;
        }
        if (c->at[i].len == 0)
            continue;
        if (n == max) {
            *ret_more = true;
            break;
        }
        ret_seqs[n] = seq;
        ret[n++] = c->at[i];
    }
    return n;
}

td_mbox *td_index_next(td_index *x, uint64_t *cursor)
{
    while (*cursor < x->slots_used) {
        td_mbox *m = slot(x, (*cursor)++);
        if (m->number != 0)
            return m;
    }
    return NULL;
}

uint64_t td_index_count(const td_index *x)
{
    return x->count;
}
