#include "os/disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

static const char lock_name[] = "lock";

struct real_disk {
    td_disk base;
    int dir;     /* descriptor of the directory */
    int lock_fd; /* -1: not locked */
};

struct real_file {
    td_file base;
    int fd;
    char name[TD_DISK_NAME_MAX + 1]; /* for messages */
};

static struct real_disk *disk_of(td_disk *d)
{
    return (struct real_disk *)d;
}

static struct real_file *file_of(td_file *f)
{
    return (struct real_file *)f;
}

static int fail_errno(td_error *err, const char *what, const char *name)
{
    int code = TD_EIO;

    if (errno == ENOENT)
        code = TD_ENOTFOUND;
    else if (errno == EEXIST)
        code = TD_EEXIST;
    else if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)
        code = TD_EFULL;
    return td_fail(err, code, "%s %s: %s", what, name, strerror(errno));
}

static int real_open(td_disk *d, const char *name, enum td_open_mode mode, td_file **ret,
                     td_error *err)
{
    int flags = mode == TD_OPEN_READ ? O_RDONLY : O_RDWR;
    struct real_file *f;

    if (strlen(name) > TD_DISK_NAME_MAX || strchr(name, '/') != NULL)
        return td_fail(err, TD_EINVAL, "file name %.80s: too long, or with a slash", name);
    f = calloc(1, sizeof *f);
    if (f == NULL)
        return td_fail(err, TD_ENOMEM, "open %s: no memory", name);
    if (mode == TD_OPEN_NEW)
        flags |= O_CREAT | O_EXCL;
    f->base.ops = d->ops;
    snprintf(f->name, sizeof f->name, "%s", name);
    f->fd = openat(disk_of(d)->dir, name, flags | O_CLOEXEC, 0600);
    if (f->fd < 0) {
        free(f);
        return fail_errno(err, "open", name);
    }
    *ret = &f->base;
    return 0;
}

static void real_close(td_file *base)
{
    close(file_of(base)->fd);
    free(base);
}

static int real_size(td_file *base, uint64_t *ret_bytes, td_error *err)
{
    struct stat st;

    if (fstat(file_of(base)->fd, &st) < 0)
        return fail_errno(err, "stat", file_of(base)->name);
    *ret_bytes = (uint64_t)st.st_size;
    return 0;
}

static int real_read(td_file *base, uint64_t offset, void *dst, size_t len, bool nowait,
                     td_error *err)
{
    struct real_file *f = file_of(base);
    char *p = dst;

    while (len > 0) {
        struct iovec part = { p, len };
        ssize_t n = preadv2(f->fd, &part, 1, (off_t)offset, nowait ? RWF_NOWAIT : 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && nowait && errno == EAGAIN)
            return TD_FILE_COLD;
        if (n < 0 && nowait && (errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL)) {
            nowait = false; /* this file system cannot tell */
            continue;
        }
        if (n < 0)
            return fail_errno(err, "read", f->name);
        if (n == 0)
            return td_fail(err, TD_ECORRUPT, "read %s: ends at %llu, %zu bytes too early", f->name,
                           (unsigned long long)offset, len);
        p += n;
        offset += (uint64_t)n;
        len -= (size_t)n;
    }
    return 0;
}

