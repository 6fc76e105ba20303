#include "os/sim_disk.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILES_MAX = 4096, SECTOR = TD_SIM_SECTOR };

/* The bytes of a file, apart from its names: as with a real file system, a name is one thing and an
 * inode another. */
struct inode {
    uint8_t *cache;   /* what reads give */
    uint8_t *platter; /* what a power cut leaves at least */
    uint8_t *dirty;   /* one a sector: cache and platter may differ and a sync would write it */
    uint64_t size;    /* of cache */
    uint64_t platter_size; /* bytes that a power cut keeps at least */
    uint64_t capacity;     /* bytes allocated in each, a multiple of SECTOR */
    size_t refs;           /* names and open handles */
};

struct name {
    char name[TD_DISK_NAME_MAX + 1];
    struct inode *inode; /* counted */
};

/* One picture of the directory. */
struct names {
    struct name *at; /* owned */
    size_t n;
};

struct sim_disk {
    td_disk base;
    uint64_t random;
    uint64_t capacity;  /* bytes of all files; 0: no bound */
    uint64_t life;      /* raised by each crash: handles of an earlier life are dead */
    struct names cache; /* what open and list see */
    struct names platter;
    long changes, cut_at, fail_write, fail_sync;
    bool cut;      /* the power failed: nothing works until td_sim_disk_power_cut() */
    unsigned cold; /* percent */
    bool locked;
};

struct sim_file {
    td_file base;
    struct sim_disk *disk;
    struct inode *inode; /* counted */
    uint64_t life;
    bool writable;
};

static struct sim_disk *disk_of(const td_disk *d)
{
    return (struct sim_disk *)d;
}

static uint64_t roll(struct sim_disk *d)
{
    d->random ^= d->random << 13;
    d->random ^= d->random >> 7;
    d->random ^= d->random << 17;
    return d->random;
}

static void *checked(void *p)
{
    if (p == NULL)
        abort(); /* a test tool: without memory there is nothing to test */
    return p;
}

static void inode_unref(struct inode *f)
{
    if (f == NULL || --f->refs > 0)
        return;
    free(f->cache);
    free(f->platter);
    free(f->dirty);
    free(f);
}

static void inode_grow(struct inode *f, uint64_t size)
{
    uint64_t capacity = f->capacity == 0 ? SECTOR : f->capacity;

    while (capacity < size)
        capacity *= 2;
    if (capacity == f->capacity)
        return;
    f->cache = checked(realloc(f->cache, capacity));
    f->platter = checked(realloc(f->platter, capacity));
    f->dirty = checked(realloc(f->dirty, capacity / SECTOR));
    memset(f->cache + f->capacity, 0, capacity - f->capacity);
    memset(f->platter + f->capacity, 0, capacity - f->capacity);
    memset(f->dirty + f->capacity / SECTOR, 0, (capacity - f->capacity) / SECTOR);
    f->capacity = capacity;
}

static struct name *find(struct names *in, const char *name)
{
    for (size_t i = 0; i < in->n; i++)
        if (strcmp(in->at[i].name, name) == 0)
            return &in->at[i];
    return NULL;
}

/* Puts inode (NULL: nothing) under name, in place of what was there. */
static void set_name(struct names *in, const char *name, struct inode *inode)
{
    struct name *e = find(in, name);

    if (inode != NULL)
        inode->refs++;
    if (e != NULL && inode != NULL) {
        inode_unref(e->inode);
        e->inode = inode;
    } else if (e != NULL) {
        inode_unref(e->inode);
        *e = in->at[--in->n];
    } else if (inode != NULL) {
        assert(in->n < FILES_MAX);
        in->at = checked(realloc(in->at, (in->n + 1) * sizeof *in->at));
        e = &in->at[in->n++];
        snprintf(e->name, sizeof e->name, "%s", name);
        e->inode = inode;
    }
}

static void names_copy(struct names *to, const struct names *from)
{
    while (to->n > 0)
        set_name(to, to->at[0].name, NULL);
    for (size_t i = 0; i < from->n; i++)
        set_name(to, from->at[i].name, from->at[i].inode);
}

static int no_power(td_error *err)
{
    return td_fail(err, TD_EIO, "simulated disk: no power");
}

/* Counts an operation that changes something. True: the power fails in the middle of it. */
static bool change(struct sim_disk *d)
{
    d->changes++;
    if (d->cut_at == 0 || --d->cut_at > 0)
        return false;
    d->cut = true;
    return true;
}

static bool counted_down(long *nth)
{
    return *nth > 0 && --*nth == 0;
}

static int usable(const struct sim_file *f, td_error *err)
{
    if (f->disk->cut)
        return no_power(err);
    if (f->life != f->disk->life)
        return td_fail(err, TD_EIO, "simulated disk: this handle is of an earlier life");
    return 0;
}

