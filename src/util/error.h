#pragma once

/* What went wrong, for the caller and the operator. Owned by the caller; NULL = not wanted. */
typedef struct td_error {
    int code;      /* one of TD_E*, 0 when unset */
    char msg[232]; /* one line; never message contents, keys or access tokens */
} td_error;

/* Failures are below 0; 0 is done; above 0 are outcomes that each header names. */
enum {
    TD_EINVAL = -1,  /* the caller's arguments, or foreign input of a wrong shape */
    TD_ENOMEM = -2,  /* no memory */
    TD_ELIMIT = -3,  /* a bound was reached; the message names it */
    TD_EIO = -4,     /* reading or writing failed; of a write the outcome is unknown */
    TD_ECLOSED = -5, /* the store takes no more writes (an earlier I/O failure, or it is closing) */
    TD_EFULL = -6,   /* the disk, or store.max_bytes, has no room: reading makes room */
    TD_ECORRUPT = -7,  /* stored bytes are not what was written */
    TD_ENOTFOUND = -8, /* the thing named does not exist */
    TD_EBUSY = -9,     /* somebody else holds it */
    TD_EEXIST = -10,   /* it is there already */
};

/* Fills *err and returns code, so that a failing line reads `return td_fail(err, ...)`. */
__attribute__((format(printf, 3, 4))) int td_fail(td_error *err, int code, const char *fmt, ...);

/* The name of a TD_E* code, for logs: "TD_EIO". Static; "TD_E?" for an unknown one. */
const char *td_error_name(int code);
