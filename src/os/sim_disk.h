#pragma once

#include "os/disk.h"

#include <stdint.h>

/*
 * A disk in memory that forgets what a real one may forget. It keeps two pictures of every file:
 * the page cache (what reads give) and the platter (what a power cut leaves), in sectors of 512
 * bytes; names likewise. Every choice comes from the seed, so a run replays exactly. Not
 * thread-safe.
 */
enum { TD_SIM_SECTOR = 512 /* bytes */ };

/* Makes an empty disk of capacity bytes (0 = no bound). td_disk_free() frees it. Errors: TD_ENOMEM.
 */
int td_sim_disk_new(uint64_t seed, uint64_t capacity, td_disk **ret, td_error *err);

/* Power cut: of each unsynced sector, chance decides between the old bytes and the new ones; of
 * unsynced names likewise, each on its own (a rename is atomic: either name, never none). Every
 * open file handle is dead after it (calls on it fail with TD_EIO; close it). */
void td_sim_disk_power_cut(td_disk *d);

/* The process dies, the machine lives: page cache and names stay whole and become what a later
 * power cut starts from as *unsynced*. Open handles are dead after it. */
void td_sim_disk_kill(td_disk *d);

/* The nth write or sync from now on fails (1 = the next; 0 = never). A failed write has written
 * some prefix. A failed sync forgets a random part of the unsynced sectors *for good*: the page
 * cache still shows the new bytes, marked clean, so that a later sync succeeds without writing
 * them. */
void td_sim_disk_fail_write(td_disk *d, long nth);
void td_sim_disk_fail_sync(td_disk *d, long nth);

/* Power fails in the middle of the nth operation that changes anything (write, sync, rename,
 * remove, create): it and all after it return TD_EIO until td_sim_disk_power_cut(). 0 = never. */
void td_sim_disk_cut_at(td_disk *d, long nth);
bool td_sim_disk_was_cut(const td_disk *d);

/* How many changing operations there were since the disk was made: to choose an n for
 * td_sim_disk_cut_at(). */
long td_sim_disk_changes(const td_disk *d);

/* The next reads of TD_FILE_COLD kind: with chance percent, a nowait read says cold. */
void td_sim_disk_cold(td_disk *d, unsigned percent);

/* Changes the capacity; files that are larger already stay. */
void td_sim_disk_set_capacity(td_disk *d, uint64_t capacity);

/* Flips one bit of the named file, in both pictures. Errors: TD_ENOTFOUND, TD_EINVAL (offset past
 * the end). */
int td_sim_disk_flip(td_disk *d, const char *name, uint64_t offset, unsigned bit, td_error *err);

/* An independent copy of the platter as a power cut would leave it, every unsynced byte lost: a
 * back-up, to roll back to. Errors: TD_ENOMEM. */
int td_sim_disk_snapshot(td_disk *d, td_disk **ret, td_error *err);

/* A new run's generator for the disk's choices (a replayed prefix, another future). */
void td_sim_disk_reseed(td_disk *d, uint64_t seed);
