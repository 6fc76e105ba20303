#pragma once

#include "util/buf.h"
#include "util/error.h"
#include "util/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Mailboxes: durable, ordered queues with one reader each. This is the contract; engines: mem.h
 * (the oracle, not durable) and log/log.h (the embedded default).
 *
 * A mailbox has a 64-bit number, chosen by the caller and never used again after its drop (0 is no
 * number). Its entries get sequence numbers, densely from 1 in the order of their commits. An entry
 * removed early leaves a hole: reading skips it, an acknowledgement passes over it.
 *
 * Everything that changes the store is an operation (td_op), submitted from any thread and
 * finished, in the order of submission, by the store's commit thread: many at once, all or nothing
 * for each, durable before `done`. An operation is seen by readers when its `done` is called, never
 * before it is durable.
 */
typedef struct td_store td_store;

enum {
    TD_MARK_MAX = 24,        /* bytes of a mark */
    TD_KEY_ID_MAX = 1024,    /* bytes of an idempotency key's id */
    TD_WATCHERS_MAX = 16,    /* watchers of a store */
    TD_BODY_MAX = 16 << 20,  /* bytes of one body */
    TD_REASONS_MAX = 16,     /* reasons of removal and dropping; 0..TD_REASONS_MAX-1 */
    TD_MESSAGES_MAX = 16384, /* messages of one batch */
    TD_TARGETS_MAX = 65536,  /* (message, mailbox) pairs of one batch */
};

/* Reasons of an early end, counted apart (design, P7). The caller may use numbers from
 * TD_REASON_USER on. */
enum {
    TD_REASON_DROPPED = 0 /* its mailbox was dropped */,
    TD_REASON_EXPIRED = 1,
    TD_REASON_CORRUPT = 2,
    TD_REASON_USER = 3
};

/*
 * A position in one mailbox, "everything up to here was handed out", minted by the engine. Opaque
 * to the caller, who keeps it from being forged (a tag) and says which mailbox it is for. All zero
 * bytes, or len 0: "nothing was handed out yet", which acknowledges nothing.
 */
typedef struct td_mark {
    uint8_t len;
    uint8_t bytes[TD_MARK_MAX];
} td_mark;

/* One message: a body stored once, and the mailboxes that get it. */
typedef struct td_message {
    td_slice body;             /* 1..TD_BODY_MAX bytes; the caller's until done */
    const uint64_t *mailboxes; /* the caller's until done; no number twice in one batch's message */
    size_t mailboxes_n;        /* at least 1 */
    size_t first_outcome;      /* set by the engine: the first of its mailboxes_n outcomes in
                                  td_op.append.outcomes */
} td_message;

/* An idempotency key: remembered in the batch that it came with, for as long as `owner` is open and
 * the bounds allow. */
typedef struct td_key {
    uint64_t owner; /* an open mailbox: the sender's */
    td_slice id;    /* 1..TD_KEY_ID_MAX bytes, compared exactly */
} td_key;

enum td_op_kind {
    TD_OP_OPEN,   /* opens a mailbox; one that is open stays as it is */
    TD_OP_DROP,   /* drops a mailbox with entries and keys, for ever; one that is not open: nothing
                     happens */
    TD_OP_APPEND, /* a batch of messages with at most one key */
    TD_OP_ACKNOWLEDGE, /* deletes everything up to a mark */
    TD_OP_REMOVE,      /* deletes single entries early, with a reason */
};

/* What became of one (message, mailbox) pair. */
enum td_outcome {
    TD_TARGET_STORED = 0,
    TD_TARGET_GONE = 1, /* the mailbox is not open */
    TD_TARGET_FULL = 2, /* the mailbox is at its bound of messages or bytes */
};

/* Outcomes of an operation, td_op.result; failures are TD_E* (TD_EINVAL, TD_ELIMIT: nothing
 * happened; TD_EFULL: no room, nothing happened; TD_EIO: outcome unknown, a retry with the same key
 * is safe; TD_ECLOSED: nothing happened). */
enum {
    TD_OP_DONE = 0,
    TD_OP_SEEN = 1, /* append: the key was seen before; nothing was stored */
    TD_OP_GONE = 2, /* append: the key's owner is not open; acknowledge, remove: the mailbox is not.
                       Nothing happened */
    TD_OP_FOREIGN = 3, /* acknowledge: the mark is of a history that this store does not hold.
                          Nothing happened */
};

