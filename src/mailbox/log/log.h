#pragma once

#include "mailbox/mailbox.h"
#include "os/disk.h"

/*
 * The durable engine: a segmented append-only log with an index in memory. docs/log-format.md has
 * its bytes.
 */
typedef struct td_log_options {
    td_store_hooks hooks;
    td_disk *disk; /* the directory; lent, not owned; must outlive the store. The log locks it */
    uint64_t segment_min_bytes; /* size of a new store's segments; 0: 2 MiB */
    uint64_t segment_max_bytes; /* what they grow to; 0: 64 MiB */
    uint64_t frame_max_bytes;   /* most of one commit; 0: 32 MiB */
    uint64_t max_bytes;         /* most of all segments together; 0: no bound but the disk */
    uint64_t mailbox_messages;  /* most pending in one mailbox; 0: 5,000,000 */
    uint64_t mailbox_bytes;     /* most pending bytes in one; 0: 2 GiB */
    uint64_t keys_per_owner;    /* newest kept; 0: 10,000 */
    uint64_t keys_max;          /* of the store; 0: 4,000,000 */
    int64_t key_age_ms;         /* 0: 24 h */
    uint64_t copy_bytes_per_s;  /* compaction's bound; 0: 64 MiB */
    bool stepped;               /* no threads: the caller runs td_log_step() (model tests) */
    bool read_only; /* no lock, no writes, no run: for `check` beside a running server. Implies
                       stepped */
    int64_t (*now_ms)(void *ctx); /* monotonic ms, for tests; NULL: the real clock */
    void *now_ctx;
} td_log_options;

/* Opens the store in the directory, recovering it; an empty directory makes a new one. *ret is the
 * caller's, to td_store_close(). Errors: TD_EBUSY (locked), TD_ECORRUPT (file, offset and what to
 * do), TD_EIO, TD_EFULL, TD_ENOMEM. */
int td_log_open(const td_log_options *options, td_store **ret, td_error *err);

/* Stepped stores only. Commits one group of what was submitted and calls its `done`s; then does at
 * most one step of background work (prepare a segment, copy, checkpoint, recycle). Returns 1 when
 * something was done, 0 when there was nothing to do. */
int td_log_step(td_store *s);

/* Stepped stores only: the process dies. Frees s without writing anything; operations not done yet
 * are never called. */
td_store *td_log_abandon(td_store *s);

/* Writes a checkpoint now and waits for it (stepped: does it). Errors: TD_EIO, TD_ECLOSED,
 * TD_EFULL. */
int td_log_checkpoint(td_store *s, td_error *err);
