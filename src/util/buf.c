#include "util/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void td_buf_free(td_buf *b)
{
    if (b == NULL)
        return;
    free(b->ptr);
    *b = (td_buf){ 0 };
}

char *td_buf_room(td_buf *b, size_t n)
{
    size_t need = b->len + n, cap = b->cap < 128 ? 128 : b->cap;
    char *p;

    if (b->failed || need < n)
        goto oom;
    if (b->ptr != NULL && need <= b->cap)
        return b->ptr + b->len;
    while (cap < need) {
        if (cap > (size_t)-1 / 2)
            goto oom;
        cap *= 2;
    }
    p = realloc(b->ptr, cap);
    if (p == NULL)
        goto oom;
    b->ptr = p;
    b->cap = cap;
    return b->ptr + b->len;

oom:
    b->failed = true;
    return NULL;
}

void td_buf_put(td_buf *b, const void *bytes, size_t n)
{
    char *p;

    if (n == 0)
        return;
    p = td_buf_room(b, n);
    if (p == NULL)
        return;
    memcpy(p, bytes, n);
    b->len += n;
}

void td_buf_putc(td_buf *b, char c)
{
    td_buf_put(b, &c, 1);
}

void td_buf_puts(td_buf *b, const char *s)
{
    td_buf_put(b, s, strlen(s));
}

void td_buf_put_slice(td_buf *b, td_slice s)
{
    td_buf_put(b, s.ptr, s.len);
}

void td_buf_put_u64(td_buf *b, unsigned long long n)
{
    char digits[20];
    size_t i = sizeof digits;

    do {
        digits[--i] = (char)('0' + n % 10);
        n /= 10;
    } while (n != 0);
    td_buf_put(b, digits + i, sizeof digits - i);
}

void td_buf_printf(td_buf *b, const char *fmt, ...)
{
    va_list ap, again;
    int n;
    char *p;

    va_start(ap, fmt);
    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n >= 0) {
        p = td_buf_room(b, (size_t)n + 1);
        if (p != NULL) {
            vsnprintf(p, (size_t)n + 1, fmt, again);
            b->len += (size_t)n;
        }
    }
    va_end(again);
}
