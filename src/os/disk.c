#include "os/disk.h"

td_disk *td_disk_free(td_disk *d)
{
    if (d != NULL)
        d->ops->free(d);
    return NULL;
}

int td_disk_lock(td_disk *d, td_error *err)
{
    return d->ops->lock(d, err);
}

int td_file_open(td_disk *d, const char *name, enum td_open_mode mode, td_file **ret, td_error *err)
{
    return d->ops->open(d, name, mode, ret, err);
}

td_file *td_file_close(td_file *f)
{
    if (f != NULL)
        f->ops->close(f);
    return NULL;
}

int td_file_size(td_file *f, uint64_t *ret_bytes, td_error *err)
{
    return f->ops->size(f, ret_bytes, err);
}

int td_file_read(td_file *f, uint64_t offset, void *dst, size_t len, bool nowait, td_error *err)
{
    return f->ops->read(f, offset, dst, len, nowait, err);
}

int td_file_write(td_file *f, uint64_t offset, const void *src, size_t len, td_error *err)
{
    return f->ops->write(f, offset, src, len, err);
}

int td_file_allocate(td_file *f, uint64_t size, td_error *err)
{
    return f->ops->allocate(f, size, err);
}

int td_file_sync(td_file *f, td_error *err)
{
    return f->ops->sync(f, err);
}

int td_disk_rename(td_disk *d, const char *from, const char *to, td_error *err)
{
    return d->ops->rename(d, from, to, err);
}

int td_disk_remove(td_disk *d, const char *name, td_error *err)
{
    return d->ops->remove(d, name, err);
}

int td_disk_sync_names(td_disk *d, td_error *err)
{
    return d->ops->sync_names(d, err);
}

int td_disk_list(td_disk *d, int (*each)(void *ctx, const char *name, uint64_t size), void *ctx,
                 td_error *err)
{
    return d->ops->list(d, each, ctx, err);
}

int td_disk_free_bytes(td_disk *d, uint64_t *ret_free, uint64_t *ret_total, td_error *err)
{
    return d->ops->free_bytes(d, ret_free, ret_total, err);
}
