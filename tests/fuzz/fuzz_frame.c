#include "mailbox/log/format.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Input: the records of a frame. Property: the reader ends, stays inside, and what it gives can be
 * read. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t at = 0, before = 0;
    uint64_t sum = 0;
    td_record r;

    while (td_record_next(data, size, &at, &r, NULL) == 0) {
        if (at <= before || at > size)
            abort();
        before = at;
        for (size_t i = 0; i < r.items_n; i++)
            sum += r.type == TD_REC_REMOVE ? td_record_seq(&r, i) : td_record_pair(&r, i).seq;
        for (size_t i = 0; i < r.body.len; i++)
            sum += (uint8_t)r.body.ptr[i];
    }
    (void)sum;
    return 0;
}
