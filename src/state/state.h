#pragma once

#include "util/arena.h"
#include "util/error.h"
#include "util/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Everything that is not a message: accounts, devices, access tokens, filters; and what ties it to
 * the mailboxes: the store id, runs, the counter of mailbox numbers, drops not swept yet.
 * Relational; this is the interface, sqlite.c the embedded driver.
 *
 * Writers block until their commit is on disk (one writer thread groups them): call them from a
 * worker, not from a loop. Readers may be called from any thread. The cache rule: commit,
 * invalidate, then return; after a write returned, no reader on any thread sees the old state.
 */
typedef struct td_state td_state;

enum { TD_TOKEN_HASH = 32 /* bytes: BLAKE2b-256 of the access token */, TD_RUN_LIST_MAX = 4096 };

typedef struct td_state_options {
    const char *path;        /* of the database file */
    const char *server_name; /* written at first start; another one later is refused */
    size_t cache_sessions;   /* bound of the token cache; 0: 100,000 */
    size_t cache_users;      /* bound of the cache of users' devices; 0: 100,000 */
} td_state_options;

/* Opens, or makes, the database and applies the migrations that are due. Errors: TD_EINVAL (another
 * server name, a newer schema: what to do is in the message), TD_EIO, TD_ECORRUPT, TD_ENOMEM,
 * TD_EBUSY. */
int td_state_open(const td_state_options *options, td_state **ret, td_error *err);
td_state *td_state_close(td_state *s);

/* What the two stores must agree on. */
typedef struct td_state_identity {
    uint64_t store_id;     /* random, made with the database */
    bool fresh;            /* made by this open */
    uint8_t token_key[32]; /* for the tags of sync tokens */
} td_state_identity;
void td_state_identity_get(td_state *s, td_state_identity *ret);

/* Remembers that the mailbox store of this id goes with this state (at first start). */
int td_state_bind_store(td_state *s, uint64_t mailbox_store_id, td_error *err);
int td_state_bound_store(td_state *s, uint64_t *ret, td_error *err); /* TD_ENOTFOUND: none yet */

/* A run begins: remembers (run id, the last stream position before it). */
int td_state_run_add(td_state *s, uint64_t run_id, td_error *err);
/* Does this state's history hold stream position pos, written in run run_id? Cheap. */
bool td_state_history_holds(td_state *s, uint64_t run_id, uint64_t pos);
uint64_t td_state_stream_pos(td_state *s);

/* At start: no mailbox number up to `highest` will be given again. */
int td_state_raise_mailbox(td_state *s, uint64_t highest, td_error *err);

/* A session: who an access token is. */
typedef struct td_session {
    td_slice user_id; /* full; in the arena given */
    td_slice device_id;
    uint64_t mailbox; /* of the device */
    bool locked, admin;
} td_session;

/* Who is this token? 0, TD_ENOTFOUND, TD_EIO, TD_ENOMEM. ip: text, for last_seen (written at most
 * once a minute, later). Hot: answered from the cache. */
int td_state_session(td_state *s, const uint8_t token_hash[TD_TOKEN_HASH], td_slice ip,
                     td_arena *arena, td_session *ret, td_error *err);

/* Users. localpart is lower case and valid. password_hash: libsodium's string, or empty for none.
 * TD_EEXIST: taken (also by a deactivated user). */
int td_state_user_create(td_state *s, td_slice localpart, td_slice password_hash, bool admin,
                         td_error *err);
/* Hash in the arena. TD_ENOTFOUND (also deactivated). */
int td_state_user_password(td_state *s, td_slice localpart, td_arena *arena, td_slice *ret_hash,
                           bool *ret_locked, td_error *err);
bool td_state_user_exists(td_state *s, td_slice localpart); /* also true for deactivated ones */

typedef struct td_user_row {
    td_slice localpart;
    bool admin, locked, deactivated;
    int64_t created_ms;
    uint64_t devices;
} td_user_row;
/* Up to max users after `after` (empty: from the beginning), by localpart; rows in the arena. */
int td_state_user_list(td_state *s, td_slice after, size_t max, td_arena *arena, td_user_row **ret,
                       size_t *ret_n, td_error *err);

/* A login: makes the device (with a new mailbox number) or, when it exists, replaces its tokens.
 * *ret_mailbox is its number, *ret_new tells which. The mailbox must be opened before the login is
 * answered. display_name {NULL,0}: none; ignored for a known device. devices_max: TD_ELIMIT when a
 * new device would pass it (0: no bound). TD_ENOTFOUND: no such user. */
int td_state_login(td_state *s, td_slice localpart, td_slice device_id, td_slice display_name,
                   const uint8_t token_hash[TD_TOKEN_HASH], size_t devices_max,
                   uint64_t *ret_mailbox, bool *ret_new, td_error *err);

/* Makes the user and his first device in one commit (registration). TD_EEXIST. */
int td_state_register(td_state *s, td_slice localpart, td_slice password_hash, bool admin,
                      td_slice device_id, td_slice display_name,
                      const uint8_t token_hash[TD_TOKEN_HASH], uint64_t *ret_mailbox,
                      td_error *err);

typedef struct td_device_row {
    td_slice device_id;
    td_slice display_name;
    td_slice last_seen_ip;
    int64_t last_seen_ms;
    uint64_t mailbox;
} td_device_row;

/* The devices of a user by id, in the arena: for `*` and for naming one. Hot: answered from the
 * cache (device_id and mailbox only are filled there). n == 0 and 0 for a user without devices;
 * TD_ENOTFOUND: no such user (or deactivated). */
int td_state_devices(td_state *s, td_slice localpart, td_arena *arena, td_device_row **ret,
                     size_t *ret_n, td_error *err);
/* The same with every column, from the database. */
int td_state_devices_full(td_state *s, td_slice localpart, td_arena *arena, td_device_row **ret,
                          size_t *ret_n, td_error *err);

/* Deletes devices (all of the user when ids is NULL) in one commit: tokens, and each mailbox number
 * goes to mailbox_drop. Unknown ids are ignored. The retired numbers are in the arena. */
int td_state_devices_delete(td_state *s, td_slice localpart, const td_slice *ids, size_t ids_n,
                            td_arena *arena, uint64_t **ret_mailboxes, size_t *ret_n,
                            td_error *err);

/* Mailboxes retired and not swept yet; and one swept. */
int td_state_drops(td_state *s, size_t max, td_arena *arena, uint64_t **ret, size_t *ret_n,
                   td_error *err);
int td_state_drop_done(td_state *s, const uint64_t *mailboxes, size_t n, td_error *err);

/* Every device's mailbox number after `after`, rising: to open what a crash left unopened, and for
 * `check`. */
int td_state_mailboxes(td_state *s, uint64_t after, size_t max, td_arena *arena, uint64_t **ret,
                       size_t *ret_n, td_error *err);
/* Whose mailbox is it? TD_ENOTFOUND. */
int td_state_mailbox_owner(td_state *s, uint64_t mailbox, td_arena *arena, td_slice *ret_localpart,
                           td_slice *ret_device, td_error *err);

/* Filters: equal ones share an id; at most 100 a user, the one unused longest goes. id is decimal
 * text in the arena. TD_ENOTFOUND. */
int td_state_filter_put(td_state *s, td_slice localpart, td_slice json, td_arena *arena,
                        td_slice *ret_id, td_error *err);
int td_state_filter_get(td_state *s, td_slice localpart, td_slice id, td_arena *arena,
                        td_slice *ret_json, td_error *err);
