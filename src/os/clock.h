#pragma once

#include <stdint.h>

/* Milliseconds since the epoch, by the wall clock: may leap. Any thread. */
int64_t td_clock_wall_ms(void);

/* Milliseconds and nanoseconds since some start, never back. Any thread. */
int64_t td_clock_mono_ms(void);
int64_t td_clock_mono_ns(void);
