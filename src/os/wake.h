#pragma once

#include "util/error.h"

/*
 * A wake-up that a thread can wait for beside its sockets: an eventfd. Signals are merged; one is
 * never lost.
 */
typedef struct td_wake {
    int fd; /* readable while a signal is pending; -1 when not open */
} td_wake;

int td_wake_init(td_wake *w, td_error *err); /* TD_EIO: no descriptor to be had */
void td_wake_deinit(td_wake *w);
void td_wake_signal(td_wake *w); /* any thread, also a signal handler */
void td_wake_clear(td_wake *w);  /* takes all pending signals */
