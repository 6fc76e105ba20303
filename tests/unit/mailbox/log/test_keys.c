#include "mailbox/log/keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static int gone_early, gone_late;

static void count_gone(void *ctx, const td_key_slot *k, bool early)
{
    (void)ctx;
    (void)k;
    gone_early += early;
    gone_late += !early;
}

static bool known(td_keys *k, uint64_t hash, uint32_t offset)
{
    uint64_t it = 0;
    const td_key_slot *s;

    while ((s = td_keys_find(k, hash, &it)) != NULL)
        if (s->offset == offset)
            return true;
    return false;
}

static void test_an_owner_at_its_bound_loses_its_oldest(void **state)
{
    td_keys *k = NULL;

    (void)state;
    assert_int_equal(td_keys_new(0, 1, NULL, NULL, &k, NULL), TD_EINVAL);
    assert_int_equal(td_keys_new(100, 3, count_gone, NULL, &k, NULL), 0);
    gone_early = gone_late = 0;
    for (uint32_t i = 1; i <= 5; i++)
        assert_int_equal(td_keys_add(k, 7, i, 1, i, i, NULL), 0);
    assert_int_equal(td_keys_add(k, 8, 1, 1, 100, 1, NULL), 0);
    assert_false(known(k, 1, 1) || known(k, 2, 2));
    assert_true(known(k, 3, 3) && known(k, 5, 5) && known(k, 1, 100));
    assert_int_equal(gone_early, 2);
    td_keys_drop_owner(k, 7);
    td_keys_drop_owner(k, 7);
    assert_int_equal(gone_late, 3);
    assert_int_equal(td_keys_count(k), 1);
    td_keys_free(k);
}

static void test_at_the_bound_of_all_the_owner_with_the_most_loses(void **state)
{
    td_keys *k = NULL;

    (void)state;
    assert_int_equal(td_keys_new(10, 100, NULL, NULL, &k, NULL), 0);
    for (uint32_t i = 0; i < 8; i++)
        assert_int_equal(td_keys_add(k, 1, i, 1, i, i, NULL), 0);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(td_keys_add(k, 2, 50 + i, 1, 50 + i, i, NULL), 0);
    assert_false(known(k, 0, 0));
    assert_true(known(k, 1, 1) && known(k, 50, 50) && known(k, 52, 52));
    assert_int_equal(td_keys_count(k), 10);
    td_keys_free(k);
}

static void test_age_takes_only_what_is_old(void **state)
{
    td_keys *k = NULL;

    (void)state;
    assert_int_equal(td_keys_new(1000, 1000, NULL, NULL, &k, NULL), 0);
    for (uint32_t i = 0; i < 100; i++)
        assert_int_equal(td_keys_add(k, 1 + i % 7, i, 1, i, i, NULL), 0);
    td_keys_expire(k, 40, 7);
    for (uint32_t i = 0; i < 100; i++)
        assert_int_equal(known(k, i, i), i >= 40);
    td_keys_expire(k, 1000, 100);
    assert_int_equal(td_keys_count(k), 0);
    td_keys_free(k);
}

/* Many keys with few hashes, so that runs of the table are long, against a plain picture. */
static void test_random_operations_agree_with_a_plain_picture(void **state)
{
    enum { N = 4000, OWNERS = 20 };
    static uint64_t owner_of[N];
    td_keys *k = NULL;

    (void)state;
    srand(3);
    assert_int_equal(td_keys_new(N * 2, N * 2, NULL, NULL, &k, NULL), 0);
    for (uint32_t i = 0; i < N; i++) {
        uint64_t o = 1 + (uint64_t)rand() % OWNERS;
        if (rand() % 200 == 0) {
            td_keys_drop_owner(k, o);
            for (uint32_t j = 0; j < i; j++)
                owner_of[j] = owner_of[j] == o ? 0 : owner_of[j];
        }
        owner_of[i] = o;
        assert_int_equal(td_keys_add(k, o, i % 97, 1, i, 1, NULL), 0);
        for (int look = 0; look < 20; look++) {
            uint32_t j = (uint32_t)rand() % (i + 1);
            assert_int_equal(known(k, j % 97, j), owner_of[j] != 0);
        }
    }
    for (uint64_t it = 0, o = 0; it < UINT64_MAX;) {
        uint32_t slot = 0, last = 0;
        if (!td_keys_each_owner(k, &it, &o, &slot))
            break;
        for (; slot != 0; slot = td_keys_at(k, slot)->next) { /* by age */
            assert_int_equal(owner_of[td_keys_at(k, slot)->offset], o);
            assert_true(td_keys_at(k, slot)->offset >= last);
            last = td_keys_at(k, slot)->offset;
        }
    }
    td_keys_free(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_owner_at_its_bound_loses_its_oldest),
        cmocka_unit_test(test_at_the_bound_of_all_the_owner_with_the_most_loses),
        cmocka_unit_test(test_age_takes_only_what_is_old),
        cmocka_unit_test(test_random_operations_agree_with_a_plain_picture),
    };
    return cmocka_run_group_tests_name("log keys", tests, NULL, NULL);
}