static int real_write(td_file *base, uint64_t offset, const void *src, size_t len, td_error *err)
{
    struct real_file *f = file_of(base);
    const char *p = src;

    while (len > 0) {
        ssize_t n = pwrite(f->fd, p, len, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return fail_errno(err, "write", f->name);
        p += n;
        offset += (uint64_t)n;
        len -= (size_t)n;
    }
    return 0;
}

static int real_allocate(td_file *base, uint64_t size, td_error *err)
{
    static const char zeros[256 << 10];
    uint64_t at;
    int r = real_size(base, &at, err);

    if (r < 0)
        return r;
    if (at > size && ftruncate(file_of(base)->fd, (off_t)size) < 0)
        return fail_errno(err, "truncate", file_of(base)->name);
    /* Really written, not only reserved: a sync of an unwritten extent has to change the file
     * system's own records. */
    for (; at < size; at += sizeof zeros) {
        uint64_t rest = size - at;
        r = real_write(base, at, zeros, rest < sizeof zeros ? (size_t)rest : sizeof zeros, err);
        if (r < 0)
            return r;
    }
    return 0;
}

static int real_sync(td_file *base, td_error *err)
{
    if (fdatasync(file_of(base)->fd) < 0) {
        fail_errno(err, "sync", file_of(base)->name);
        return TD_EIO;
    }
    return 0;
}

static int real_rename(td_disk *d, const char *from, const char *to, td_error *err)
{
    int dir = disk_of(d)->dir;

    return renameat(dir, from, dir, to) < 0 ? fail_errno(err, "rename", from) : 0;
}

static int real_remove(td_disk *d, const char *name, td_error *err)
{
    return unlinkat(disk_of(d)->dir, name, 0) < 0 ? fail_errno(err, "remove", name) : 0;
}

static int real_sync_names(td_disk *d, td_error *err)
{
    return fsync(disk_of(d)->dir) < 0 ? fail_errno(err, "sync", "the directory") : 0;
}

static int real_list(td_disk *d, int (*each)(void *ctx, const char *name, uint64_t size), void *ctx,
                     td_error *err)
{
    int fd = openat(disk_of(d)->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 0;
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *e;
    struct stat st;

    if (dir == NULL) {
        r = fail_errno(err, "list", "the directory");
        if (fd >= 0)
            close(fd);
        return r;
    }
    while (r == 0 && (e = readdir(dir)) != NULL)
        if (fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode))
            r = each(ctx, e->d_name, (uint64_t)st.st_size);
    closedir(dir);
    return r;
}

static int real_free_bytes(td_disk *d, uint64_t *ret_free, uint64_t *ret_total, td_error *err)
{
    struct statvfs v;

    if (fstatvfs(disk_of(d)->dir, &v) < 0)
        return fail_errno(err, "ask the free space of", "the directory");
    *ret_free = (uint64_t)v.f_bavail * v.f_frsize;
    *ret_total = (uint64_t)v.f_blocks * v.f_frsize;
    return 0;
}

static int real_lock(td_disk *base, td_error *err)
{
    struct real_disk *d = disk_of(base);
    int fd = openat(d->dir, lock_name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    char pid[24] = "";
    ssize_t n;

    if (fd < 0)
        return fail_errno(err, "open", lock_name);
    if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        n = pread(fd, pid, sizeof pid - 1, 0);
        if (n > 0 && pid[n - 1] == '\n')
            pid[n - 1] = '\0';
        close(fd);
        return td_fail(err, TD_EBUSY, "the directory is in use by another process (%s)",
                       pid[0] == '\0' ? "pid not known" : pid);
    }
    /* The pid is only for the message above; the lock is the kernel's and ends with the process. */
    n = snprintf(pid, sizeof pid, "pid %ld\n", (long)getpid());
    if (ftruncate(fd, 0) < 0 || pwrite(fd, pid, (size_t)n, 0) != n) {
        close(fd);
        return fail_errno(err, "write", lock_name);
    }
    d->lock_fd = fd;
    return 0;
}

static void real_free(td_disk *base)
{
    struct real_disk *d = disk_of(base);

    if (d->lock_fd >= 0)
        close(d->lock_fd);
    close(d->dir);
    free(d);
}

static const struct td_disk_ops real_ops = {
    .open = real_open,
    .close = real_close,
    .size = real_size,
    .read = real_read,
    .write = real_write,
    .allocate = real_allocate,
    .sync = real_sync,
    .rename = real_rename,
    .remove = real_remove,
    .sync_names = real_sync_names,
    .list = real_list,
    .free_bytes = real_free_bytes,
    .lock = real_lock,
    .free = real_free,
};

/* A directory that was just made must itself survive a power cut. */
static int sync_parent(const char *path, td_error *err)
{
    char parent[4096];
    char *slash;
    int fd, r = 0;

    snprintf(parent, sizeof parent, "%s", path);
    slash = strrchr(parent, '/');
    if (slash == NULL)
        snprintf(parent, sizeof parent, ".");
    else
        slash[slash == parent ? 1 : 0] = '\0';
    fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fail_errno(err, "open", parent);
    if (fsync(fd) < 0)
        r = fail_errno(err, "sync", parent);
    close(fd);
    return r;
}

int td_disk_open_dir(const char *path, bool make, td_disk **ret, td_error *err)
{
    struct real_disk *d;
    int r;

    if (make && mkdir(path, 0700) == 0) {
        r = sync_parent(path, err);
        if (r < 0)
            return r;
    } else if (make && errno != EEXIST) {
        return fail_errno(err, "make the directory", path);
    }
    d = calloc(1, sizeof *d);
    if (d == NULL)
        return td_fail(err, TD_ENOMEM, "open %s: no memory", path);
    d->base.ops = &real_ops;
    d->lock_fd = -1;
    d->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (d->dir < 0) {
        free(d);
        return fail_errno(err, "open the directory", path);
    }
    *ret = &d->base;
    return 0;
}