typedef struct td_op td_op;
struct td_op {
    td_op *next; /* the engine's while submitted */
    enum td_op_kind kind;
    uint64_t mailbox; /* open, drop, acknowledge, remove */
    union {
        struct {
            td_message *messages; /* the caller's until done; 0..TD_MESSAGES_MAX */
            size_t messages_n;
            td_key key;        /* owner 0: none */
            uint8_t *outcomes; /* NULL, or room for one enum td_outcome per pair, filled before
                                  done; the caller's */
            size_t stored, gone, full; /* pairs, set before done */
        } append;
        struct {
            td_mark mark;
            uint64_t acknowledged; /* entries deleted by it, set before done */
        } acknowledge;
        struct {
            const uint64_t *seqs; /* rising; the caller's until done; at most TD_TARGETS_MAX */
            size_t seqs_n;
            uint8_t reason;
            uint64_t removed; /* entries that were pending, set before done */
        } remove;
    } u;
    int result;   /* TD_OP_* or TD_E*, set before done */
    td_error err; /* set when result < 0 */
    /* Called once: on the commit thread, or inside td_store_submit() when the operation is refused
     * at once. Must not block, and may submit further operations. The operation is the caller's
     * again from its beginning: it may free it. */
    void (*done)(td_op *op);
    void *ctx; /* the caller's */
};

/* What td_store_read() gives. Zero-initialise; buffers are kept from use to use; free with
 * td_page_deinit(). */
typedef struct td_entry {
    uint64_t seq;
    int64_t stored_ms;  /* store time (see td_store_now_ms) at which it was first stored */
    size_t offset, len; /* bytes of its body in td_page.bytes */
} td_entry;

typedef struct td_page {
    td_buf bytes; /* bodies, each after the first behind a comma: ready to stand in a JSON array */
    td_entry *entries; /* owned */
    size_t entries_n, entries_cap;
    td_mark mark; /* just after the last entry; len 0 when there is none */
    bool more;    /* entries were pending behind the last one given */
} td_page;

void td_page_reset(td_page *p);  /* empties it, keeps its memory */
void td_page_deinit(td_page *p); /* takes a zeroed one too */

/* Outcomes of td_store_read() */
enum {
    TD_READ_OK = 0,
    TD_READ_COLD = 1 /* would wait for the disk: read again, off the loop, with nowait false */,
    TD_READ_GONE = 2 /* the mailbox is not open */
};

/* Outcomes of td_store_judge() */
enum {
    TD_JUDGE_NOTHING = 0 /* good, and everything up to it is deleted already */,
    TD_JUDGE_NEW = 1 /* good: an acknowledgement would delete something */,
    TD_JUDGE_FOREIGN = 2 /* of a history that this store does not hold: acknowledges nothing */,
    TD_JUDGE_GONE = 3
};

/* One mailbox's figures. */
typedef struct td_mailbox_info {
    uint64_t number;
    uint64_t head;     /* first sequence number that is not acknowledged; head == tail: empty */
    uint64_t tail;     /* the next sequence number */
    uint64_t pending;  /* entries, holes not counted */
    uint64_t bytes;    /* of their bodies */
    int64_t oldest_ms; /* store time of the oldest pending entry; -1: empty, or not asked for */
} td_mailbox_info;

/* Totals of the store. The first five are exact over every crash: stored = acknowledged + pending +
 * expired + dropped. */
typedef struct td_store_stats {
    uint64_t stored, acknowledged, pending;
    uint64_t expired;                    /* removed with TD_REASON_EXPIRED */
    uint64_t dropped;                    /* removed with any other reason, and with their mailbox */
    uint64_t removed_by[TD_REASONS_MAX]; /* expired and dropped, by reason */
    uint64_t pending_bytes;              /* of bodies, each target counted */
    uint64_t refused_gone, refused_full; /* targets, since the store was opened */
    uint64_t keys_seen;                  /* batches not stored again, since the store was opened */
    uint64_t mailboxes;                  /* open */
    uint64_t highest_mailbox;            /* highest number ever opened */
    uint64_t keys;                       /* idempotency keys remembered */
    int64_t key_window_ms; /* age of the youngest key pushed out early; -1: none was */
    uint64_t frames;       /* number of the last durable frame; mem: of the last operation */
    uint64_t run_id;
    uint64_t disk_bytes, living_bytes; /* of segment files; of what is needed in them */
    uint64_t segments, segments_spare;
    uint64_t syncs, sync_ns; /* commits since the store was opened, and the time they took */
    uint64_t checkpoints;    /* since the store was opened */
    bool closed_to_writes;   /* an I/O failure: see the event */
    bool full;               /* appends are refused for want of room */
    char why[200];           /* the reason, when closed_to_writes or full */
} td_store_stats;

