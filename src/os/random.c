#include "os/random.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

void td_random_bytes(void *dst, size_t len)
{
    unsigned char *p = dst;

    while (len > 0) {
        ssize_t n = getrandom(p, len, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            abort(); /* ids and salts that can be guessed are worse than no server */
        p += n;
        len -= (size_t)n;
    }
}

uint64_t td_random_u64(void)
{
    uint64_t v;

    td_random_bytes(&v, sizeof v);
    return v;
}
