#pragma once

#include "util/arena.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reading JSON (RFC 8259, UTF-8 only) into a tape: one node a value, in the order of the text, each
 * pointing into the original bytes. Strict: no byte order mark, no trailing bytes, no duplicate
 * member names, no lone surrogates, no invalid UTF-8, at most TD_JSON_DEPTH_MAX levels. Nothing is
 * copied and no number is converted, so contents can be relayed byte for byte.
 */
enum { TD_JSON_DEPTH_MAX = 128 };

enum td_json_type {
    TD_JSON_NULL,
    TD_JSON_FALSE,
    TD_JSON_TRUE,
    TD_JSON_NUMBER,
    TD_JSON_STRING,
    TD_JSON_ARRAY,
    TD_JSON_OBJECT
};

/* What td_json_parse() found wrong, returned as its failure's kind beside TD_EINVAL. */
enum td_json_fault {
    TD_JSON_OK,
    TD_JSON_NOT_JSON /* no JSON, or no UTF-8 */,
    TD_JSON_DUPLICATE,
    TD_JSON_TOO_DEEP
};

typedef struct td_json_node {
    uint32_t offset, len; /* of the whole value in the text: with quotes, braces */
    uint32_t next;        /* index of the node behind this value and all inside it */
    uint32_t count;       /* members of an object, elements of an array */
    uint8_t type;         /* enum td_json_type */
    uint8_t escaped;      /* a string: it has backslashes */
} td_json_node;

/* An object's members are a STRING node (the name) and then the value's nodes; an array's elements
 * follow it. Node 0 is the root. */
typedef struct td_json {
    td_slice text;
    const td_json_node *nodes; /* in the arena */
    uint32_t nodes_n;
} td_json;

typedef uint32_t td_json_ref; /* index of a node; TD_JSON_NONE: absent */
#define TD_JSON_NONE UINT32_MAX

/* text is lent and must outlive *ret; at most 4 GiB - 1. Errors: TD_EINVAL (with *fault, NULL = not
 * wanted; the message gives the offset), TD_ENOMEM. */
int td_json_parse(td_slice text, td_arena *arena, td_json *ret, enum td_json_fault *fault,
                  td_error *err);

static inline enum td_json_type td_json_type_of(const td_json *j, td_json_ref r)
{
    return r == TD_JSON_NONE ? TD_JSON_NULL : (enum td_json_type)j->nodes[r].type;
}

/* The value's own bytes in the text. */
td_slice td_json_raw(const td_json *j, td_json_ref r);

/* The member `name` of object r; TD_JSON_NONE when r is no object or has none. Names are compared
 * unescaped. */
td_json_ref td_json_get(const td_json *j, td_json_ref r, const char *name);

/* Walks an object's members or an array's elements: start with *it = 0 (`uint32_t it = 0; while
 * (td_json_each(j, r, &it, &name, &value))`). name is TD_JSON_NONE for arrays. False at the end,
 * and when r is neither. */
bool td_json_each(const td_json *j, td_json_ref r, uint32_t *it, td_json_ref *name,
                  td_json_ref *value);

/* A string's text, unescaped (into the arena only when it has escapes). May hold NUL. Returns 0,
 * TD_EINVAL (no string), TD_ENOMEM. */
int td_json_string(const td_json *j, td_json_ref r, td_arena *arena, td_slice *ret, td_error *err);

/* An integer in -(2^53)+1 .. 2^53-1 written without fraction or exponent. Returns 0 or TD_EINVAL.
 */
int td_json_integer(const td_json *j, td_json_ref r, int64_t *ret, td_error *err);

/* Appends s as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD. */
void td_json_put_string(td_buf *b, td_slice s);

/* Appends value r in canonical form (appendices, "Canonical JSON"). skip_n member names of the top
 * object are left out ("signatures", "unsigned"). strict: numbers outside the integer range, or
 * with fraction or exponent, are refused; otherwise they keep their text. Returns 0 or TD_EINVAL,
 * TD_ENOMEM. */
int td_json_canonical(const td_json *j, td_json_ref r, const char *const *skip, size_t skip_n,
                      bool strict, td_arena *arena, td_buf *out, td_error *err);

/* Bytes that td_json_canonical() (not strict) would append, without building it. */
size_t td_json_canonical_size(const td_json *j, td_json_ref r, td_arena *arena);
