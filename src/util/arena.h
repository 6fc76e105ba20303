#pragma once

#include "util/slice.h"

#include <stddef.h>

/*
 * Memory that is freed at once: what one request needs. Zero-initialise to make an empty one.
 * Blocks come from malloc, 4 KiB at first and growing; nothing is freed singly. Not thread-safe.
 */
typedef struct td_arena {
    struct td_arena_block *head; /* newest block, owned */
    size_t used;                 /* bytes used in head */
    size_t size_bytes;           /* all blocks together */
} td_arena;

/* n bytes, aligned for any type, not zeroed. NULL when there is no memory. */
void *td_arena_alloc(td_arena *a, size_t n);

/* The same, zeroed, for count objects of size bytes; NULL too when count * size overflows. */
void *td_arena_calloc(td_arena *a, size_t count, size_t size);

/* A NUL-terminated copy of s. NULL when there is no memory. */
char *td_arena_strdup(td_arena *a, td_slice s);

/* Frees every block and makes a empty again. */
void td_arena_free(td_arena *a);
