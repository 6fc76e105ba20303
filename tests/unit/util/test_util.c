#include "util/arena.h"
#include "util/buf.h"
#include "util/crc32c.h"
#include "util/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

static void test_a_buffer_grows_and_keeps_what_was_written(void **state)
{
    td_buf b = { 0 };

    (void)state;
    for (int i = 0; i < 1000; i++)
        td_buf_put_u64(&b, (unsigned)i);
    td_buf_printf(&b, "-%s-%d", "end", 7);
    assert_true(td_buf_ok(&b));
    assert_int_equal(b.len, 10 + 90 * 2 + 900 * 3 + 6);
    assert_memory_equal(b.ptr, "0123456789101112", 16);
    assert_memory_equal(b.ptr + b.len - 6, "-end-7", 6);
    td_buf_free(&b);
    assert_null(b.ptr);
}

static void test_a_buffer_asked_for_too_much_is_failed_until_freed(void **state)
{
    td_buf b = { 0 };

    (void)state;
    td_buf_puts(&b, "x");
    assert_null(td_buf_room(&b, SIZE_MAX - 10));
    assert_false(td_buf_ok(&b));
    td_buf_puts(&b, "y");
    assert_int_equal(b.len, 1);
    td_buf_free(&b);
    assert_true(td_buf_ok(&b));
}

static void test_an_arena_gives_aligned_memory_that_does_not_overlap(void **state)
{
    td_arena a = { 0 };
    char *last = NULL;

    (void)state;
    for (size_t n = 1; n < 3000; n += 7) {
        char *p = td_arena_alloc(&a, n);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 16, 0);
        memset(p, (int)n, n);
        if (last != NULL)
            assert_int_equal((unsigned char)last[0], (unsigned char)(n - 7));
        last = p;
    }
    assert_null(td_arena_calloc(&a, SIZE_MAX / 2, 4));
    td_arena_free(&a);
}

static void test_crc32c_gives_the_known_value_by_both_ways_at_every_length(void **state)
{
    uint8_t bytes[300];

    (void)state;
    assert_int_equal(td_crc32c(0, "123456789", 9), 0xE3069283u);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 31 + 7);
    for (size_t n = 0; n <= sizeof bytes; n++) {
        assert_int_equal(td_crc32c(5, bytes, n), td_crc32c_portable(5, bytes, n));
        assert_int_equal(td_crc32c(td_crc32c(9, bytes, n / 3), bytes + n / 3, n - n / 3),
                         td_crc32c(9, bytes, n));
    }
}

static void test_a_failure_fills_the_error_once_and_returns_its_code(void **state)
{
    td_error err = { 0 };

    (void)state;
    assert_int_equal(td_fail(&err, TD_EIO, "file %s", "x"), TD_EIO);
    assert_string_equal(err.msg, "file x");
    assert_string_equal(td_error_name(err.code), "TD_EIO");
    assert_int_equal(td_fail(NULL, TD_ENOMEM, "nobody listens"), TD_ENOMEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_buffer_grows_and_keeps_what_was_written),
        cmocka_unit_test(test_a_buffer_asked_for_too_much_is_failed_until_freed),
        cmocka_unit_test(test_an_arena_gives_aligned_memory_that_does_not_overlap),
        cmocka_unit_test(test_crc32c_gives_the_known_value_by_both_ways_at_every_length),
        cmocka_unit_test(test_a_failure_fills_the_error_once_and_returns_its_code),
    };
    return cmocka_run_group_tests_name("util", tests, NULL, NULL);
}