/* How a store tells its caller. Every pointer may be NULL. All are called on its own threads, and
 * must not block. */
typedef struct td_store_hooks {
    void *ctx;
    /* Something was committed for (or dropped with) a mailbox that `watcher` had asked for by
     * td_store_watch(). */
    void (*wake)(void *ctx, unsigned watcher, uint64_t mailbox);
    /* All done and wake calls of one commit are made: post the wake-ups of loops now. */
    void (*committed)(void *ctx);
    /* Something the operator should know: "closed to writes", "full", "room again", "recovered", a
     * corrupt entry. */
    void (*event)(void *ctx, bool is_error, const char *what, const char *detail);
} td_store_hooks;

typedef struct td_read {
    uint64_t mailbox;
    uint64_t after; /* read entries with a higher number than this; 0: from the first pending one */
    size_t entries_max; /* at least 1 */
    size_t bytes_max;   /* stop before passing it, but always give one entry */
    bool nowait;        /* TD_READ_COLD rather than wait for the disk */
} td_read;

/* What an engine implements; callers use the functions below. */
struct td_store_ops {
    const char *engine; /* "mem", "log" */
    void (*submit)(td_store *s, td_op *op);
    int (*read)(td_store *s, const td_read *what, td_page *page, td_error *err);
    int (*judge)(td_store *s, uint64_t mailbox, const td_mark *mark);
    bool (*watch)(td_store *s, uint64_t mailbox, unsigned watcher);
    int (*info)(td_store *s, uint64_t mailbox, td_mailbox_info *ret, td_error *err);
    size_t (*list)(td_store *s, uint64_t *cursor, td_mailbox_info *ret, size_t ret_max);
    void (*stats)(td_store *s, td_store_stats *ret);
    int64_t (*now_ms)(td_store *s);
    void (*close)(td_store *s);
};

struct td_store {
    const struct td_store_ops *ops;
};

/* Submits op. Its `done` is called exactly once. Any thread. */
void td_store_submit(td_store *s, td_op *op);

/* Submits op (its done and ctx are overwritten) and waits for it; returns op->result, with *err
 * filled when below 0. Never from a `done` or a hook. For tools, tests and embedding; servers
 * submit. */
int td_store_run(td_store *s, td_op *op, td_error *err);

/* Reads a page of pending entries into *page (reset first). TD_READ_*; errors: TD_EIO, TD_ECORRUPT
 * (names file and offset), TD_ENOMEM, TD_EINVAL. Any thread. */
int td_store_read(td_store *s, const td_read *what, td_page *page, td_error *err);

/* Says what an acknowledgement of mark would do: TD_JUDGE_*. Does not wait. A mark of a wrong
 * length is foreign. Any thread. */
int td_store_judge(td_store *s, uint64_t mailbox, const td_mark *mark);

/* Asks for one wake(watcher) call at the next commit for the mailbox, or at its drop. watcher <
 * TD_WATCHERS_MAX. False when the mailbox is not open. An entry committed after this returns always
 * wakes; a read that begins after it sees all before. Any thread. */
bool td_store_watch(td_store *s, uint64_t mailbox, unsigned watcher);

/* One mailbox's figures, oldest_ms included (which may read the disk). TD_ENOTFOUND: not open;
 * TD_EIO, TD_ECORRUPT. */
int td_store_info(td_store *s, uint64_t mailbox, td_mailbox_info *ret, td_error *err);

/* Fills ret with the next open mailboxes and returns how many; 0 at the end. *cursor begins at 0
 * and is the engine's. oldest_ms is -1. A mailbox opened or dropped meanwhile may be in it or not;
 * no other is missed or told twice. */
size_t td_store_list(td_store *s, uint64_t *cursor, td_mailbox_info *ret, size_t ret_max);

void td_store_stats_get(td_store *s, td_store_stats *ret);

/* Store time in ms: the wall clock at the store's first start, and from then on only forward by
 * time that really passed while it was open. Ages are counted in it. Any thread. */
int64_t td_store_now_ms(td_store *s);

/* Finishes what was submitted, stops the threads, writes what a quick start needs, frees s. Takes
 * and returns NULL. Nothing may be submitted after it began. */
td_store *td_store_close(td_store *s);
