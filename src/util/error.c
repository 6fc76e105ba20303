#include "util/error.h"

#include <stdarg.h>
#include <stdio.h>

int td_fail(td_error *err, int code, const char *fmt, ...)
{
    va_list ap;

    if (err == NULL)
        return code;
    err->code = code;
    va_start(ap, fmt);
    vsnprintf(err->msg, sizeof err->msg, fmt, ap);
    va_end(ap);
    return code;
}

const char *td_error_name(int code)
{
    switch (code) {
    case TD_EINVAL:
        return "TD_EINVAL";
    case TD_ENOMEM:
        return "TD_ENOMEM";
    case TD_ELIMIT:
        return "TD_ELIMIT";
    case TD_EIO:
        return "TD_EIO";
    case TD_ECLOSED:
        return "TD_ECLOSED";
    case TD_EFULL:
        return "TD_EFULL";
    case TD_ECORRUPT:
        return "TD_ECORRUPT";
    case TD_ENOTFOUND:
        return "TD_ENOTFOUND";
    case TD_EBUSY:
        return "TD_EBUSY";
    case TD_EEXIST:
        return "TD_EEXIST";
    default:
        return "TD_E?";
    }
}
