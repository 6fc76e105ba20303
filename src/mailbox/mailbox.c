#include "mailbox/mailbox.h"

#include <pthread.h>
#include <stdlib.h>

void td_page_reset(td_page *p)
{
    p->bytes.len = 0;
    p->entries_n = 0;
    p->mark = (td_mark){ 0 };
    p->more = false;
}

void td_page_deinit(td_page *p)
{
    td_buf_free(&p->bytes);
    free(p->entries);
    *p = (td_page){ 0 };
}

void td_store_submit(td_store *s, td_op *op)
{
    s->ops->submit(s, op);
}

struct waiter {
    pthread_mutex_t lock;
    pthread_cond_t cond;
    bool finished;
};

static void finish(td_op *op)
{
    struct waiter *w = op->ctx;

    pthread_mutex_lock(&w->lock);
    w->finished = true;
    pthread_cond_signal(&w->cond);
    pthread_mutex_unlock(&w->lock);
}

int td_store_run(td_store *s, td_op *op, td_error *err)
{
    struct waiter w = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false };

    op->done = finish;
    op->ctx = &w;
    s->ops->submit(s, op);
    pthread_mutex_lock(&w.lock);
    while (!w.finished)
        pthread_cond_wait(&w.cond, &w.lock);
    pthread_mutex_unlock(&w.lock);
    pthread_mutex_destroy(&w.lock);
    pthread_cond_destroy(&w.cond);
    if (op->result < 0 && err != NULL)
        *err = op->err;
    return op->result;
}

int td_store_read(td_store *s, const td_read *what, td_page *page, td_error *err)
{
    td_page_reset(page);
    return s->ops->read(s, what, page, err);
}

int td_store_judge(td_store *s, uint64_t mailbox, const td_mark *mark)
{
    return s->ops->judge(s, mailbox, mark);
}

bool td_store_watch(td_store *s, uint64_t mailbox, unsigned watcher)
{
    return s->ops->watch(s, mailbox, watcher);
}

int td_store_info(td_store *s, uint64_t mailbox, td_mailbox_info *ret, td_error *err)
{
    return s->ops->info(s, mailbox, ret, err);
}

size_t td_store_list(td_store *s, uint64_t *cursor, td_mailbox_info *ret, size_t ret_max)
{
    return s->ops->list(s, cursor, ret, ret_max);
}

void td_store_stats_get(td_store *s, td_store_stats *ret)
{
    s->ops->stats(s, ret);
}

int64_t td_store_now_ms(td_store *s)
{
    return s->ops->now_ms(s);
}

td_store *td_store_close(td_store *s)
{
    if (s != NULL)
        s->ops->close(s);
    return NULL;
}
