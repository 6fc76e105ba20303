#pragma once

#include "mailbox/mailbox.h"

/*
 * The oracle: mailboxes as plain lists, one lock, every operation finished inside
 * td_store_submit(). Durable is nothing: its state can be copied, to stand for what a crash would
 * have to leave (td_mem_copy).
 */
typedef struct td_mem_options {
    td_store_hooks hooks;
    uint64_t mailbox_messages; /* most pending in one mailbox; 0: 5,000,000 */
    uint64_t mailbox_bytes;    /* most pending bytes in one; 0: 2 GiB */
    uint64_t keys_per_owner;   /* newest kept; 0: 10,000 */
    uint64_t keys_max;         /* of the store; 0: 4,000,000 */
    int64_t key_age_ms;        /* 0: 24 h */
    int64_t (*now_ms)(
        void *ctx); /* store time, for tests; NULL: the monotonic clock on top of the wall clock */
    void *now_ctx;
} td_mem_options;

/* Makes an empty store. *ret is the caller's, to td_store_close(). Errors: TD_ENOMEM. */
int td_mem_open(const td_mem_options *options, td_store **ret, td_error *err);

/* An independent copy of s with its contents, totals and keys; its marks are good in both. Errors:
 * TD_ENOMEM. */
int td_mem_copy(td_store *s, td_store **ret, td_error *err);
