#pragma once

#include <stddef.h>
#include <stdint.h>

/* len bytes from the kernel's generator. Never fails: without random numbers the process aborts.
 * Any thread. */
void td_random_bytes(void *dst, size_t len);
uint64_t td_random_u64(void);
