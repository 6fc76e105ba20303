#pragma once

#include "util/buf.h"
#include "util/error.h"
#include "util/slice.h"

/* Unpadded base64 (appendices, "Unpadded Base64"). */
void td_base64_encode(td_buf *out, td_slice bytes);
void td_base64url_encode(td_buf *out, td_slice bytes); /* - and _ */

/* Appends the bytes of text. Padding is optional, trailing bits need not be zero. TD_EINVAL: not
 * base64 (out is as before), TD_ENOMEM. */
int td_base64_decode(td_buf *out, td_slice text, td_error *err);
int td_base64url_decode(td_buf *out, td_slice text, td_error *err);
