#include "util/fault.h"

#ifdef TD_FAULTS

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sorted. What each one does stands where TD_FAULT(name) is. */
static struct fault {
    const char *name;
    atomic_long countdown; /* 0 = not armed, 1 = happens now */
} faults[] = {
    { "ack_lost", 0 },    { "key_skipped", 0 }, { "recycle_uncovered", 0 },
    { "reply_early", 0 }, { "stale_frame", 0 },
};

static struct fault *find(const char *name)
{
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        if (strcmp(faults[i].name, name) == 0)
            return &faults[i];
    fprintf(stderr, "no fault is named %s\n", name);
    abort();
}

void td_fault_arm(const char *name, long nth)
{
    atomic_store(&find(name)->countdown, nth);
}

void td_fault_disarm_all(void)
{
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        atomic_store(&faults[i].countdown, 0);
}

bool td_fault_hit(const char *name)
{
    struct fault *f = find(name);
    long n = atomic_load(&f->countdown);

    if (n == 0)
        return false;
    if (n > 1) {
        atomic_store(&f->countdown, n - 1);
        return false;
    }
    return true;
}

#else

/* A translation unit is not empty. */
typedef int td_fault_none;

#endif
