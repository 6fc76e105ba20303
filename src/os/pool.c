#include "os/pool.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct job {
    void (*fn)(void *arg);
    void *arg;
};

struct td_pool {
    pthread_mutex_t lock;
    pthread_cond_t work; /* a job was queued, or the end began */
    struct job *ring;    /* owned, queue_max of them */
    size_t queue_max, first, count;
    bool ending;
    pthread_t *threads; /* owned */
    size_t threads_n;   /* of them running */
};

static void *worker(void *arg)
{
    td_pool *p = arg;
    struct job j;

    pthread_mutex_lock(&p->lock);
    for (;;) {
        while (p->count == 0 && !p->ending)
            pthread_cond_wait(&p->work, &p->lock);
        if (p->count == 0)
            break;
        j = p->ring[p->first];
        p->first = (p->first + 1) % p->queue_max;
        p->count--;
        pthread_mutex_unlock(&p->lock);
        j.fn(j.arg);
        pthread_mutex_lock(&p->lock);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

int td_pool_new(size_t threads, size_t queue_max, td_pool **ret, td_error *err)
{
    td_pool *p;
    int r;

    if (threads < 1 || threads > 1024 || queue_max < 1)
        return td_fail(err, TD_EINVAL, "pool: %zu threads, a queue of %zu", threads, queue_max);
    p = calloc(1, sizeof *p);
    if (p == NULL)
        return td_fail(err, TD_ENOMEM, "pool: no memory");
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->work, NULL);
    p->queue_max = queue_max;
    p->ring = calloc(queue_max, sizeof *p->ring);
    p->threads = calloc(threads, sizeof *p->threads);
    if (p->ring == NULL || p->threads == NULL) {
        td_pool_free(p);
        return td_fail(err, TD_ENOMEM, "pool: no memory for a queue of %zu", queue_max);
    }
    for (; p->threads_n < threads; p->threads_n++) {
        r = pthread_create(&p->threads[p->threads_n], NULL, worker, p);
        if (r != 0) {
            td_pool_free(p);
            return td_fail(err, TD_EIO, "pool: cannot start a thread: %s", strerror(r));
        }
    }
    *ret = p;
    return 0;
}

int td_pool_run(td_pool *p, void (*fn)(void *arg), void *arg, td_error *err)
{
    int r = 0;

    pthread_mutex_lock(&p->lock);
    if (p->count == p->queue_max) {
        r = td_fail(err, TD_ELIMIT, "pool: %zu jobs wait already", p->count);
    } else {
        p->ring[(p->first + p->count++) % p->queue_max] = (struct job){ fn, arg };
        pthread_cond_signal(&p->work);
    }
    pthread_mutex_unlock(&p->lock);
    return r;
}

td_pool *td_pool_free(td_pool *p)
{
    if (p == NULL)
        return NULL;
    pthread_mutex_lock(&p->lock);
    p->ending = true;
    pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->lock);
    for (size_t i = 0; i < p->threads_n; i++)
        pthread_join(p->threads[i], NULL);
    pthread_cond_destroy(&p->work);
    pthread_mutex_destroy(&p->lock);
    free(p->ring);
    free(p->threads);
    free(p);
    return NULL;
}
