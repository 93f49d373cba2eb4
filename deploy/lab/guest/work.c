// What a guest of the experiment does: it fills a part of its memory with noise, writes into some of it at a stated rate ever after, and plays one of
// paper A's workloads. Linked statically: the guest has no libraries. One program in C and not a script, since under emulation a fork takes longer than
// what is to be measured.
//   work FILL_MIB DIRTY_KIB_PER_S DIRTY_SET_MIB stream ADDRESS PORT | file DEVICE OFFSET_MIB BYTES BYTES_PER_S | busy SET_MIB
// Each second it writes to /tmp/work: milliseconds since boot, pages written, and units of the workload done (bytes received, bytes read, frames).
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096u
#define POOL_BYTES (1u << 20)
#define TICK_NS 10000000L

// Shared by the processes, each of which writes one of them.
struct counts {
    volatile uint64_t pages;
    volatile uint64_t units;
};

static struct counts *counts;
static uint64_t seed = 0x9e3779b97f4a7c15u;

static uint64_t noise(void) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000L + t.tv_nsec;
}

static void sleep_until(int64_t ns) {
    struct timespec t = {ns / 1000000000L, ns % 1000000000L};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR) {
    }
}

static void fail(const char *what) {
    FILE *file = fopen("/tmp/work", "w");
    if (file) {
        fprintf(file, "failed %s: %s\n", what, strerror(errno));
        fclose(file);
    }
    exit(1);
}

static uint8_t *memory(size_t bytes) {
    uint8_t *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) fail("mmap");
    return at;
}

// A page of noise: the pool from another place each time, so that no two pages are the same and none compresses.
static void write_page(uint8_t *page, const uint8_t *pool) {
    uint64_t *words = (uint64_t *)page;
    uint64_t mask = noise();
    const uint64_t *from = (const uint64_t *)(pool + (mask % (POOL_BYTES - PAGE)) / 8 * 8);
    for (unsigned i = 0; i < PAGE / 8; i++) words[i] = from[i] ^ mask;
}

// Round and round through the set in scattered order, paced by the clock. What a stop has cost is not made up for: no bursts.
static void dirty(uint8_t *set, uint64_t set_pages, uint64_t pages_per_s, const uint8_t *pool) {
    uint64_t stride = set_pages * 618 / 1000 | 1, at = 0;
    for (uint64_t a = set_pages, b = stride;;) {
        uint64_t r = a % b;
        if (r == 0) {
            if (b == 1) break;
            stride += 2, a = set_pages, b = stride;
        } else {
            a = b, b = r;
        }
    }
    int64_t next = now_ns();
    uint64_t owed_ns_pages = 0;
    for (;;) {
        next += TICK_NS;
        int64_t now = now_ns();
        if (now > next + 5 * TICK_NS) next = now;
        sleep_until(next);
        owed_ns_pages += pages_per_s * (uint64_t)TICK_NS;
        uint64_t pages = owed_ns_pages / 1000000000u;
        owed_ns_pages %= 1000000000u;
        for (uint64_t i = 0; i < pages; i++) {
            write_page(set + at * PAGE, pool);
            at = (at + stride) % set_pages;
        }
        counts->pages += pages;
    }
}

// A stream received: as fast as it is sent, which is paced outside. Connects again when it breaks.
static void stream(const char *address, int port) {
    static uint8_t buffer[65536];
    for (;;) {
        int s = socket(AF_INET, SOCK_STREAM, 0);
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
        inet_pton(AF_INET, address, &to.sin_addr);
        if (connect(s, (struct sockaddr *)&to, sizeof to) == 0) {
            ssize_t n;
            while ((n = read(s, buffer, sizeof buffer)) > 0) counts->units += n;
        }
        close(s);
        usleep(200000);
    }
}

// A file played from disk, past the page cache, again and again at playing speed.
static void file(const char *device, uint64_t offset, uint64_t bytes, uint64_t bytes_per_s) {
    const uint64_t chunk = 65536;
    int fd = open(device, O_RDONLY | O_DIRECT);
    uint8_t *buffer = memory(chunk);
    if (fd < 0) fail("open");
    int64_t next = now_ns();
    for (uint64_t at = 0;; at = at + 2 * chunk > bytes ? 0 : at + chunk) {
        if (pread(fd, buffer, chunk, offset + at) != (ssize_t)chunk) fail("read");
        counts->units += chunk;
        next += (int64_t)(chunk * 1000000000.0 / bytes_per_s);
        int64_t now = now_ns();
        if (now > next) next = now;
        sleep_until(next);
    }
}

// A small game: thirty frames a second, each some computing on a small set.
static void busy(uint8_t *set, uint64_t bytes) {
    const int64_t frame = 33333333, compute = 6000000;
    int64_t next = now_ns();
    uint64_t at = 0;
    for (;;) {
        int64_t end = now_ns() + compute;
        do {
            for (int i = 0; i < 2000; i++) {
                uint64_t *word = (uint64_t *)(set + at);
                *word = *word * 6364136223846793005u + noise();
                at = (at + 8 + (*word & 4088)) % bytes & ~7ull;
            }
        } while (now_ns() < end);
        counts->units++;
        next += frame;
        int64_t now = now_ns();
        if (now > next) next = now;
        sleep_until(next);
    }
}

int main(int argc, char **argv) {
    if (argc < 6) return 2;
    uint64_t fill = strtoull(argv[1], NULL, 10) << 20, rate = strtoull(argv[2], NULL, 10) / 4, set = strtoull(argv[3], NULL, 10) << 20;
    counts = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    uint8_t *pool = memory(POOL_BYTES), *all = memory(fill);
    for (unsigned i = 0; i < POOL_BYTES / 8; i++) ((uint64_t *)pool)[i] = noise();
    for (uint64_t at = 0; at < fill; at += PAGE) write_page(all + at, pool);
    if (fork() == 0) {
        // The child's memory would be copied on write: it writes into none that is shared but the counts, except for a set of its own.
        munmap(all, fill);
        if (!strcmp(argv[4], "stream") && argc == 7) stream(argv[5], atoi(argv[6]));
        if (!strcmp(argv[4], "file") && argc == 9) file(argv[5], strtoull(argv[6], NULL, 10) << 20, strtoull(argv[7], NULL, 10), strtoull(argv[8], NULL, 10));
        if (!strcmp(argv[4], "busy") && argc == 6) busy(memory(strtoull(argv[5], NULL, 10) << 20), strtoull(argv[5], NULL, 10) << 20);
        fail("workload");
    }
    if (fork() == 0) {
        munmap(all, fill);
        for (;;) {
            FILE *out = fopen("/tmp/work.new", "w");
            if (out) {
                fprintf(out, "%lld %llu %llu\n", (long long)(now_ns() / 1000000), (unsigned long long)counts->pages, (unsigned long long)counts->units);
                fclose(out);
                rename("/tmp/work.new", "/tmp/work");
            }
            sleep(1);
        }
    }
    if (set == 0 || rate == 0) for (;;) pause();
    dirty(all, set / PAGE, rate, pool);
}
