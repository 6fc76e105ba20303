#include "os/disk.h"
#include "os/sim_disk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

/* What holds for both kinds of disk. */
static int count_file(void *ctx, const char *name, uint64_t size)
{
    if (strcmp(name, "b") == 0 && size == 10)
        ++*(int *)ctx;
    return 0;
}

static void both_kinds(td_disk *d)
{
    td_file *f = NULL, *g = NULL;
    uint64_t n = 0, total = 0;
    char got[10];
    int seen = 0;

    assert_int_equal(td_file_open(d, "a", TD_OPEN_READ, &f, NULL), TD_ENOTFOUND);
    assert_int_equal(td_file_open(d, "x/y", TD_OPEN_NEW, &f, NULL), TD_EINVAL);
    assert_int_equal(td_file_open(d, "a", TD_OPEN_NEW, &f, NULL), 0);
    assert_int_equal(td_file_open(d, "a", TD_OPEN_NEW, &g, NULL), TD_EEXIST);
    assert_int_equal(td_file_write(f, 4, "456789", 6, NULL), 0);
    assert_int_equal(td_file_write(f, 0, "0123", 4, NULL), 0);
    assert_int_equal(td_file_sync(f, NULL), 0);
    assert_int_equal(td_disk_rename(d, "a", "b", NULL), 0);
    assert_int_equal(td_disk_sync_names(d, NULL), 0);
    assert_int_equal(td_file_open(d, "b", TD_OPEN_WRITE, &g, NULL), 0);
    assert_int_equal(td_file_read(g, 0, got, 10, false, NULL), 0);
    assert_memory_equal(got, "0123456789", 10);
    assert_int_equal(td_file_read(g, 3, got, 4, true, NULL), 0); /* just written: in memory */
    assert_int_equal(td_file_read(g, 5, got, 6, false, NULL), TD_ECORRUPT);
    assert_int_equal(td_disk_list(d, count_file, &seen, NULL), 0);
    assert_int_equal(seen, 1);
    assert_int_equal(td_file_allocate(g, 70000, NULL), 0);
    assert_int_equal(td_file_size(f, &n, NULL), 0);
    assert_int_equal(n, 70000);
    assert_int_equal(td_disk_free_bytes(d, &n, &total, NULL), 0);
    assert_true(n <= total);
    assert_int_equal(td_disk_lock(d, NULL), 0);
    td_file_close(f);
    td_file_close(g);
    assert_int_equal(td_disk_remove(d, "b", NULL), 0);
    assert_int_equal(td_disk_remove(d, "b", NULL), TD_ENOTFOUND);
}

static void test_a_real_directory(void **state)
{
    char path[] = "/tmp/td-disk-XXXXXX", sub[64];
    td_disk *d = NULL, *other = NULL;
    td_error err = { 0 };

    (void)state;
    assert_non_null(mkdtemp(path));
    snprintf(sub, sizeof sub, "%s/data", path);
    assert_int_equal(td_disk_open_dir(sub, false, &d, NULL), TD_ENOTFOUND);
    assert_int_equal(td_disk_open_dir(sub, true, &d, NULL), 0);
    both_kinds(d);
    assert_int_equal(td_disk_open_dir(sub, true, &other, NULL), 0);
    assert_int_equal(td_disk_lock(other, &err), TD_EBUSY);
    assert_non_null(strstr(err.msg, "pid "));
    td_disk_free(d);
    assert_int_equal(td_disk_lock(other, NULL), 0); /* it went with its holder */
    assert_int_equal(td_disk_remove(other, "lock", NULL), 0);
    td_disk_free(other);
    assert_int_equal(rmdir(sub), 0);
    assert_int_equal(rmdir(path), 0);
}

static void test_the_simulated_disk_works_like_a_real_one(void **state)
{
    td_disk *d = NULL;

    (void)state;
    assert_int_equal(td_sim_disk_new(1, 0, &d, NULL), 0);
    both_kinds(d);
    td_disk_free(d);
}

enum { SECTORS = 64, LEN = SECTORS * TD_SIM_SECTOR };

/* A disk with one synced file of zeros, and then unsynced ones written over it. */
static td_disk *zeros_then_ones(uint64_t seed, td_file **ret_file)
{
    static char ones[LEN];
    td_disk *d = NULL;

    memset(ones, 1, sizeof ones);
    assert_int_equal(td_sim_disk_new(seed, 0, &d, NULL), 0);
    assert_int_equal(td_file_open(d, "f", TD_OPEN_NEW, ret_file, NULL), 0);
    assert_int_equal(td_file_allocate(*ret_file, LEN, NULL), 0);
    assert_int_equal(td_file_sync(*ret_file, NULL), 0);
    assert_int_equal(td_disk_sync_names(d, NULL), 0);
    assert_int_equal(td_file_write(*ret_file, 0, ones, LEN, NULL), 0);
    return d;
}

