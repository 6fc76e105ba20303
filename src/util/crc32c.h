#pragma once

#include <stddef.h>
#include <stdint.h>

/* CRC-32C (Castagnoli) of len bytes, continued from crc (0 to begin; any other value seeds it).
 * Uses the processor's instruction where there is one, with the same result. Any thread. */
uint32_t td_crc32c(uint32_t crc, const void *bytes, size_t len);

/* The table-driven form that td_crc32c() falls back to; public so that a test can compare the two.
 */
uint32_t td_crc32c_portable(uint32_t crc, const void *bytes, size_t len);
