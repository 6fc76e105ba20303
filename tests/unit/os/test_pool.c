#include "os/clock.h"
#include "os/pool.h"
#include "os/random.h"
#include "os/wake.h"

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static _Atomic int started, done;

static void wait_at_the_gate(void *arg)
{
    (void)arg;
    started++;
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    done++;
}

static void test_a_full_queue_refuses_and_what_was_queued_is_finished(void **state)
{
    td_pool *p = NULL;
    td_error err = { 0 };

    (void)state;
    assert_int_equal(td_pool_new(0, 1, &p, NULL), TD_EINVAL);
    assert_int_equal(td_pool_new(1, 0, &p, NULL), TD_EINVAL);
    assert_int_equal(td_pool_new(1, 2, &p, NULL), 0);
    pthread_mutex_lock(&gate);
    assert_int_equal(td_pool_run(p, wait_at_the_gate, NULL, NULL), 0);
    while (started == 0) /* until the worker holds the first */
        sched_yield();
    assert_int_equal(td_pool_run(p, wait_at_the_gate, NULL, NULL), 0);
    assert_int_equal(td_pool_run(p, wait_at_the_gate, NULL, NULL), 0);
    assert_int_equal(td_pool_run(p, wait_at_the_gate, NULL, &err), TD_ELIMIT);
    pthread_mutex_unlock(&gate);
    assert_null(td_pool_free(p));
    assert_int_equal(done, 3);
}

static bool readable(const td_wake *w)
{
    struct pollfd f = { .fd = w->fd, .events = POLLIN };

    return poll(&f, 1, 0) == 1;
}

static void test_signals_are_merged_and_none_is_lost(void **state)
{
    td_wake w;

    (void)state;
    assert_int_equal(td_wake_init(&w, NULL), 0);
    assert_false(readable(&w));
    td_wake_signal(&w);
    td_wake_signal(&w);
    assert_true(readable(&w));
    td_wake_clear(&w);
    assert_false(readable(&w));
    td_wake_clear(&w); /* does not wait */
    td_wake_signal(&w);
    assert_true(readable(&w));
    td_wake_deinit(&w);
    assert_int_equal(w.fd, -1);
}

static void test_time_goes_forward_and_random_numbers_differ(void **state)
{
    int64_t before = td_clock_mono_ns();
    char a[600] = { 0 }, b[600] = { 0 };

    (void)state;
    td_random_bytes(a, sizeof a);
    td_random_bytes(b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
    assert_memory_not_equal(a + 500, b + 500, 100);
    assert_true(td_random_u64() != td_random_u64());
    assert_true(td_clock_mono_ns() >= before);
    assert_true(td_clock_wall_ms() > 1600000000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_full_queue_refuses_and_what_was_queued_is_finished),
        cmocka_unit_test(test_signals_are_merged_and_none_is_lost),
        cmocka_unit_test(test_time_goes_forward_and_random_numbers_differ),
    };
    return cmocka_run_group_tests_name("pool and wake-ups", tests, NULL, NULL);
}
