// Sends frames of a stated size at a stated rate, and writes down how many: what the traffic that is measured outside is compared with. Echo replies that
// nobody has asked for: they are not answered. What a stop has cost is made up for, so that the rate is true over some seconds.
// Each fifth of a second it writes to FILE: milliseconds since boot, frames sent, and bytes of them (headers of Ethernet included).
// Usage: send ADDRESS FRAME_BYTES BYTES_PER_S FILE
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/ip_icmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define TICK_NS 10000000L
#define TICKS_OF_REPORT 20
#define FRAME_MAX 1514

static unsigned short checksum(const unsigned char *bytes, int count) {
    unsigned sum = 0;
    for (int i = 0; i + 1 < count; i += 2) sum += bytes[i] | bytes[i + 1] << 8;
    if (count & 1) sum += bytes[count - 1];
    while (sum >> 16) sum = (sum >> 16) + (sum & 0xffff);
    return (unsigned short)~sum;
}

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000L + t.tv_nsec;
}

static void report(const char *file, int64_t frames, int size) {
    char beside[300];
    snprintf(beside, sizeof beside, "%s.new", file);
    FILE *out = fopen(beside, "w");
    if (!out) return;
    fprintf(out, "%lld %lld %lld\n", (long long)(now_ns() / 1000000), (long long)frames, (long long)(frames * size));
    fclose(out);
    rename(beside, file);
}

int main(int argc, char **argv) {
    if (argc != 5) return 2;
    const int headers = 14 + 20, size = atoi(argv[2]), payload = size - headers;
    const double frames_per_s = atof(argv[3]) / size;
    struct sockaddr_in to = {.sin_family = AF_INET};
    if (inet_pton(AF_INET, argv[1], &to.sin_addr) != 1 || size > FRAME_MAX || payload < (int)sizeof(struct icmphdr)) return 2;
    int s = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
    if (s < 0) return 1;
    unsigned char packet[FRAME_MAX];
    memset(packet, 0x5a, sizeof packet);
    struct icmphdr *head = (struct icmphdr *)packet;
    *head = (struct icmphdr){.type = ICMP_ECHOREPLY};
    head->checksum = checksum(packet, payload);
    const int64_t start = now_ns();
    int64_t frames = 0;
    for (int64_t tick = 0;; tick++) {
        // Who is asleep for long sends at most what is due.
        int64_t due = (int64_t)((now_ns() - start) / 1e9 * frames_per_s);
        while (frames < due && sendto(s, packet, payload, 0, (struct sockaddr *)&to, sizeof to) == payload) frames++;
        if (tick % TICKS_OF_REPORT == 0) report(argv[4], frames, size);
        int64_t next = start + (tick + 1) * TICK_NS;
        struct timespec until = {next / 1000000000L, next % 1000000000L};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
    }
}
