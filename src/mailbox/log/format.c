#include "mailbox/log/format.h"

#include "util/crc32c.h"
#include "util/fault.h"

#include <assert.h>
#include <string.h>

static const char segment_magic[8] = "tdlogseg";
enum { FRAME_MAGIC = 0x4d465444 /* "DTFM" */ };

static void put32(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> 8 * i);
}

static void put64(uint8_t *p, uint64_t v)
{
    for (int i = 0; i < 8; i++)
        p[i] = (uint8_t)(v >> 8 * i);
}

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint64_t get64(const uint8_t *p)
{
    return get32(p) | (uint64_t)get32(p + 4) << 32;
}

static size_t align8(size_t n)
{
    return (n + 7) & ~(size_t)7;
}

void td_segment_header_encode(const td_segment_header *h, uint8_t dst[TD_SEGMENT_HEADER])
{
    memset(dst, 0, TD_SEGMENT_HEADER);
    memcpy(dst, segment_magic, sizeof segment_magic);
    put32(dst + 8, TD_FORMAT_VERSION);
    put64(dst + 16, h->id);
    put64(dst + 24, h->salt);
    put64(dst + 32, h->size);
    put64(dst + 40, h->store_id);
    put32(dst + 60, td_crc32c(0, dst, 60));
}

int td_segment_header_decode(const uint8_t src[TD_SEGMENT_HEADER], td_segment_header *ret,
                             td_error *err)
{
    if (memcmp(src, segment_magic, sizeof segment_magic) != 0 ||
        td_crc32c(0, src, 60) != get32(src + 60))
        return td_fail(err, TD_ECORRUPT, "not a segment header, or a damaged one");
    if (get32(src + 8) != TD_FORMAT_VERSION)
        return td_fail(err, TD_EINVAL, "log format version %u is not known here (only %d)",
                       get32(src + 8), TD_FORMAT_VERSION);
    *ret = (td_segment_header){ .id = get64(src + 16),
                                .salt = get64(src + 24),
                                .size = get64(src + 32),
                                .store_id = get64(src + 40) };
    return 0;
}

/* The check covers the header behind it and all records, and begins with the salt: neither bytes of
 * an earlier use of the segment nor what a message says can pass for a frame. */
static uint32_t frame_check(const uint8_t *frame, size_t length, uint64_t salt)
{
    uint8_t seed[8];

    put64(seed, TD_FAULT(stale_frame) ? 0 : salt);
    return td_crc32c(td_crc32c(0, seed, sizeof seed), frame + 8, TD_FRAME_HEADER - 8 + length);
}

void td_frame_seal(uint8_t *frame, const td_frame_header *h, uint64_t salt)
{
    assert(h->length % 8 == 0);
    memset(frame, 0, TD_FRAME_HEADER);
    put32(frame, FRAME_MAGIC);
    put32(frame + 8, h->length);
    put64(frame + 16, h->number);
    put64(frame + 24, h->time_ms);
    put32(frame + 4, frame_check(frame, h->length, salt));
}

bool td_frame_peek(const uint8_t *src, size_t room, td_frame_header *ret)
{
    if (room < TD_FRAME_HEADER || get32(src) != FRAME_MAGIC || get32(src + 12) != 0)
        return false;
    ret->length = get32(src + 8);
    ret->number = get64(src + 16);
    ret->time_ms = get64(src + 24);
    return ret->number > 0 && ret->length % 8 == 0 && ret->length <= room - TD_FRAME_HEADER;
}

bool td_frame_whole(const uint8_t *src, size_t room, uint64_t salt, td_frame_header *ret)
{
    return td_frame_peek(src, room, ret) && frame_check(src, ret->length, salt) == get32(src + 4);
}

td_pair td_record_pair(const td_record *r, size_t i)
{
    assert(i < r->items_n);
    return (td_pair){ get64(r->items + 16 * i), get64(r->items + 16 * i + 8) };
}

uint64_t td_record_seq(const td_record *r, size_t i)
{
    assert(i < r->items_n);
    return get64(r->items + 8 * i);
}

/* Room for a zeroed record of len bytes behind its header, which is filled; NULL when there is no
 * memory. */
static uint8_t *begin(td_buf *b, enum td_record_type type, size_t len)
{
    size_t whole = TD_RECORD_HEADER + align8(len);
    uint8_t *p = (uint8_t *)td_buf_room(b, whole);

    if (p == NULL)
        return NULL;
    memset(p, 0, TD_RECORD_HEADER);
    memset(p + whole - 8, 0, 8); /* the padding */
    p[0] = (uint8_t)type;
    put32(p + 4, (uint32_t)align8(len));
    b->len += whole;
    return p + TD_RECORD_HEADER;
}

void td_record_put_message(td_buf *b, enum td_record_type type, uint64_t first_frame,
                           int64_t stored_ms, td_slice body, const td_pair *pairs, size_t pairs_n)
{
    uint8_t *p = begin(b, type, TD_MESSAGE_HEADER + align8(body.len) + 16 * pairs_n);

    if (p == NULL)
        return;
    put32(p, (uint32_t)body.len);
    put32(p + 4, td_crc32c(0, body.ptr, body.len));
    put64(p + 8, first_frame);
    put64(p + 16, (uint64_t)stored_ms);
    put64(p + 24, pairs_n);
    p += TD_MESSAGE_HEADER;
    memset(p + align8(body.len) - 8, 0, 8);
    memcpy(p, body.ptr, body.len);
    p += align8(body.len);
    for (size_t i = 0; i < pairs_n; i++) {
        put64(p + 16 * i, pairs[i].mailbox);
        put64(p + 16 * i + 8, pairs[i].seq);
    }
}

