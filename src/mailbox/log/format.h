#pragma once

#include "mailbox/mailbox.h"

/*
 * The bytes of the log (docs/log-format.md): little endian, records aligned to 8. A segment is a
 * header and then frames; a frame is a header and then records, and is what one sync makes durable.
 * Nothing here touches a file.
 */
enum {
    TD_SEGMENT_HEADER = 64, /* bytes */
    TD_FRAME_HEADER = 32,   /* bytes */
    TD_RECORD_HEADER = 8,   /* bytes */
    TD_MESSAGE_HEADER = 32, /* bytes between a message record's header and its body */
    TD_FORMAT_VERSION = 1,
};

typedef struct td_segment_header {
    uint64_t id;   /* rising in the order of preparing */
    uint64_t salt; /* random: seeds the check of every frame in it */
    uint64_t size; /* bytes of the segment, header included */
    uint64_t store_id;
} td_segment_header;

void td_segment_header_encode(const td_segment_header *h, uint8_t dst[TD_SEGMENT_HEADER]);

/* TD_ECORRUPT: no header of ours, or damaged; TD_EINVAL: a version that this program does not know.
 */
int td_segment_header_decode(const uint8_t src[TD_SEGMENT_HEADER], td_segment_header *ret,
                             td_error *err);

typedef struct td_frame_header {
    uint64_t number;  /* on through all runs, from 1 */
    uint64_t time_ms; /* store time */
    uint32_t length;  /* bytes of the records behind the header, a multiple of 8 */
} td_frame_header;

/* Fills the header of the frame whose records stand behind it, with its check. */
void td_frame_seal(uint8_t *frame, const td_frame_header *h, uint64_t salt);

/* Looks at the header alone. False: cannot be a frame within room bytes. */
bool td_frame_peek(const uint8_t *src, size_t room, td_frame_header *ret);

/* True when the frame at src (room bytes readable) is whole and of this salt. */
bool td_frame_whole(const uint8_t *src, size_t room, uint64_t salt, td_frame_header *ret);

enum td_record_type {
    TD_REC_MESSAGE = 1, /* one body and the (mailbox, seq) pairs it is for */
    TD_REC_COPY = 2,    /* the same, copied forward: the living pairs */
    TD_REC_ACKNOWLEDGE = 3,
    TD_REC_REMOVE = 4,
    TD_REC_OPEN = 5,
    TD_REC_DROP = 6,
    TD_REC_KEY = 7,
    TD_REC_KEY_COPY = 8,
    TD_REC_RUN = 9,
};

typedef struct td_pair {
    uint64_t mailbox, seq;
} td_pair;

/* One record, decoded: slices point into the frame. */
typedef struct td_record {
    enum td_record_type type;
    size_t offset;         /* of the record in the frame */
    uint64_t mailbox;      /* acknowledge, remove, open, drop; owner of a key */
    uint64_t seq;          /* acknowledge: up to and with it; run: its id */
    uint64_t count, bytes; /* acknowledge, remove, drop: entries and body bytes that it ended */
    uint8_t reason;        /* remove */
    uint64_t first_frame;  /* message: the frame that first wrote it */
    int64_t stored_ms;     /* message, key: store time of that */
    td_slice body;         /* message; id of a key */
    size_t body_offset;    /* of body in the frame */
    uint32_t body_crc;     /* message: CRC-32C of body */
    const uint8_t *items;  /* message: pairs; remove: seqs; unaligned-safe by td_record_pair(),
                              td_record_seq() */
    size_t items_n;
} td_record;

td_pair td_record_pair(const td_record *r, size_t i);
uint64_t td_record_seq(const td_record *r, size_t i);

/* Appends r (type and the fields its type names; pairs or seqs as plain arrays). For messages,
 * ret_body_offset (NULL: not wanted) gets the offset of the body in b. Memory: td_buf_ok(b). */
void td_record_put_message(td_buf *b, enum td_record_type type, uint64_t first_frame,
                           int64_t stored_ms, td_slice body, const td_pair *pairs, size_t pairs_n);
void td_record_put_remove(td_buf *b, uint64_t mailbox, uint8_t reason, uint64_t count,
                          uint64_t bytes, const uint64_t *seqs, size_t n);
void td_record_put_key(td_buf *b, enum td_record_type type, uint64_t owner, int64_t stored_ms,
                       td_slice id);
/* acknowledge (mailbox, seq, count, bytes), open (mailbox), drop (mailbox, count, bytes), run (seq
 * = run id) */
void td_record_put_plain(td_buf *b, enum td_record_type type, uint64_t mailbox, uint64_t seq,
                         uint64_t count, uint64_t bytes);

/* Reads the record at *offset of a frame's records (len bytes) and moves *offset behind it. Returns
 * 0, 1 at the end, TD_ECORRUPT. A whole frame of ours never gives TD_ECORRUPT; the check is for
 * bytes made by somebody else. */
int td_record_next(const uint8_t *records, size_t len, size_t *offset, td_record *ret,
                   td_error *err);
