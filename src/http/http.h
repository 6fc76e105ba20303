#pragma once

#include "util/arena.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The HTTP/1.1 front: listeners, a few loop threads, request limits, parked requests. Knows nothing
 * of Matrix.
 *
 * A request belongs to one loop thread for its life. A handler is called there once, when the
 * request is whole; before it returns it either replies (td_http_reply) or parks the request
 * (td_http_park) to be answered later. A handler that does neither is a bug (assert).
 */
typedef struct td_http td_http;
typedef struct td_http_request td_http_request;

enum { TD_HTTP_LOOPS_MAX = 8 };

enum td_http_method { TD_GET, TD_POST, TD_PUT, TD_DELETE, TD_OPTIONS, TD_HEAD, TD_OTHER_METHOD };

enum td_http_event {
    TD_HTTP_TIMEOUT,  /* the park's time is over */
    TD_HTTP_STOPPING, /* the server stops: answer now with what there is */
    TD_HTTP_GONE,     /* the client hung up: the request is freed when the callback returns; do not
                         reply */
};

struct td_http_request {
    enum td_http_method method;
    td_slice path;      /* raw, as sent: not decoded; without the query */
    td_slice query;     /* raw, after the '?'; empty when none */
    td_slice body;      /* whole; empty when none */
    td_slice client_ip; /* text; of the peer, or by X-Forwarded-For from a trusted peer; "unix" on a
                           Unix socket */
    td_arena *arena;    /* lives as long as the request; freed (with path, query, body) by
                           td_http_park(.., release) */
    unsigned loop;      /* 0.. : the loop thread it belongs to */
    void *listener_ctx; /* of its listener */
    void *user;         /* the handler's */
    int64_t begun_ns;   /* td_clock_mono_ns() when its head was complete */
};

/* The value of a request header (name is compared without case); {NULL, 0} when absent. Only before
 * it is parked with release. */
td_slice td_http_header(td_http_request *r, const char *name);

/* An extra header of a reply. Both strings are copied. */
typedef struct td_http_header_out {
    const char *name, *value;
} td_http_header_out;

/* Answers r. *body is taken over (and left empty). content_type may be NULL: application/json. Any
 * thread when r is parked, otherwise only its own. r must not be touched afterwards. With no memory
 * the connection is closed. The reply's body counts towards reply_bytes until it is sent. */
void td_http_reply(td_http_request *r, int status, const char *content_type,
                   const td_http_header_out *headers, size_t headers_n, td_buf *body);

/*
 * Parks r: it will be answered later. on_event NULL: nothing is told (also no hang-up: r lives
 * until the reply, which is thrown away if the client has gone). Otherwise on_event is called on
 * r's loop thread: TD_HTTP_TIMEOUT once after timeout_ms (< 0: never), STOPPING, GONE; after
 * TIMEOUT or STOPPING r is still parked and waits for its reply. release: frees the arena with
 * path, query, body and headers (a long poll must be small); r->user stays. May be called again
 * while parked, on the loop thread, to change the event or the time.
 */
void td_http_park(td_http_request *r, int64_t timeout_ms, bool release,
                  void (*on_event)(td_http_request *r, enum td_http_event event));

/* Runs m->run(m) on the given loop thread. Any thread; m is the caller's until it runs. Messages of
 * one poster run in order. */
typedef struct td_http_message td_http_message;
struct td_http_message {
    td_http_message *next; /* the loop's while posted */
    void (*run)(td_http_message *m);
};
void td_http_post(td_http *h, unsigned loop, td_http_message *m);

/* Refusals made by this layer, before a handler sees the request; the caller gives the words. */
enum td_http_refusal {
    TD_HTTP_BAD_REQUEST,       /* 400: framing, Host, header names, control bytes */
    TD_HTTP_BODY_TOO_LARGE,    /* 413 */
    TD_HTTP_TARGET_TOO_LONG,   /* 414 */
    TD_HTTP_HEADERS_TOO_LARGE, /* 431 */
    TD_HTTP_TOO_SLOW,          /* 408 */
    TD_HTTP_NO_ROOM,           /* 503: reply_bytes, memory, or connections */
};

typedef struct td_http_listener {
    const char *address; /* "127.0.0.1:8008", "[::1]:0", "unix:/path" */
    void (*handle)(void *ctx, td_http_request *r);
    /* Fills body and returns extra headers by *headers (static) for a refusal. NULL: an empty body.
     */
    void (*refuse)(void *ctx, enum td_http_refusal why, td_buf *body,
                   const td_http_header_out **headers, size_t *headers_n);
    void *ctx;
    const char *tls_cert_file, *tls_key_file; /* PEM; both or none */
    uint64_t body_max;                        /* bytes; larger: 413 */
} td_http_listener;

typedef struct td_http_options {
    const td_http_listener *listeners;
    size_t listeners_n;
    unsigned loops;           /* 0: one per processor, at most TD_HTTP_LOOPS_MAX */
    uint64_t header_max;      /* bytes of request line and headers; 0: 16 KiB; at most 64 KiB */
    uint64_t target_max;      /* bytes of path and query; 0: 8 KiB */
    uint64_t connections_max; /* of all loops; 0: 60,000, or what the descriptor limit allows */
    int64_t head_timeout_ms;  /* whole request head; 0: 15 s */
    int64_t body_timeout_ms;  /* whole body, however large; 0: 120 s */
    int64_t idle_timeout_ms;  /* keep-alive between requests; 0: 75 s */
    int64_t write_timeout_ms; /* without any progress of a reply; 0: 60 s */
    uint64_t reply_bytes;     /* bytes of replies not sent yet, all connections; 0: 256 MiB */
    const char *const *trusted_proxies; /* addresses that X-Forwarded-For is believed from;
                                           NULL-terminated; NULL: none */
} td_http_options;

/* Binds every listener and starts the loops. Errors: TD_EIO (address in use, ... the message names
 * it), TD_EINVAL (a listener), TD_ENOMEM. */
int td_http_start(const td_http_options *options, td_http **ret, td_error *err);

/* The address that listener i is bound to, with its real port. Static for the life of h. */
const char *td_http_address(const td_http *h, size_t i);
unsigned td_http_loops(const td_http *h);

/* Bytes of replies that are built and not sent. Over options.reply_bytes pages should shrink. Any
 * thread. */
uint64_t td_http_reply_bytes_pending(const td_http *h);

typedef struct td_http_stats {
    uint64_t connections, parked, requests, refused[6]; /* refused by enum td_http_refusal */
} td_http_stats;
void td_http_stats_get(const td_http *h, td_http_stats *ret);

/* Stops accepting, tells every parked request STOPPING, waits until all are answered or deadline_ms
 * passed, then closes and frees. Returns NULL. */
td_http *td_http_stop(td_http *h, int64_t deadline_ms);
