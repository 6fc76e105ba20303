#pragma once

#include "util/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One directory of files, as a store sees the disk. Two kinds: real (a directory descriptor) and
 * simulated (src/os/sim_disk.h), which keeps what a power cut would keep. File names have no slash
 * and at most TD_DISK_NAME_MAX bytes. All calls may come from any thread; two writes to one range
 * at once are the caller's bug.
 *
 * Promise of the platform that stores build on: what td_file_write() wrote is on stable storage
 * once a later td_file_sync() of that file returned 0; names (created, renamed, removed) once
 * td_disk_sync_names() returned 0. After a failed sync nothing may be assumed of the bytes since
 * the last good one.
 */
typedef struct td_disk td_disk;
typedef struct td_file td_file;

enum { TD_DISK_NAME_MAX = 63 /* bytes */ };
enum { TD_FILE_COLD = 1 }; /* outcome of td_file_read(): would have to wait for the disk */

enum td_open_mode {
    TD_OPEN_READ,  /* must exist */
    TD_OPEN_WRITE, /* read and write; must exist */
    TD_OPEN_NEW,   /* read and write; made, must not exist */
};

/* What each kind of disk implements; callers use the functions below. */
struct td_disk_ops {
    int (*open)(td_disk *d, const char *name, enum td_open_mode mode, td_file **ret, td_error *err);
    void (*close)(td_file *f);
    int (*size)(td_file *f, uint64_t *ret_bytes, td_error *err);
    int (*read)(td_file *f, uint64_t offset, void *dst, size_t len, bool nowait, td_error *err);
    int (*write)(td_file *f, uint64_t offset, const void *src, size_t len, td_error *err);
    int (*allocate)(td_file *f, uint64_t size, td_error *err);
    int (*sync)(td_file *f, td_error *err);
    int (*rename)(td_disk *d, const char *from, const char *to, td_error *err);
    int (*remove)(td_disk *d, const char *name, td_error *err);
    int (*sync_names)(td_disk *d, td_error *err);
    int (*list)(td_disk *d, int (*each)(void *ctx, const char *name, uint64_t size), void *ctx,
                td_error *err);
    int (*free_bytes)(td_disk *d, uint64_t *ret_free, uint64_t *ret_total, td_error *err);
    int (*lock)(td_disk *d, td_error *err);
    void (*free)(td_disk *d);
};

struct td_disk {
    const struct td_disk_ops *ops;
};

struct td_file {
    const struct td_disk_ops *ops;
};

/* Opens the directory at path (made with mode 0700 when make is true and its parent exists). *ret
 * is the caller's. Errors: TD_ENOTFOUND, TD_EIO, TD_ENOMEM. */
int td_disk_open_dir(const char *path, bool make, td_disk **ret, td_error *err);

/* Closes d (files opened from it must be closed before; the lock goes with it); takes and returns
 * NULL. */
td_disk *td_disk_free(td_disk *d);

/* Takes the one writer's lock of this directory for the life of d. Errors: TD_EBUSY (another
 * process has it; the message says which pid where that is known), TD_EIO. */
int td_disk_lock(td_disk *d, td_error *err);

/* Errors: TD_ENOTFOUND, TD_EEXIST, TD_EIO, TD_ENOMEM. *ret is the caller's, to td_file_close(). */
int td_file_open(td_disk *d, const char *name, enum td_open_mode mode, td_file **ret,
                 td_error *err);
td_file *td_file_close(td_file *f); /* takes and returns NULL; syncs nothing */
int td_file_size(td_file *f, uint64_t *ret_bytes, td_error *err);

/* Reads exactly len bytes; fewer in the file is TD_ECORRUPT. With nowait, TD_FILE_COLD when the
 * bytes are not in memory (dst is then undefined); a file system that cannot tell is read as
 * without it. Errors: TD_EIO, TD_ECORRUPT. */
int td_file_read(td_file *f, uint64_t offset, void *dst, size_t len, bool nowait, td_error *err);

/* Writes all of len bytes at offset, growing the file where needed. Errors: TD_EIO, TD_EFULL (no
 * room; how much was written is then unknown). */
int td_file_write(td_file *f, uint64_t offset, const void *src, size_t len, td_error *err);

/* Makes the file size bytes long, its new part really written as zeros, so that later writes
 * allocate nothing. Errors: TD_EFULL, TD_EIO. */
int td_file_allocate(td_file *f, uint64_t size, td_error *err);

/* fdatasync(): see the promise above. Error: TD_EIO. */
int td_file_sync(td_file *f, td_error *err);

int td_disk_rename(td_disk *d, const char *from, const char *to, td_error *err); /* replaces `to` */
int td_disk_remove(td_disk *d, const char *name, td_error *err); /* TD_ENOTFOUND, TD_EIO */
int td_disk_sync_names(td_disk *d, td_error *err);

/* Calls each(ctx, name, size in bytes) for every file, in no order; stops and returns what `each`
 * returns when that is not 0. */
int td_disk_list(td_disk *d, int (*each)(void *ctx, const char *name, uint64_t size), void *ctx,
                 td_error *err);

/* Bytes that this user may still write, and the size of the file system. */
int td_disk_free_bytes(td_disk *d, uint64_t *ret_free, uint64_t *ret_total, td_error *err);
