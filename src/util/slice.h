#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Bytes that somebody else owns; not NUL-terminated. {NULL, 0} is the empty slice. */
typedef struct td_slice {
    const char *ptr;
    size_t len; /* bytes */
} td_slice;

/* A slice of a string literal. */
#define TD_S(literal) ((td_slice){ (literal), sizeof(literal) - 1 })

static inline td_slice td_slice_of(const char *s)
{
    return (td_slice){ s, s == NULL ? 0 : strlen(s) };
}

static inline bool td_slice_eq(td_slice a, td_slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}