void td_record_put_remove(td_buf *b, uint64_t mailbox, uint8_t reason, uint64_t count,
                          uint64_t bytes, const uint64_t *seqs, size_t n)
{
    uint8_t *p = begin(b, TD_REC_REMOVE, 40 + 8 * n);

    if (p == NULL)
        return;
    put64(p, mailbox);
    put64(p + 8, reason);
    put64(p + 16, count);
    put64(p + 24, bytes);
    put64(p + 32, n);
    for (size_t i = 0; i < n; i++)
        put64(p + 40 + 8 * i, seqs[i]);
}

void td_record_put_key(td_buf *b, enum td_record_type type, uint64_t owner, int64_t stored_ms,
                       td_slice id)
{
    uint8_t *p = begin(b, type, 24 + id.len);

    if (p == NULL)
        return;
    put64(p, owner);
    put64(p + 8, (uint64_t)stored_ms);
    put64(p + 16, id.len);
    memcpy(p + 24, id.ptr, id.len);
}

void td_record_put_plain(td_buf *b, enum td_record_type type, uint64_t mailbox, uint64_t seq,
                         uint64_t count, uint64_t bytes)
{
    uint8_t *p = begin(b, type, 32);

    if (p == NULL)
        return;
    put64(p, mailbox);
    put64(p + 8, seq);
    put64(p + 16, count);
    put64(p + 24, bytes);
}

/* The readers below get the len bytes behind a record's header; false: they do not fit their type.
 */

static bool read_message(const uint8_t *p, size_t len, td_record *r)
{
    size_t body;

    if (len < TD_MESSAGE_HEADER)
        return false;
    body = get32(p);
    r->body_crc = get32(p + 4);
    r->first_frame = get64(p + 8);
    r->stored_ms = (int64_t)get64(p + 16);
    r->items_n = get64(p + 24);
    if (body < 1 || align8(body) > len - TD_MESSAGE_HEADER || r->items_n > len / 16)
        return false;
    r->body = (td_slice){ (const char *)p + TD_MESSAGE_HEADER, body };
    r->body_offset = r->offset + TD_RECORD_HEADER + TD_MESSAGE_HEADER;
    r->items = p + TD_MESSAGE_HEADER + align8(body);
    return len == TD_MESSAGE_HEADER + align8(body) + 16 * r->items_n;
}

static bool read_remove(const uint8_t *p, size_t len, td_record *r)
{
    if (len < 40 || get64(p + 8) >= TD_REASONS_MAX)
        return false;
    r->mailbox = get64(p);
    r->reason = (uint8_t)get64(p + 8);
    r->count = get64(p + 16);
    r->bytes = get64(p + 24);
    r->items_n = get64(p + 32);
    r->items = p + 40;
    return r->items_n <= len / 8 && len == 40 + 8 * r->items_n;
}

static bool read_key(const uint8_t *p, size_t len, td_record *r)
{
    if (len < 24)
        return false;
    r->mailbox = get64(p);
    r->stored_ms = (int64_t)get64(p + 8);
    r->body = (td_slice){ (const char *)p + 24, get64(p + 16) };
    return r->body.len >= 1 && r->body.len <= TD_KEY_ID_MAX && len == 24 + align8(r->body.len);
}

static bool read_plain(const uint8_t *p, size_t len, td_record *r)
{
    if (len != 32)
        return false;
    r->mailbox = get64(p);
    r->seq = get64(p + 8);
    r->count = get64(p + 16);
    r->bytes = get64(p + 24);
    return true;
}

static bool read_record(const uint8_t *p, size_t len, td_record *r)
{
    switch (r->type) {
    case TD_REC_MESSAGE:
    case TD_REC_COPY:
        return read_message(p, len, r);
    case TD_REC_REMOVE:
        return read_remove(p, len, r);
    case TD_REC_KEY:
    case TD_REC_KEY_COPY:
        return read_key(p, len, r);
    case TD_REC_ACKNOWLEDGE:
    case TD_REC_OPEN:
    case TD_REC_DROP:
    case TD_REC_RUN:
        return read_plain(p, len, r);
    default:
        return false;
    }
}

int td_record_next(const uint8_t *records, size_t len, size_t *offset, td_record *ret,
                   td_error *err)
{
    td_record r = { .offset = *offset };
    size_t room, body;

    if (*offset == len)
        return 1;
    room = len - *offset;
    if (*offset > len || room < TD_RECORD_HEADER)
        return td_fail(err, TD_ECORRUPT, "record at %zu: cut off", *offset);
    r.type = records[*offset];
    body = get32(records + *offset + 4);
    if (body > room - TD_RECORD_HEADER || body % 8 != 0 ||
        !read_record(records + *offset + TD_RECORD_HEADER, body, &r))
        return td_fail(err, TD_ECORRUPT, "record at %zu: type %d does not fit %zu bytes", *offset,
                       (int)r.type, body);
    *offset += TD_RECORD_HEADER + body;
    *ret = r;
    return 0;
}
