#include "util/arena.h"

#include <stdint.h>
#include <stdlib.h>

enum { BLOCK_MIN = 4096, ALIGN = 16 };

struct td_arena_block {
    struct td_arena_block *next; /* older block */
    size_t size;                 /* bytes in data */
    _Alignas(ALIGN) char data[];
};

void *td_arena_alloc(td_arena *a, size_t n)
{
    struct td_arena_block *b;
    size_t size;

    if (n > SIZE_MAX / 4)
        return NULL;
    n = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (a->head == NULL || a->head->size - a->used < n) {
        size = a->head == NULL ? BLOCK_MIN - sizeof *b : a->head->size * 2;
        if (size > (size_t)1 << 20)
            size = (size_t)1 << 20;
        if (size < n)
            size = n;
        b = malloc(sizeof *b + size);
        if (b == NULL)
            return NULL;
        b->next = a->head;
        b->size = size;
        a->head = b;
        a->used = 0;
        a->size_bytes += size;
    }
    a->used += n;
    return a->head->data + (a->used - n);
}

void *td_arena_calloc(td_arena *a, size_t count, size_t size)
{
    void *p;

    if (size != 0 && count > SIZE_MAX / 4 / size)
        return NULL;
    p = td_arena_alloc(a, count * size);
    if (p != NULL)
        memset(p, 0, count * size);
    return p;
}

char *td_arena_strdup(td_arena *a, td_slice s)
{
    char *p = td_arena_alloc(a, s.len + 1);

    if (p == NULL)
        return NULL;
    if (s.len > 0)
        memcpy(p, s.ptr, s.len);
    p[s.len] = '\0';
    return p;
}

void td_arena_free(td_arena *a)
{
    struct td_arena_block *b = a->head;

    while (b != NULL) {
        struct td_arena_block *next = b->next;
        free(b);
        b = next;
    }
    *a = (td_arena){ 0 };
}
