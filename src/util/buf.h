#pragma once

#include "util/slice.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * A growing run of bytes. Zero-initialise to make an empty one: `td_buf b = { 0 };`.
 * A failed allocation makes the buffer `failed`: later writes do nothing, and the one who built it
 * asks once, at the end, by td_buf_ok(). Not thread-safe.
 */
typedef struct td_buf {
    char *ptr;   /* owned; NULL while empty */
    size_t len;  /* bytes in use */
    size_t cap;  /* bytes allocated */
    bool failed; /* an allocation failed since the last td_buf_free() */
} td_buf;

/* Frees the bytes and makes b empty again; takes NULL. */
void td_buf_free(td_buf *b);

/* True when every write since the last td_buf_free() found its memory. */
static inline bool td_buf_ok(const td_buf *b)
{
    return !b->failed;
}

/* Makes room for n more bytes and returns where they go; the caller then adds what it wrote to
 * b->len. NULL when there is no memory (b is failed). */
char *td_buf_room(td_buf *b, size_t n);

void td_buf_put(td_buf *b, const void *bytes, size_t n);
void td_buf_putc(td_buf *b, char c);
void td_buf_puts(td_buf *b, const char *s);
void td_buf_put_slice(td_buf *b, td_slice s);
void td_buf_put_u64(td_buf *b, unsigned long long n); /* decimal */
__attribute__((format(printf, 2, 3))) void td_buf_printf(td_buf *b, const char *fmt, ...);

static inline td_slice td_buf_slice(const td_buf *b)
{
    return (td_slice){ b->ptr, b->len };
}
