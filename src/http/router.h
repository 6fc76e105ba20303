#pragma once

#include "http/http.h"

/*
 * From method and path to an operation. Paths are split on raw '/' and each segment is
 * percent-decoded afterwards; '+' stays '+' in a path. Built once, then read by any thread.
 */
typedef struct td_router td_router;

enum { TD_ROUTE_PARAMS_MAX = 6 };

typedef struct td_route {
    enum td_http_method method;
    const char *pattern;   /* "/_matrix/client/v3/sendToDevice/{eventType}/{txnId}": {x} is one
                              segment, not empty */
    const char *operation; /* its operationId: for metrics and logs */
    const void *data;      /* the caller's */
} td_route;

typedef struct td_route_match {
    const td_route *route;
    td_slice params[TD_ROUTE_PARAMS_MAX]; /* decoded, in order of the pattern; in the arena given */
    size_t params_n;
} td_route_match;

/* Outcomes of td_router_find() */
enum {
    TD_ROUTE_FOUND = 0,
    TD_ROUTE_UNKNOWN = 1 /* 404 */,
    TD_ROUTE_OTHER_METHOD = 2 /* 405 */,
    TD_ROUTE_BAD_ESCAPE = 3 /* 400 */
};

/* routes are lent for the life of the router. Errors: TD_ENOMEM, TD_EINVAL (a pattern, or two equal
 * ones). */
int td_router_new(const td_route *routes, size_t n, td_router **ret, td_error *err);
td_router *td_router_free(td_router *r);

int td_router_find(const td_router *r, enum td_http_method method, td_slice path, td_arena *arena,
                   td_route_match *ret, td_error *err);

/* The value of a query parameter, decoded ('+' is a space) into the arena; the first when it is
 * there twice. Returns 0 found, 1 absent, TD_EINVAL for a bad escape (or bytes that are not UTF-8
 * after it), TD_ENOMEM. */
int td_query_get(td_slice query, const char *name, td_arena *arena, td_slice *ret, td_error *err);
