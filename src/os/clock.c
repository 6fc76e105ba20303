#include "os/clock.h"

#include <time.h>

static int64_t ns_of(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t td_clock_wall_ms(void)
{
    return ns_of(CLOCK_REALTIME) / 1000000;
}

int64_t td_clock_mono_ms(void)
{
    return ns_of(CLOCK_MONOTONIC) / 1000000;
}

int64_t td_clock_mono_ns(void)
{
    return ns_of(CLOCK_MONOTONIC);
}
