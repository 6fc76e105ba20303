#pragma once

#include "mailbox/mailbox.h"

/*
 * What the log keeps in memory of its mailboxes: head, tail and a locator for every pending entry.
 * One part of the whole: the log has several, by number, each under its own lock; the functions
 * here lock nothing.
 *
 * An open mailbox without entries takes sizeof(td_mbox) (64 bytes) and a share of the table; an
 * entry takes 16 bytes in chunks of TD_CHUNK.
 */
enum { TD_CHUNK = 62 /* locators: a chunk is then 1000 bytes */ };

/* Where one entry's message record is. len 0: a hole (removed early). */
typedef struct td_locator {
    uint32_t segment; /* the log's handle of a segment */
    uint32_t offset;  /* of the body, in bytes from the segment's beginning */
    uint32_t len;     /* bytes of the body */
    uint32_t share; /* bytes of the record counted to this entry, for the segment's living bytes */
} td_locator;

struct td_chunk;

typedef struct td_mbox {
    uint64_t number;
    uint64_t head, tail;           /* first not acknowledged; next */
    struct td_chunk *first, *last; /* owned; the locators of head..tail-1; NULL while empty */
    uint64_t bytes;                /* of pending bodies */
    uint32_t pending;              /* entries without holes */
    uint32_t staged;               /* the log's: entries in the frame that is being written */
    uint16_t watchers;             /* bit w: watcher w waits */
    uint8_t skip;                  /* locators of `first` that lie before head */
    uint8_t touched;               /* the log's: operations in the frame that is being written */
} td_mbox;

typedef struct td_index td_index;

int td_index_new(td_index **ret, td_error *err);
td_index *td_index_free(td_index *x);

/* The mailbox, or NULL when it is not open. Valid until the next td_index_open() or
 * td_index_drop(). */
td_mbox *td_index_find(td_index *x, uint64_t number);

/* Finds it or opens it empty (head and tail 1). Errors: TD_ENOMEM. */
int td_index_open(td_index *x, uint64_t number, td_mbox **ret, td_error *err);

/* Forgets the mailbox; calls each(ctx, locator) for every pending entry before. */
void td_index_drop(td_index *x, uint64_t number, void (*each)(void *ctx, const td_locator *l),
                   void *ctx);

/* Adds an entry at m->tail (a hole when l->len is 0). Errors: TD_ENOMEM. */
int td_mbox_append(td_mbox *m, const td_locator *l, td_error *err);

/* Moves head behind seq (not past tail), calling each for every pending entry that goes. Returns
 * how many went; their bytes by *ret_bytes. */
uint64_t td_mbox_acknowledge(td_mbox *m, uint64_t seq, void (*each)(void *ctx, const td_locator *l),
                             void *ctx, uint64_t *ret_bytes);

/* What td_mbox_acknowledge() would delete. */
uint64_t td_mbox_count(const td_mbox *m, uint64_t seq, uint64_t *ret_bytes);

/* The locator of a pending entry, to read or to change its place; NULL for holes and numbers
 * outside head..tail-1. */
td_locator *td_mbox_locate(td_mbox *m, uint64_t seq);

/* Makes a hole of a pending entry. False when it was none. */
bool td_mbox_remove(td_mbox *m, uint64_t seq);

/* Copies the locators of up to max pending entries behind `after`, with their numbers; *ret_more:
 * there are others behind them. */
size_t td_mbox_page(const td_mbox *m, uint64_t after, size_t max, uint64_t *ret_seqs,
                    td_locator *ret, bool *ret_more);

/* The next open mailbox at or behind slot *cursor, which moves on; NULL at the end. Slots are
 * stable, so a walk that lets the lock go between calls misses none that stays open. */
td_mbox *td_index_next(td_index *x, uint64_t *cursor);
uint64_t td_index_count(const td_index *x);