static int sim_open(td_disk *base, const char *name, enum td_open_mode mode, td_file **ret,
                    td_error *err)
{
    struct sim_disk *d = disk_of(base);
    struct name *e;
    struct sim_file *f;
    bool cut = false;

    if (d->cut)
        return no_power(err);
    if (strlen(name) > TD_DISK_NAME_MAX || strchr(name, '/') != NULL)
        return td_fail(err, TD_EINVAL, "file name %.80s: too long, or with a slash", name);
    e = find(&d->cache, name);
    if (mode == TD_OPEN_NEW) {
        if (e != NULL)
            return td_fail(err, TD_EEXIST, "open %s: it is there already", name);
        cut = change(d);
        set_name(&d->cache, name, checked(calloc(1, sizeof(struct inode))));
        e = find(&d->cache, name);
    }
    if (cut)
        return no_power(err);
    if (e == NULL)
        return td_fail(err, TD_ENOTFOUND, "open %s: no such file", name);
    f = checked(calloc(1, sizeof *f));
    *f = (struct sim_file){ { base->ops }, d, e->inode, d->life, mode != TD_OPEN_READ };
    f->inode->refs++;
    *ret = &f->base;
    return 0;
}

static void sim_close(td_file *base)
{
    inode_unref(((struct sim_file *)base)->inode);
    free(base);
}

static int sim_size(td_file *base, uint64_t *ret_bytes, td_error *err)
{
    struct sim_file *f = (struct sim_file *)base;
    int r = usable(f, err);

    if (r == 0)
        *ret_bytes = f->inode->size;
    return r;
}

static int sim_read(td_file *base, uint64_t offset, void *dst, size_t len, bool nowait,
                    td_error *err)
{
    struct sim_file *f = (struct sim_file *)base;
    int r = usable(f, err);

    if (r < 0)
        return r;
    if (offset > f->inode->size || len > f->inode->size - offset)
        return td_fail(err, TD_ECORRUPT, "read: the file ends before %llu",
                       (unsigned long long)(offset + len));
    if (nowait && f->disk->cold > 0 && roll(f->disk) % 100 < f->disk->cold)
        return TD_FILE_COLD;
    memcpy(dst, f->inode->cache + offset, len);
    return 0;
}

static uint64_t used_bytes(const struct sim_disk *d)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < d->cache.n; i++)
        sum += d->cache.at[i].inode->size;
    return sum;
}

static void put_bytes(struct inode *f, uint64_t offset, const uint8_t *src, size_t len)
{
    if (len == 0)
        return;
    inode_grow(f, offset + len);
    memcpy(f->cache + offset, src, len);
    for (uint64_t s = offset / SECTOR; s <= (offset + len - 1) / SECTOR; s++)
        f->dirty[s] = 1;
    if (f->size < offset + len)
        f->size = offset + len;
}

static int sim_write(td_file *base, uint64_t offset, const void *src, size_t len, td_error *err)
{
    struct sim_file *f = (struct sim_file *)base;
    struct sim_disk *d = f->disk;
    int r = usable(f, err);
    uint64_t growth;

    if (r < 0)
        return r;
    assert(f->writable);
    growth = offset + len > f->inode->size ? offset + len - f->inode->size : 0;
    if (change(d)) {
        put_bytes(f->inode, offset, src, roll(d) % (len + 1));
        return no_power(err);
    }
    if (counted_down(&d->fail_write)) {
        put_bytes(f->inode, offset, src, roll(d) % (len + 1));
        return td_fail(err, TD_EIO, "write: simulated failure");
    }
    if (growth > 0 && d->capacity > 0 && used_bytes(d) + growth > d->capacity) {
        put_bytes(f->inode, offset, src, len - growth > len ? 0 : len - growth);
        return td_fail(err, TD_EFULL, "write: the simulated disk is full");
    }
    put_bytes(f->inode, offset, src, len);
    return 0;
}

static int sim_allocate(td_file *base, uint64_t size, td_error *err)
{
    struct sim_file *f = (struct sim_file *)base;
    uint64_t have = f->inode->size;
    uint8_t *zeros;
    int r;

    if (size <= have)
        return 0;
    zeros = checked(calloc(1, size - have));
    r = sim_write(base, have, zeros, size - have, err);
    free(zeros);
    return r;
}

/* Brings sector s of f to the platter. */
static void settle(struct inode *f, uint64_t s)
{
    memcpy(f->platter + s * SECTOR, f->cache + s * SECTOR, SECTOR);
    if (f->platter_size < f->size && (s + 1) * SECTOR > f->platter_size)
        f->platter_size = (s + 1) * SECTOR < f->size ? (s + 1) * SECTOR : f->size;
}