/* How many sectors are ones; none is a mixture. */
static int ones_left(td_disk *d)
{
    static char got[LEN];
    td_file *f = NULL;
    int n = 0;

    assert_int_equal(td_file_open(d, "f", TD_OPEN_READ, &f, NULL), 0);
    assert_int_equal(td_file_read(f, 0, got, LEN, false, NULL), 0);
    td_file_close(f);
    for (int s = 0; s < SECTORS; s++) {
        for (int i = 1; i < TD_SIM_SECTOR; i++)
            assert_int_equal(got[s * TD_SIM_SECTOR + i], got[s * TD_SIM_SECTOR]);
        n += got[s * TD_SIM_SECTOR];
    }
    return n;
}

static void test_a_power_cut_keeps_any_subset_of_unsynced_sectors(void **state)
{
    bool none = false, all = false, some = false;

    (void)state;
    for (uint64_t seed = 1; seed < 600; seed++) {
        td_file *f = NULL;
        td_disk *d = zeros_then_ones(seed, &f), *again;
        int n;
        char c;

        td_sim_disk_power_cut(d);
        assert_int_equal(td_file_read(f, 0, &c, 1, false, NULL), TD_EIO); /* a dead handle */
        td_file_close(f);
        n = ones_left(d);
        none = none || n == 0;
        all = all || n == SECTORS;
        some = some || (n > 0 && n < SECTORS);
        again = zeros_then_ones(seed, &f);
        td_sim_disk_power_cut(again);
        td_file_close(f);
        assert_int_equal(ones_left(again), n); /* the seed decides */
        td_disk_free(again);
        td_disk_free(d);
    }
    assert_true(none && all && some);
}

static void test_what_was_synced_survives_a_power_cut(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed < 50; seed++) {
        td_file *f = NULL;
        td_disk *d = zeros_then_ones(seed, &f);

        assert_int_equal(td_file_sync(f, NULL), 0);
        td_sim_disk_power_cut(d);
        td_file_close(f);
        assert_int_equal(ones_left(d), SECTORS);
        td_disk_free(d);
    }
}

static void test_a_killed_process_leaves_its_writes_unsynced(void **state)
{
    int lost = 0;

    (void)state;
    for (uint64_t seed = 1; seed < 50; seed++) {
        td_file *f = NULL;
        td_disk *d = zeros_then_ones(seed, &f);

        td_sim_disk_kill(d);
        td_file_close(f);
        assert_int_equal(ones_left(d), SECTORS);
        td_sim_disk_power_cut(d);
        lost += ones_left(d) < SECTORS;
        td_disk_free(d);
    }
    assert_true(lost > 0);
}

static void test_a_failed_sync_forgets_for_good_though_reads_show_it(void **state)
{
    int lost = 0;

    (void)state;
    for (uint64_t seed = 1; seed < 50; seed++) {
        td_file *f = NULL;
        td_disk *d = zeros_then_ones(seed, &f);

        td_sim_disk_fail_sync(d, 1);
        assert_int_equal(td_file_sync(f, NULL), TD_EIO);
        assert_int_equal(ones_left(d), SECTORS);
        assert_int_equal(td_file_sync(f, NULL), 0);
        td_sim_disk_power_cut(d);
        td_file_close(f);
        lost += ones_left(d) < SECTORS;
        td_disk_free(d);
    }
    assert_true(lost > 0);
}

static void test_a_cut_stops_everything_at_its_operation(void **state)
{
    td_file *f = NULL;
    td_disk *d = zeros_then_ones(3, &f);
    long before = td_sim_disk_changes(d);

    (void)state;
    td_sim_disk_cut_at(d, 2);
    assert_int_equal(td_file_write(f, 0, "x", 1, NULL), 0);
    assert_false(td_sim_disk_was_cut(d));
    assert_int_equal(td_file_sync(f, NULL), TD_EIO);
    assert_true(td_sim_disk_was_cut(d));
    assert_int_equal(td_file_write(f, 0, "x", 1, NULL), TD_EIO);
    assert_int_equal(td_disk_remove(d, "f", NULL), TD_EIO);
    assert_int_equal(td_sim_disk_changes(d), before + 2);
    td_sim_disk_power_cut(d);
    td_file_close(f);
    assert_int_equal(td_file_open(d, "f", TD_OPEN_WRITE, &f, NULL), 0);
    td_file_close(f);
    td_disk_free(d);
}

