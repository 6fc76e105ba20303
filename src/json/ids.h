#pragma once

#include "util/slice.h"

#include <stdbool.h>

/* Identifier grammars (appendices, "Identifier Grammar"), as in tests/vectors/identifiers.json.
 * Lengths are bytes of UTF-8. */
enum {
    TD_USER_ID_MAX = 255,
    TD_DEVICE_ID_MAX = 255,
    TD_EVENT_TYPE_MAX = 255,
    TD_TXN_ID_MAX = 255,
    TD_SERVER_NAME_MAX = 255
};

enum td_user_class { TD_USER_OK, TD_USER_HISTORICAL, TD_USER_NON_COMPLIANT, TD_USER_INVALID };

/* The class of a whole user id; localpart and server name by the out-parameters (may be NULL)
 * unless invalid. */
enum td_user_class td_user_id_parse(td_slice id, td_slice *ret_localpart, td_slice *ret_server);
bool td_server_name_ok(td_slice name);
bool td_localpart_ok(td_slice localpart); /* may be created here: a-z 0-9 . _ = - / +, not empty */
bool td_device_id_ok(td_slice id);        /* 1..255 bytes, no control characters, not "*" */
bool td_event_type_ok(td_slice type);     /* 1..255 bytes */
bool td_opaque_id_ok(td_slice id);
bool td_namespaced_id_ok(td_slice id);
bool td_registration_token_ok(td_slice token);
bool td_edu_message_id_ok(td_slice id); /* at most 32 code points, not empty */
bool td_key_id_ok(td_slice id);         /* "algorithm:identifier" */
