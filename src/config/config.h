#pragma once

#include "util/buf.h"
#include "util/error.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * The configuration: one YAML file, one table of options (config/options.c): name, type, default,
 * bounds, unit, reloadable or not, help. The parser, `config dump`, the man page and the tests read
 * that table. Every key has a default. Strings are owned by the config.
 */
typedef struct td_config {
    char *server_name; /* "localhost" */
    char *data_dir;    /* "./data" */
    struct {
        char *level;
        char *format;
    } log; /* debug|info|warn|error; text|json */
    struct {
        char **listen;
        char *public_base_url, *tls_cert_file, *tls_key_file;
        char **trusted_proxies;
    } client; /* lists: NULL-terminated; "127.0.0.1:8008" */
    struct {
        char **listen;
        char *tls_cert_file, *tls_key_file, *ca_file;
        bool verify_tls;
        char **allow_networks;
        int64_t retry_initial_ms, retry_max_ms, refused_split_after_ms, refused_drop_after_ms;
    } federation; /* accepted, with a warning, until it is built */
    struct {
        bool open;
        char *shared_secret;
    } registration;
    struct {
        bool rate_limits;
        int64_t mailbox_messages, mailbox_bytes, idempotency_keys, idempotency_keys_per_device,
            idempotency_age_ms, reply_bytes;
        int64_t body_bytes, header_bytes, target_bytes, targets_per_request, polls_per_device,
            devices_per_user, connections;
    } limits;
    struct {
        int64_t max_bytes;
        char *on_io_error;
        int64_t frame_max, segment_max;
    } store; /* on_io_error: exit|stay; max_bytes 0: 90 % of the file system */
    struct {
        int64_t concurrency;
        bool test_cost;
    } passwords;
    struct {
        int64_t to_device_limit, page_bytes, timeout_max_ms;
    } sync;
    struct {
        bool query_token;
    } auth;
    struct {
        char *listen;
    } metrics; /* "": off */
    struct {
        bool strict_numbers;
    } policy;
    int64_t loops; /* http.loops; 0: one per processor */
} td_config;

/* A warning for the operator: "line 3: federation is not built yet: accepted, without effect". */
typedef void td_config_warn(void *ctx, const char *text);

/* Fills *ret with the defaults and then the file at path (NULL: defaults only). Unknown keys, wrong
 * types, values out of bounds: TD_EINVAL with "FILE:LINE:COLUMN: what, what is allowed".
 * TD_ENOTFOUND, TD_EIO, TD_ENOMEM. */
int td_config_load(const char *path, td_config_warn *warn, void *warn_ctx, td_config *ret,
                   td_error *err);

/* The same from bytes (for tests and the fuzzer); name stands for the file in messages. */
int td_config_parse(const char *text, size_t len, const char *name, td_config_warn *warn,
                    void *warn_ctx, td_config *ret, td_error *err);

/* Sets one option over what the file said, as `--set key=value` on the command line. TD_EINVAL. */
int td_config_set(td_config *c, const char *key, const char *value, td_error *err);

/* Writes every option as YAML with its help as comments; secrets as "***" unless secrets is true.
 * What it writes can be read back. */
void td_config_dump(const td_config *c, bool secrets, td_buf *out);

void td_config_deinit(td_config *c);
