#pragma once

#include "util/error.h"

#include <stddef.h>

/* A bounded pool of worker threads with a bounded queue, for work that must not run on a loop
 * thread. */
typedef struct td_pool td_pool;

/* Starts threads workers; at most queue_max jobs wait. Errors: TD_ENOMEM, TD_EINVAL, TD_EIO. */
int td_pool_new(size_t threads, size_t queue_max, td_pool **ret, td_error *err);

/* Queues fn(arg). TD_ELIMIT when the queue is full (fn is then never called). Any thread. */
int td_pool_run(td_pool *p, void (*fn)(void *arg), void *arg, td_error *err);

/* Finishes what is queued, stops the threads, frees p. Takes and returns NULL. */
td_pool *td_pool_free(td_pool *p);
