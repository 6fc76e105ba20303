#include "os/wake.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

int td_wake_init(td_wake *w, td_error *err)
{
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

    if (fd < 0)
        return td_fail(err, TD_EIO, "eventfd: %s", strerror(errno));
    w->fd = fd;
    return 0;
}

void td_wake_deinit(td_wake *w)
{
    if (w->fd >= 0)
        close(w->fd);
    w->fd = -1;
}

void td_wake_signal(td_wake *w)
{
    const uint64_t one = 1;
    int saved = errno; /* a signal handler may call this */

    /* EAGAIN: the counter is full, so the descriptor is readable already. */
    while (write(w->fd, &one, sizeof one) < 0 && errno == EINTR)
        ;
    errno = saved;
}

void td_wake_clear(td_wake *w)
{
    uint64_t count;

    while (read(w->fd, &count, sizeof count) < 0 && errno == EINTR)
        ;
}
