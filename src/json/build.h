#pragma once

#include "json/json.h"

/*
 * Writing JSON: a small state machine over a td_buf, so that commas and quotes are nobody's
 * business. Memory failure: td_buf_ok(). Misuse (a value without a name inside an object,
 * unbalanced ends) is an assert.
 */
typedef struct td_json_out {
    td_buf *buf; /* lent */
    unsigned depth;
    uint64_t object; /* bit d: level d is an object */
    uint64_t filled; /* bit d: level d has a member */
    bool named;      /* a name was written, its value is due */
} td_json_out;

void td_json_out_init(td_json_out *o, td_buf *buf);
void td_json_begin_object(td_json_out *o);
void td_json_end_object(td_json_out *o);
void td_json_begin_array(td_json_out *o);
void td_json_end_array(td_json_out *o);
void td_json_name(td_json_out *o, const char *name);
void td_json_name_slice(td_json_out *o, td_slice name);
void td_json_out_string(td_json_out *o, td_slice s);
void td_json_out_cstr(td_json_out *o, const char *s); /* NULL: null */
void td_json_out_int(td_json_out *o, int64_t n);
void td_json_out_bool(td_json_out *o, bool v);
void td_json_out_null(td_json_out *o);
void td_json_out_raw(td_json_out *o, td_slice json); /* one whole value, trusted */
