// Writes the guest's boot id and a number into block after block of the shared disk. Before each write it looks at the block: what another running copy
// of this guest wrote there is kept, and the collision is written down from block CLASHES on. So a double run leaves traces.
// In C and not a script, since under emulation a shell's forks would take more than all else that the guest does.
// Usage: counter BOOT-ID
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 512, CLASHES = 12000 };  // DiskChecker reads the same

static char block[BLOCK + 1] __attribute__((aligned(4096)));

static bool is_written(int disk, long at) {
    memset(block, 0, sizeof block);
    if (pread(disk, block, BLOCK, at * BLOCK) != BLOCK) return false;
    for (int i = 0; i < BLOCK; i++) {
        if (block[i]) return true;
    }
    return false;
}

// A write that fails leaves a hole, which whoever checks the disk counts as missing.
static bool write_number(int disk, long at, const char *boot, long number, const char *what) {
    snprintf(block, sizeof block, "%36.36s %010ld%464s\n", boot, number, what);
    return pwrite(disk, block, BLOCK, at * BLOCK) == BLOCK;
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    int disk = open("/dev/vda", O_RDWR | O_DIRECT);
    if (disk < 0) return 1;
    const struct timespec wait = {.tv_nsec = 250000000};
    long clash = CLASHES;
    for (long n = 0; n < CLASHES; n++) {
        if (is_written(disk, n)) {
            write_number(disk, clash++, argv[1], n, "clash");
        } else {
            write_number(disk, n, argv[1], n, "");
        }
        nanosleep(&wait, NULL);
    }
    return 0;
}
