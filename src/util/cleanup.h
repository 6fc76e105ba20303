#pragma once

/* `td_cleanup(fn) T *p = NULL;` calls fn(&p) when p leaves its scope: for a block's own
 * temporaries. */
#define td_cleanup(fn) __attribute__((cleanup(fn)))

/* Hands out *pp and leaves NULL, so that a cleanup finds nothing to free: `*ret = td_take(&p);` */
#define td_take(pp)                                                                                \
    __extension__({                                                                                \
        __typeof__(pp) td_take_pp_ = (pp);                                                         \
        __typeof__(*pp) td_take_v_ = *td_take_pp_;                                                 \
        *td_take_pp_ = NULL;                                                                       \
        td_take_v_;                                                                                \
    })
