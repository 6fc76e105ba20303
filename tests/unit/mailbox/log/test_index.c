#include "mailbox/log/index.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

enum { BOXES = 300, ENTRIES = 400, ROUNDS = 60000 };

/* The plain picture that the index is compared with: alive[b][s] is the length of entry s, 0 when
 * it is gone. */
static struct {
    bool open;
    uint64_t head, tail;
    uint32_t alive[ENTRIES];
} model[BOXES];

static void count_gone(void *ctx, const td_locator *l)
{
    assert_int_not_equal(l->len, 0);
    ++*(uint64_t *)ctx;
}

static void compare(td_index *x, size_t b)
{
    td_mbox *m = td_index_find(x, b + 1);
    uint64_t seqs[ENTRIES], bytes = 0;
    td_locator page[ENTRIES];
    size_t pending = 0, got;
    bool more;

    assert_int_equal(m != NULL, model[b].open);
    if (m == NULL)
        return;
    assert_int_equal(m->head, model[b].head);
    assert_int_equal(m->tail, model[b].tail);
    got = td_mbox_page(m, 0, ENTRIES, seqs, page, &more);
    for (uint64_t s = m->head; s < m->tail; s++) {
        assert_int_equal(td_mbox_locate(m, s) != NULL, model[b].alive[s] != 0);
        if (model[b].alive[s] == 0)
            continue;
        assert_int_equal(seqs[pending], s);
        assert_int_equal(page[pending].len, model[b].alive[s]);
        bytes += model[b].alive[s];
        pending++;
    }
    assert_int_equal(got, pending);
    assert_int_equal(m->pending, pending);
    assert_int_equal(m->bytes, bytes);
    if (m->head == m->tail)
        assert_null(m->first);
}

static void append_one(td_index *x, size_t b, uint32_t len)
{
    td_mbox *m = td_index_find(x, b + 1);
    td_locator l = { .segment = 1, .offset = 64, .len = len, .share = len };

    if (m == NULL || m->tail == ENTRIES)
        return;
    assert_int_equal(td_mbox_append(m, &l, NULL), 0);
    model[b].alive[model[b].tail++] = len;
}

static void acknowledge_some(td_index *x, size_t b, uint64_t upto)
{
    td_mbox *m = td_index_find(x, b + 1);
    uint64_t told = 0, bytes, would, would_bytes, gone, want = 0;

    if (m == NULL)
        return;
    would = td_mbox_count(m, upto, &would_bytes);
    gone = td_mbox_acknowledge(m, upto, count_gone, &told, &bytes);
    for (; model[b].head < model[b].tail && model[b].head <= upto; model[b].head++)
        want += model[b].alive[model[b].head] != 0;
    assert_int_equal(gone, want);
    assert_int_equal(would, gone);
    assert_int_equal(would_bytes, bytes);
    assert_int_equal(told, want);
}

static void test_random_operations_agree_with_a_plain_picture(void **state)
{
    td_index *x = NULL;
    td_mbox *m;

    (void)state;
    srand(7);
    assert_int_equal(td_index_new(&x, NULL), 0);
    for (int round = 0; round < ROUNDS; round++) {
        size_t b = (size_t)rand() % BOXES;
        uint64_t s = (uint64_t)rand() % ENTRIES;
        uint64_t told = 0;

        switch (rand() % 16) {
        case 0:
            if (!model[b].open) {
                assert_int_equal(td_index_open(x, b + 1, &m, NULL), 0);
                memset(&model[b], 0, sizeof model[b]);
                model[b].open = true;
                model[b].head = model[b].tail = 1;
            }
            break;
        case 1:
            if (rand() % 8 == 0) {
                td_index_drop(x, b + 1, count_gone, &told);
                model[b].open = false;
            }
            break;
        case 2:
            acknowledge_some(x, b, s);
            break;
        case 3:
            m = td_index_find(x, b + 1);
            if (m != NULL && s >= model[b].head && s < model[b].tail) {
                assert_int_equal(td_mbox_remove(m, s), model[b].alive[s] != 0);
                model[b].alive[s] = 0;
            }
            break;
        default:
            append_one(x, b, 1 + (uint32_t)rand() % 1000);
        }
        compare(x, b);
    }
    td_index_free(x);
}

static void test_a_walk_gives_every_open_mailbox_once(void **state)
{
    enum { N = 5000 };
    static unsigned char seen[N + 1];
    td_index *x = NULL;
    uint64_t cursor = 0;
    size_t n = 0;
    td_mbox *m;

    (void)state;
    assert_int_equal(td_index_new(&x, NULL), 0);
    for (uint64_t i = 1; i <= N; i++)
        assert_int_equal(td_index_open(x, i, &m, NULL), 0);
    for (uint64_t i = 3; i <= N; i += 3)
        td_index_drop(x, i, NULL, NULL);
    while ((m = td_index_next(x, &cursor)) != NULL) {
        assert_int_equal(seen[m->number]++, 0);
        assert_int_not_equal(m->number % 3, 0);
        n++;
    }
    assert_int_equal(n, td_index_count(x));
    assert_int_equal(n, N - N / 3);
    td_index_free(x);
}

static void test_a_page_says_when_more_is_pending(void **state)
{
    td_locator l = { .len = 5 }, got[4];
    uint64_t seqs[4];
    td_index *x = NULL;
    td_mbox *m;
    bool more;

    (void)state;
    assert_int_equal(td_index_new(&x, NULL), 0);
    assert_int_equal(td_index_open(x, 9, &m, NULL), 0);
    for (int i = 0; i < 5; i++)
        assert_int_equal(td_mbox_append(m, &l, NULL), 0);
    assert_int_equal(td_mbox_page(m, 0, 4, seqs, got, &more), 4);
    assert_true(more);
    assert_int_equal(td_mbox_page(m, seqs[3], 4, seqs, got, &more), 1);
    assert_false(more);
    assert_int_equal(seqs[0], 5);
    assert_true(td_mbox_remove(m, 5)); /* a hole behind the page is nothing more */
    assert_int_equal(td_mbox_page(m, 0, 4, seqs, got, &more), 4);
    assert_false(more);
    assert_int_equal(td_mbox_page(m, UINT64_MAX - 1, 4, seqs, got, &more), 0);
    td_index_free(x);
}

static void test_an_empty_mailbox_takes_64_bytes(void **state)
{
    (void)state;
    assert_true(sizeof(td_mbox) <= 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_operations_agree_with_a_plain_picture),
        cmocka_unit_test(test_a_walk_gives_every_open_mailbox_once),
        cmocka_unit_test(test_a_page_says_when_more_is_pending),
        cmocka_unit_test(test_an_empty_mailbox_takes_64_bytes),
    };
    return cmocka_run_group_tests_name("log index", tests, NULL, NULL);
}