static void test_a_rename_that_was_not_synced_leaves_one_of_both_names(void **state)
{
    int kept_old = 0, kept_new = 0;

    (void)state;
    for (uint64_t seed = 1; seed < 100; seed++) {
        td_file *f = NULL;
        td_disk *d = zeros_then_ones(seed, &f);
        bool was_old, was_new;

        assert_int_equal(td_file_sync(f, NULL), 0);
        assert_int_equal(td_disk_rename(d, "f", "g", NULL), 0);
        td_sim_disk_power_cut(d);
        td_file_close(f);
        was_old = td_file_open(d, "f", TD_OPEN_READ, &f, NULL) == 0;
        if (was_old)
            td_file_close(f);
        was_new = td_file_open(d, "g", TD_OPEN_READ, &f, NULL) == 0;
        if (was_new)
            td_file_close(f);
        assert_true(was_old != was_new);
        kept_old += was_old;
        kept_new += was_new;
        td_disk_free(d);
    }
    assert_true(kept_old > 0 && kept_new > 0);
}

static void test_a_full_disk_says_so_and_room_helps(void **state)
{
    char bytes[1000] = { 0 };
    td_disk *d = NULL;
    td_file *f = NULL;

    (void)state;
    assert_int_equal(td_sim_disk_new(1, 1500, &d, NULL), 0);
    assert_int_equal(td_file_open(d, "f", TD_OPEN_NEW, &f, NULL), 0);
    assert_int_equal(td_file_write(f, 0, bytes, sizeof bytes, NULL), 0);
    assert_int_equal(td_file_write(f, sizeof bytes, bytes, sizeof bytes, NULL), TD_EFULL);
    assert_int_equal(td_file_write(f, 0, bytes, sizeof bytes, NULL), 0); /* in place */
    td_sim_disk_set_capacity(d, 3000);
    assert_int_equal(td_file_write(f, sizeof bytes, bytes, sizeof bytes, NULL), 0);
    td_file_close(f);
    td_disk_free(d);
}

static void test_a_snapshot_has_what_was_synced_and_a_flip_is_seen(void **state)
{
    td_file *f = NULL;
    td_disk *d = zeros_then_ones(5, &f), *copy = NULL;
    char c = 0;

    (void)state;
    assert_int_equal(td_sim_disk_snapshot(d, &copy, NULL), 0);
    assert_int_equal(ones_left(copy), 0);
    assert_int_equal(ones_left(d), SECTORS);
    assert_int_equal(td_sim_disk_flip(d, "f", 7, 2, NULL), 0);
    assert_int_equal(td_file_read(f, 7, &c, 1, false, NULL), 0);
    assert_int_equal(c, 5);
    assert_int_equal(td_sim_disk_flip(d, "f", LEN, 0, NULL), TD_EINVAL);
    assert_int_equal(td_sim_disk_flip(d, "g", 0, 0, NULL), TD_ENOTFOUND);
    td_sim_disk_cold(d, 100);
    assert_int_equal(td_file_read(f, 7, &c, 1, true, NULL), TD_FILE_COLD);
    assert_int_equal(td_file_read(f, 7, &c, 1, false, NULL), 0);
    td_file_close(f);
    td_disk_free(copy);
    td_disk_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_real_directory),
        cmocka_unit_test(test_the_simulated_disk_works_like_a_real_one),
        cmocka_unit_test(test_a_power_cut_keeps_any_subset_of_unsynced_sectors),
        cmocka_unit_test(test_what_was_synced_survives_a_power_cut),
        cmocka_unit_test(test_a_killed_process_leaves_its_writes_unsynced),
        cmocka_unit_test(test_a_failed_sync_forgets_for_good_though_reads_show_it),
        cmocka_unit_test(test_a_cut_stops_everything_at_its_operation),
        cmocka_unit_test(test_a_rename_that_was_not_synced_leaves_one_of_both_names),
        cmocka_unit_test(test_a_full_disk_says_so_and_room_helps),
        cmocka_unit_test(test_a_snapshot_has_what_was_synced_and_a_flip_is_seen),
    };
    return cmocka_run_group_tests_name("disks", tests, NULL, NULL);
}