/* Each dirty sector settles with chance percent; all are clean afterwards. */
static void settle_some(struct sim_disk *d, struct inode *f, unsigned percent)
{
    for (uint64_t s = 0; s * SECTOR < f->capacity; s++) {
        if (f->dirty[s] && roll(d) % 100 < percent)
            settle(f, s);
        f->dirty[s] = 0;
    }
}

static int sim_sync(td_file *base, td_error *err)
{
    struct sim_file *f = (struct sim_file *)base;
    struct sim_disk *d = f->disk;
    int r = usable(f, err);

    if (r < 0)
        return r;
    if (change(d))
        return no_power(err); /* what of it reached the platter is decided by the cut */
    if (counted_down(&d->fail_sync)) {
        settle_some(d, f->inode, (unsigned)(roll(d) % 101));
        return td_fail(err, TD_EIO, "sync: simulated failure");
    }
    settle_some(d, f->inode, 100);
    f->inode->platter_size = f->inode->size;
    return 0;
}

static int sim_rename(td_disk *base, const char *from, const char *to, td_error *err)
{
    struct sim_disk *d = disk_of(base);
    struct name *e = find(&d->cache, from);
    struct inode *inode;
    bool cut;

    if (d->cut)
        return no_power(err);
    if (e == NULL)
        return td_fail(err, TD_ENOTFOUND, "rename %s: no such file", from);
    cut = change(d);
    inode = e->inode;
    inode->refs++;
    set_name(&d->cache, from, NULL);
    set_name(&d->cache, to, inode);
    inode_unref(inode);
    return cut ? no_power(err) : 0;
}

static int sim_remove(td_disk *base, const char *name, td_error *err)
{
    struct sim_disk *d = disk_of(base);
    bool cut;

    if (d->cut)
        return no_power(err);
    if (find(&d->cache, name) == NULL)
        return td_fail(err, TD_ENOTFOUND, "remove %s: no such file", name);
    cut = change(d);
    set_name(&d->cache, name, NULL);
    return cut ? no_power(err) : 0;
}

static int sim_sync_names(td_disk *base, td_error *err)
{
    struct sim_disk *d = disk_of(base);

    if (d->cut)
        return no_power(err);
    if (change(d))
        return no_power(err);
    if (counted_down(&d->fail_sync))
        return td_fail(err, TD_EIO, "sync of the directory: simulated failure");
    names_copy(&d->platter, &d->cache);
    return 0;
}

static int sim_list(td_disk *base, int (*each)(void *ctx, const char *name, uint64_t size),
                    void *ctx, td_error *err)
{
    struct sim_disk *d = disk_of(base);
    int r = 0;

    if (d->cut)
        return no_power(err);
    for (size_t i = 0; r == 0 && i < d->cache.n; i++)
        r = each(ctx, d->cache.at[i].name, d->cache.at[i].inode->size);
    return r;
}

static int sim_free_bytes(td_disk *base, uint64_t *ret_free, uint64_t *ret_total, td_error *err)
{
    struct sim_disk *d = disk_of(base);
    uint64_t used = used_bytes(d);

    if (d->cut)
        return no_power(err);
    *ret_total = d->capacity > 0 ? d->capacity : UINT64_MAX / 2;
    *ret_free = used < *ret_total ? *ret_total - used : 0;
    return 0;
}

static int sim_lock(td_disk *base, td_error *err)
{
    struct sim_disk *d = disk_of(base);

    if (d->locked)
        return td_fail(err, TD_EBUSY, "the directory is in use");
    d->locked = true;
    return 0;
}

static void sim_free(td_disk *base)
{
    struct sim_disk *d = disk_of(base);
    static const struct names none = { NULL, 0 };

    names_copy(&d->cache, &none);
    names_copy(&d->platter, &none);
    free(d->cache.at);
    free(d->platter.at);
    free(d);
}

static const struct td_disk_ops sim_ops = {
    .open = sim_open,
    .close = sim_close,
    .size = sim_size,
    .read = sim_read,
    .write = sim_write,
    .allocate = sim_allocate,
    .sync = sim_sync,
    .rename = sim_rename,
    .remove = sim_remove,
    .sync_names = sim_sync_names,
    .list = sim_list,
    .free_bytes = sim_free_bytes,
    .lock = sim_lock,
    .free = sim_free,
};

int td_sim_disk_new(uint64_t seed, uint64_t capacity, td_disk **ret, td_error *err)
{
    struct sim_disk *d = calloc(1, sizeof *d);

    if (d == NULL)
        return td_fail(err, TD_ENOMEM, "simulated disk: no memory");
    d->base.ops = &sim_ops;
    d->capacity = capacity;
    td_sim_disk_reseed(&d->base, seed);
    *ret = &d->base;
    return 0;
}

void td_sim_disk_reseed(td_disk *base, uint64_t seed)
{
    disk_of(base)->random = seed * 0x9E3779B97F4A7C15u + 1;
}

/* A machine that comes back: cache and platter are one, nothing is open or locked. */
static void begin_life(struct sim_disk *d)
{
    d->life++;
    d->locked = false;
    d->cut = false;
    d->cut_at = d->fail_write = d->fail_sync = 0;
}

/* Each name that differs between the two pictures is decided on its own. A rename touches two
 * names: the file stays under at least one of them, as on a journalling file system. */
static void cut_names(struct sim_disk *d)
{
    struct names kept = { NULL, 0 };

    names_copy(&kept, &d->platter);
    for (size_t i = 0; i < d->cache.n; i++) {
        const struct name *now = &d->cache.at[i], *then = find(&d->platter, now->name);
        if ((then == NULL || then->inode != now->inode) && roll(d) % 2 == 0)
            set_name(&kept, now->name, now->inode);
    }
    for (size_t i = 0; i < d->platter.n; i++) {
        const struct name *then = &d->platter.at[i];
        bool elsewhere = false;
        if (find(&d->cache, then->name) != NULL)
            continue;
        for (size_t k = 0; k < d->cache.n; k++) /* renamed? then only once the new name is kept */
            if (d->cache.at[k].inode == then->inode) {
                const struct name *e = find(&kept, d->cache.at[k].name);
                elsewhere = true;
                if (e != NULL && e->inode == then->inode)
                    set_name(&kept, then->name, NULL);
            }
        if (!elsewhere && roll(d) % 2 == 0)
            set_name(&kept, then->name, NULL);
    }
    names_copy(&d->cache, &kept);
    names_copy(&d->platter, &kept);
    while (kept.n > 0)
        set_name(&kept, kept.at[0].name, NULL);
    free(kept.at);
}

void td_sim_disk_power_cut(td_disk *base)
{
    struct sim_disk *d = disk_of(base);
    unsigned percent = (unsigned)(roll(d) % 101);

    cut_names(d);
    for (size_t i = 0; i < d->cache.n; i++) {
        struct inode *f = d->cache.at[i].inode;
        settle_some(d, f, percent);
        f->size = f->platter_size;
        memcpy(f->cache, f->platter, f->capacity);
        if (f->capacity > f->size) { /* behind the end are zeros, should the file grow again */
            memset(f->cache + f->size, 0, f->capacity - f->size);
            memset(f->platter + f->size, 0, f->capacity - f->size);
        }
    }
    begin_life(d);
}

void td_sim_disk_kill(td_disk *base)
{
    begin_life(disk_of(base));
}

void td_sim_disk_fail_write(td_disk *d, long nth)
{
    disk_of(d)->fail_write = nth;
}

void td_sim_disk_fail_sync(td_disk *d, long nth)
{
    disk_of(d)->fail_sync = nth;
}

void td_sim_disk_cut_at(td_disk *d, long nth)
{
    disk_of(d)->cut_at = nth;
}

bool td_sim_disk_was_cut(const td_disk *d)
{
    return disk_of(d)->cut;
}

long td_sim_disk_changes(const td_disk *d)
{
    return disk_of(d)->changes;
}

void td_sim_disk_cold(td_disk *d, unsigned percent)
{
    disk_of(d)->cold = percent;
}

void td_sim_disk_set_capacity(td_disk *d, uint64_t capacity)
{
    disk_of(d)->capacity = capacity;
}

int td_sim_disk_flip(td_disk *base, const char *name, uint64_t offset, unsigned bit, td_error *err)
{
    struct name *e = find(&disk_of(base)->cache, name);

    if (e == NULL)
        return td_fail(err, TD_ENOTFOUND, "flip %s: no such file", name);
    if (offset >= e->inode->size || bit > 7)
        return td_fail(err, TD_EINVAL, "flip %s: no such bit", name);
    e->inode->cache[offset] ^= (uint8_t)(1u << bit);
    e->inode->platter[offset] ^= (uint8_t)(1u << bit);
    return 0;
}

int td_sim_disk_snapshot(td_disk *base, td_disk **ret, td_error *err)
{
    struct sim_disk *d = disk_of(base);
    td_disk *copy = NULL;
    int r = td_sim_disk_new(d->random, d->capacity, &copy, err);

    if (r < 0)
        return r;
    for (size_t i = 0; i < d->platter.n; i++) {
        const struct inode *from = d->platter.at[i].inode;
        struct inode *f = checked(calloc(1, sizeof *f));
        if (from->platter_size > 0) {
            put_bytes(f, 0, from->platter, from->platter_size);
            memcpy(f->platter, f->cache, f->capacity);
            memset(f->dirty, 0, f->capacity / SECTOR);
        }
        f->platter_size = f->size;
        set_name(&disk_of(copy)->cache, d->platter.at[i].name, f);
    }
    names_copy(&disk_of(copy)->platter, &disk_of(copy)->cache);
    *ret = copy;
    return 0;
}
